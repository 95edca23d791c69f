/** Where a value ends in its text, and how many items or members it has. */
export interface Extent {
  readonly end: number;
  readonly count: number;
  /** False where the text ends within it. */
  readonly closed: boolean;
}

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Passes over one value of a JSON text without reading what is in it, a stretch at a time. What is not JSON is passed over as
 * well as can be: nothing here fails.
 */
export class Skim {
  private at = 0;
  private depth = 0;
  private count = 0;
  private isFresh = false;

  constructor(private readonly bytes: Uint8Array) {}

  begin(start: number): void {
    this.at = start;
    this.depth = 0;
    this.count = 0;
    this.isFresh = false;
  }

  /** Goes on for about so many bytes; true once the end is reached. */
  advance(most: number): boolean {
    const { bytes } = this;
    if (this.depth === 0 && !isOpening(bytes[this.at])) {
      this.at = endOfScalar(bytes, this.at);
      return true;
    }
    const pause = Math.min(bytes.length, this.at + most);
    let { at, depth, count, isFresh } = this;
    while (at < pause) {
      const byte = bytes[at]!;
      if (byte <= SPACE) {
        at += 1;
        continue;
      }
      const closes = isClosing(byte);
      if (isFresh && depth === 1 && !closes) {
        isFresh = false;
        count += 1;
      }
      if (byte === QUOTE) {
        at = endOfString(bytes, at);
        continue;
      }
      at += 1;
      if (isOpening(byte)) {
        depth += 1;
        isFresh = depth === 1;
      } else if (closes) {
        depth -= 1;
        if (depth === 0) break;
      } else if (byte === COMMA && depth === 1) isFresh = true;
    }
    this.at = at;
    this.depth = depth;
    this.count = count;
    this.isFresh = isFresh;
    return depth === 0 || at >= bytes.length;
  }

  get extent(): Extent {
    return { end: this.at, count: this.count, closed: this.depth === 0 };
  }
}

/** Most strings are shorter, and looked through faster than a search is begun. */
const SHORT = 64;

/** After the closing quote of the string that begins here. */
export function endOfString(bytes: Uint8Array, start: number): number {
  const near = Math.min(bytes.length, start + SHORT);
  let at = start + 1;
  for (; at < near; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  for (let quote = bytes.indexOf(QUOTE, at); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1))
    if (!isEscaped(bytes, quote)) return quote + 1;
  return bytes.length;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(bytes: Uint8Array, at: number): boolean {
  let first = at;
  while (bytes[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** After a string, a number or a word. Always beyond its start, so that whoever walks comes to an end. */
export function endOfScalar(bytes: Uint8Array, start: number): number {
  if (bytes[start] === QUOTE) return endOfString(bytes, start);
  let at = start + 1;
  while (at < bytes.length && !endsScalar(bytes[at]!)) at += 1;
  return Math.min(at, bytes.length);
}

/** The first byte from here on that is no space. */
export function solid(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at]! <= SPACE) at += 1;
  return at;
}

/** `{` or `[`. */
export function isOpening(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b;
}

/** `}` or `]`. */
export function isClosing(byte: number | undefined): boolean {
  return byte === 0x7d || byte === 0x5d;
}

/** A space, a comma, a colon or a closing bracket. */
function endsScalar(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === COLON || isClosing(byte);
}
