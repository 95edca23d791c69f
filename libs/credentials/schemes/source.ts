import { decodeUtf8, textToWire } from '../bytes.js';
import { headerValues, type IncomingRequest } from '../request.js';

/** A place in a request from which one value is read. */
export type Source =
  | { readonly kind: 'header'; readonly names: readonly string[] }
  | { readonly kind: 'item'; readonly prefix: string }
  | { readonly kind: 'json'; readonly path: readonly string[] };

const HEADER = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/;
const ITEM = /^sig:([\x21-\x7e]+)$/;
const JSON_POINTER = /^json:((?:\/(?:[^/~]|~[01])*)+)$/;

/** A header under one of several spellings. */
export function headerSource(names: readonly string[]): Source {
  return { kind: 'header', names: names.map((name) => name.toLowerCase()) };
}

/** Reads `header:X`, `sig:t=` or `json:/a/b` (RFC 6901); undefined for anything else. */
export function parseSource(text: string): Source | undefined {
  const header = HEADER.exec(text)?.[1];
  if (header !== undefined) return headerSource([header]);
  const prefix = ITEM.exec(text)?.[1];
  if (prefix !== undefined) return { kind: 'item', prefix };
  const pointer = JSON_POINTER.exec(text)?.[1];
  return pointer === undefined ? undefined : { kind: 'json', path: pointer.slice(1).split('/').map(unescapeSegment) };
}

/** Whether both name the same place. */
export function sameSource(a: Source, b: Source): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** For sentences: `header webhook-id`, `body field /a/b`, `item t=`. */
export function describeSource(source: Source): string {
  if (source.kind === 'header') return `header ${source.names.join(' or ')}`;
  return source.kind === 'item' ? `item ${source.prefix}` : `body field /${source.path.join('/')}`;
}

/** A request whose body is parsed at most once, and only when a scheme declares that it reads from it. */
export interface Reading {
  readonly request: IncomingRequest;
  /** A string or whole number of the JSON body as a wire string; undefined when there is no such thing. */
  json(path: readonly string[]): string | undefined;
}

export function readingOf(request: IncomingRequest): Reading {
  let parsed: { value: unknown } | undefined;
  return {
    request,
    json: (path) => {
      parsed ??= { value: parseJson(request.body) };
      return scalarToWire(path.reduce(ownProperty, parsed.value));
    },
  };
}

/** The value of a header or a JSON field; headers that occur twice were refused before. */
export function readSource(reading: Reading, source: Exclude<Source, { kind: 'item' }>): string | undefined {
  return source.kind === 'header' ? headerValues(reading.request, source.names)[0] : reading.json(source.path);
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse((decodeUtf8(body) ?? '').replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function ownProperty(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

// A lone surrogate has no UTF-8 form, and a number beyond 2^53 has lost digits: neither is what the sender signed.
function scalarToWire(value: unknown): string | undefined {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? undefined : textToWire(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
