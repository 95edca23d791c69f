import { decodeUtf8 } from '../../bytes.js';
import { proven, type Finding, type FindingCode } from '../diagnosis.js';
import type { NearMiss, Patient } from '../patient.js';

/** Above this many bytes a body is not parsed and written again: it would cost more than it tells. */
const MOST_TO_PARSE = 128 * 1024;
/** Deeper values would overflow the stack of whoever walks them. */
const MOST_DEPTH = 64;

interface Rewriting {
  readonly code: FindingCode;
  /** What was done to the body on its way. */
  readonly was: string;
  readonly body: (text: string, value: unknown) => string | undefined;
}

const TEXT: readonly Rewriting[] = [
  // First, because trimming removes a byte order mark, too.
  { code: 'body.charset', was: 'a byte order mark was added', body: (text) => withoutStart(text, '\uFEFF') },
  { code: 'body.charset', was: 'the byte order mark was removed', body: (text) => `\uFEFF${text}` },
  { code: 'body.newline', was: 'a line feed was added to its end', body: (text) => withoutEnd(text, '\n') },
  { code: 'body.newline', was: 'a CRLF was added to its end', body: (text) => withoutEnd(text, '\r\n') },
  { code: 'body.newline', was: 'white space at its ends was added', body: (text) => text.trim() },
  { code: 'body.newline', was: 'the line feed at its end was removed', body: (text) => `${text}\n` },
  { code: 'body.newline', was: 'the CRLF at its end was removed', body: (text) => `${text}\r\n` },
  { code: 'body.line-ends', was: 'its line ends were changed from LF to CRLF', body: (text) => text.replaceAll('\r\n', '\n') },
  { code: 'body.line-ends', was: 'its line ends were changed from CRLF to LF', body: (text) => text.replace(/\r?\n/g, '\r\n') },
];

const JSON_TEXT: readonly Rewriting[] = [
  { code: 'body.re-encoded', was: 'its JSON was indented', body: (_text, value) => JSON.stringify(value) },
  { code: 'body.re-encoded', was: 'its JSON lost its indentation', body: (_text, value) => JSON.stringify(value, null, 2) },
  { code: 'body.re-encoded', was: 'its JSON lost its indentation', body: (_text, value) => JSON.stringify(value, null, 4) },
  { code: 'body.re-encoded', was: 'its JSON lost its indentation', body: (_text, value) => JSON.stringify(value, null, '\t') },
  { code: 'body.re-encoded', was: 'its JSON lost the spaces after commas and colons', body: (_text, value) => spaced(value) },
  { code: 'body.re-encoded', was: 'its JSON lost its \\u escapes', body: (_text, value) => escaped(JSON.stringify(value)) },
  { code: 'body.re-encoded', was: 'its JSON lost its spaces and \\u escapes', body: (_text, value) => escaped(spaced(value)) },
  {
    code: 'body.re-encoded',
    was: 'its JSON lost the backslashes before slashes',
    body: (_text, value) => JSON.stringify(value).replaceAll('/', '\\/'),
  },
  {
    code: 'body.re-encoded',
    was: 'its JSON lost its \\u escapes and the backslashes before slashes',
    body: (_text, value) => escaped(JSON.stringify(value).replaceAll('/', '\\/')),
  },
  { code: 'body.re-encoded', was: 'the keys of its JSON were put in another order', body: (_text, value) => JSON.stringify(sorted(value)) },
];

const FORM: readonly Rewriting[] = [
  { code: 'body.re-encoded', was: 'its form fields were encoded anew', body: (text) => text.replaceAll('%20', '+') },
  { code: 'body.re-encoded', was: 'its form fields were encoded anew', body: (text) => text.replaceAll('+', '%20') },
  { code: 'body.re-encoded', was: 'its form fields were encoded anew', body: (text) => new URLSearchParams(text).toString() },
];

/** The body arrived in other bytes than those that were signed. */
export function* bodyMisses({ scheme, request }: Patient): Iterable<NearMiss> {
  if (!/\{(body|json:)/.test(scheme.signed ?? '{body}')) return;
  if (request.body.length > 0) yield* rewritings(request);
  const lost = 'The signature is right for an empty body, but the request had one.';
  yield {
    change: { request: { ...request, body: new Uint8Array() } },
    finding: proven('body.lost', lost, 'Have the sender sign the body that it sends.'),
  };
}

function* rewritings(request: Patient['request']): Iterable<NearMiss> {
  const text = decodeUtf8(request.body);
  if (text === undefined) return yield* charsetMisses(request);
  const value = request.body.length <= MOST_TO_PARSE ? parsed(text) : undefined;
  const seen = new Set([text]);
  for (const { code, was, body } of [...TEXT, ...(value === undefined ? formOf(text) : JSON_TEXT)]) {
    const changed = body(text, value);
    if (changed === undefined || seen.has(changed)) continue;
    seen.add(changed);
    yield { change: { request: { ...request, body: Buffer.from(changed, 'utf8') } }, finding: changedOnTheWay(code, was) };
  }
  yield* charsetMisses(request);
}

function formOf(text: string): readonly Rewriting[] {
  return /^[^\s=&]+=/.test(text) && text.length <= MOST_TO_PARSE ? FORM : [];
}

/** Bytes of one character set that were read as another and written again. */
function* charsetMisses(request: Patient['request']): Iterable<NearMiss> {
  const bytes = Buffer.from(request.body);
  const text = decodeUtf8(bytes);
  const latin1 = text === undefined ? Buffer.from(bytes.toString('latin1'), 'utf8') : Buffer.from(text, 'latin1');
  if (latin1.equals(bytes)) return;
  yield {
    change: { request: { ...request, body: latin1 } },
    finding: changedOnTheWay('body.charset', 'it was converted between Latin-1 and UTF-8'),
  };
}

function changedOnTheWay(code: FindingCode, was: string): Finding {
  const advice =
    'Have whatever stands between the sender and here (a proxy, a gateway, a script) pass the bytes on as they are; a signature covers bytes.';
  return proven(code, `The body was changed after it was signed: ${was}.`, advice);
}

function withoutEnd(text: string, end: string): string | undefined {
  return text.endsWith(end) ? text.slice(0, -end.length) : undefined;
}

function withoutStart(text: string, start: string): string | undefined {
  return text.startsWith(start) ? text.slice(start.length) : undefined;
}

function parsed(text: string): object | undefined {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    return typeof value === 'object' && value !== null && depth(value) <= MOST_DEPTH ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Levels of nesting, counted no further than matters. */
function depth(value: unknown, level = 0): number {
  if (typeof value !== 'object' || value === null || level > MOST_DEPTH) return level;
  return Object.values(value).reduce<number>((most, item) => Math.max(most, depth(item, level + 1)), level);
}

/** As Python's `json.dumps` writes by default: a space after each comma and colon. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
    .join(', ')}}`;
}

/** Everything beyond ASCII as `\uXXXX`, as Python and PHP write it. */
function escaped(json: string): string {
  return json.replace(/[^\x00-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
