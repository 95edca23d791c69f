import { createHash, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

/** AES-256 takes 32 bytes. */
const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/** A key that seals credentials. Printing it shows its id only. */
export interface SealKey {
  /** Eight hexadecimal digits that tell keys apart and say nothing of them. */
  readonly id: string;
  readonly material: KeyObject;
}

/** A text that should have been a key, or the lack of one. The message says what to do and holds nothing of the text. */
export class SealError extends Error {
  constructor(
    readonly code: 'seal.key-invalid' | 'seal.key-missing' | 'seal.broken',
    message: string,
  ) {
    super(message);
    this.name = 'SealError';
  }
}

/** The keys of one place: the first seals, all of them open. */
export interface Keyring {
  readonly keys: readonly SealKey[];
  /** Where they come from, for sentences: `MILLRACE_KEY`, or the path of a file. */
  readonly place: string;
}

/** A new key as text, in base64. */
export function newKeyText(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/**
 * Keys from a text: one or several, the current one first, separated by commas or line breaks, each 32 bytes in base64 or hexadecimal.
 * Throws a SealError `seal.key-invalid` that names `place`.
 */
export function parseKeys(text: string, place: string): readonly SealKey[] {
  const parts = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw invalid(place, 'is empty');
  return parts.map((part, at) => keyOf(part, parts.length === 1 ? place : `${place} (key ${at + 1})`));
}

function keyOf(text: string, place: string): SealKey {
  const bytes = HEX.test(text) ? Buffer.from(text, 'hex') : BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (bytes?.length !== KEY_BYTES) throw invalid(place, 'is not 32 bytes in base64 or hexadecimal');
  const id = createHash('sha256').update('millrace key id\n').update(bytes).digest('hex').slice(0, 8);
  return { id, material: createSecretKey(bytes) };
}

function invalid(place: string, what: string): SealError {
  return new SealError('seal.key-invalid', `${place} ${what}. Put the right key back, or make a first one: openssl rand -base64 32`);
}
