import { createHash, timingSafeEqual } from 'node:crypto';

const HEX = /^(?:[0-9a-f]{2})*$/i;
const CONTROL = /\p{Cc}/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A *wire string* holds one byte per character, as Node hands out header values (latin1).
 * Everything that is signed or compared is turned back into these bytes first.
 */
export function wireToBytes(wire: string): Buffer {
  return Buffer.from(wire, 'latin1');
}

/** The wire string of a text: its UTF-8 bytes, one per character. Such a value can be sent as a header. */
export function textToWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes of a hexadecimal text in either case, or undefined when it is not all hexadecimal: `Buffer.from` would drop the rest. */
export function decodeHex(text: string): Buffer | undefined {
  return HEX.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/**
 * The bytes of a padded base64 text, or undefined when it is not exactly what an encoder writes (RFC 4648 section 3.5):
 * `Buffer.from` accepts the url alphabet, drops garbage and ignores stray bits at the end.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The text of UTF-8 bytes, or undefined when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** True when the text holds a control character, a line break for example. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** Equality of public length: takes the same time wherever the first difference is. */
export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Equality of secrets: comparing their SHA-256 reveals neither where they differ nor how long the secret is. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
