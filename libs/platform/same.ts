import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are the same, in a time that depends on neither. Hashed first, because timingSafeEqual wants equal lengths and a length is a hint. */
export function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(sha256(given), sha256(wanted));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
