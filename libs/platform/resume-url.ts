import { isUrlSignature, urlSignature } from './signed-url.js';

/**
 * Where the request that resumes a waiting step is to be sent: the same for a run and step at all times, on every process of
 * an instance, and not to be had without its key.
 */
export function resumeUrl(publicUrl: string, key: Buffer, runId: string, path: string): string {
  return `${publicUrl}/resume/${runId}/${encodeURIComponent(path)}/${urlSignature(key, 'resume', runId, path)}`;
}

/** Whether a URL's signature is the one that `resumeUrl` gave for this run and step; takes the same time either way. */
export function isResumeSignature(key: Buffer, runId: string, path: string, given: string): boolean {
  return isUrlSignature(given, key, 'resume', runId, path);
}
