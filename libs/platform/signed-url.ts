import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of the signature that a URL carries: 128 bits cannot be guessed, and the URL stays short enough to be sent on. */
const SIGNATURE_BYTES = 16;

/** The signature over what a URL is for and what it names, which must not hold line breaks. */
export function urlSignature(key: Buffer, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(parts.join('\n')).digest().subarray(0, SIGNATURE_BYTES).toString('base64url');
}

/** Whether a URL carries the signature of these parts; takes the same time either way. */
export function isUrlSignature(given: string, key: Buffer, ...parts: readonly string[]): boolean {
  const expected = Buffer.from(urlSignature(key, ...parts));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
