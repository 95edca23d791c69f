import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of the signature that the URL carries: 128 bits cannot be guessed, and the URL stays short enough to be sent on. */
const SIGNATURE_BYTES = 16;

/**
 * Where the request that resumes a waiting step is to be sent: the same for a run and step at all times, on every process of
 * an instance, and not to be had without its key.
 */
export function resumeUrl(publicUrl: string, key: Buffer, runId: string, path: string): string {
  return `${publicUrl}/resume/${runId}/${encodeURIComponent(path)}/${signature(key, runId, path).toString('base64url')}`;
}

/** Whether a URL's signature is the one that `resumeUrl` gave for this run and step; takes the same time either way. */
export function isResumeSignature(key: Buffer, runId: string, path: string, given: string): boolean {
  const bytes = Buffer.from(given, 'base64url');
  const expected = signature(key, runId, path);
  return bytes.length === expected.length && bytes.toString('base64url') === given && timingSafeEqual(bytes, expected);
}

function signature(key: Buffer, runId: string, path: string): Buffer {
  return createHmac('sha256', key).update(`resume\n${runId}\n${path}`).digest().subarray(0, SIGNATURE_BYTES);
}
