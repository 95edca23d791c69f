import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { refused } from './faults.js';

/** A text, or a fault that names the function. */
function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw refused(`\`${name}\` takes a text`);
}

function bytesOf(value: unknown, name: string): Uint8Array {
  return new TextEncoder().encode(textOf(value, name));
}

/** Base64 (RFC 4648, section 4) of the text's UTF-8. */
export function toBase64(value: unknown): string {
  // In pieces: a function takes only so many arguments.
  let binary = '';
  const bytes = bytesOf(value, '$toBase64');
  for (let start = 0; start < bytes.length; start += 8192) binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(binary);
}

/** The variant for URLs (RFC 4648, section 5), without padding. */
export function toBase64Url(value: unknown): string {
  return toBase64(value).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The text that either variant stands for, with or without padding. */
export function fromBase64(value: unknown): string {
  const text = textOf(value, '$fromBase64').replaceAll('-', '+').replaceAll('_', '/');
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused('`$fromBase64` takes the base64 of a text in UTF-8');
  }
}

const algorithms = { sha256, sha384, sha512, sha1, md5 } as const;

/** The digest of the text's UTF-8, in hexadecimal digits. There is no keyed variant: expressions see no secrets. */
export function hash(value: unknown, algorithm: unknown = 'sha256'): string {
  const name = Object.keys(algorithms).find((candidate) => candidate === algorithm) as keyof typeof algorithms | undefined;
  if (name === undefined) throw refused(`\`$hash\` knows ${Object.keys(algorithms).join(', ')}`);
  return bytesToHex(algorithms[name](bytesOf(value, '$hash')));
}

/** The parts of an absolute URL, as the URL Standard names them; `query` holds its parameters by name. */
export function urlParts(value: unknown): object {
  const text = textOf(value, '$url');
  if (!URL.canParse(text)) throw refused('`$url` takes an absolute URL, such as `https://example.com/a?b=c`');
  const { protocol, host, hostname, port, pathname, search, hash: fragment, origin, searchParams } = new URL(text);
  return { protocol, origin, host, hostname, port, pathname, search, hash: fragment, query: parametersOf(searchParams) };
}

function parametersOf(parameters: URLSearchParams): object {
  const names = [...new Set(parameters.keys())].filter((name) => name !== '__proto__');
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** A query string of the object's values (application/x-www-form-urlencoded); a list repeats its name, null leaves it out. */
export function queryOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused('`$query` takes an object');
  const parameters = new URLSearchParams();
  for (const [name, given] of Object.entries(value)) {
    for (const item of (Array.isArray(given) ? given : [given]) as unknown[]) {
      if (item !== null && item !== undefined) parameters.append(name, scalar(item, name));
    }
  }
  return parameters.toString();
}

function scalar(value: unknown, name: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw refused(`\`$query\` takes texts, numbers, true and false, or lists of them; \`${name}\` is something else`);
}

/** The value that a JSON text stands for. */
export function parseJson(value: unknown): unknown {
  const text = textOf(value, '$parseJson');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw refused(`\`$parseJson\` takes JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
