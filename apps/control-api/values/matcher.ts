/** Whether what stands between two places of a JSON text has the wanted text in it; the case of letters does not count. */
export interface Matches {
  /** A string with its quotes. */
  text(start: number, end: number): boolean;
  /** A number, or a word of JSON. */
  word(start: number, end: number): boolean;
}

const BACKSLASH = 0x5c;
/** Bytes in which upper and lower case are the same letter. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/**
 * Compares bytes, which needs no reading, where that is the same: texts that are plain ASCII, in strings without escapes.
 * `wanted` is in lower case; `read` gives the string between two places.
 */
export function matcher(bytes: Uint8Array, wanted: string, read: (start: number, end: number) => string): Matches {
  const isPlain = /^[\x20-\x7e]+$/.test(wanted);
  const letters = Buffer.from(wanted);
  const isHere = (start: number, end: number): boolean => has(bytes, letters, start, end);
  const isRead = (start: number, end: number): boolean => read(start, end).toLowerCase().includes(wanted);
  const isNull = wanted === 'null';
  return {
    text: (start, end) => (isPlain && !hasEscape(bytes, start, end) ? isHere(start + 1, end - 1) : isRead(start, end)),
    word: (start, end) => (bytes[start] === 0x6e ? isNull : isHere(start, end)),
  };
}

function has(bytes: Uint8Array, letters: Uint8Array, start: number, end: number): boolean {
  const first = letters[0]!;
  const last = end - letters.length;
  for (let at = start; at <= last; at += 1) {
    if (FOLDED[bytes[at]!] !== first) continue;
    let same = 1;
    while (same < letters.length && FOLDED[bytes[at + same]!] === letters[same]) same += 1;
    if (same === letters.length) return true;
  }
  return false;
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}
