import { createHmac } from 'node:crypto';
import { decodeUtf8, sameSecret, wireToBytes } from '../bytes.js';
import type { HandshakeAnswer } from '../credential.js';
import { headerValues, type IncomingRequest } from '../request.js';
import { parseSource, readingOf, type Reading } from '../schemes/source.js';
import { queryValues } from '../url.js';
import type { Handshake, Place, Test } from './handshake.js';

/** What answering takes beside the request. */
export interface HandshakeSecrets {
  /** The key of HMACs in answers; undefined where the credential has none that can sign. */
  readonly key: Buffer | undefined;
  readonly verifyToken: string | undefined;
}

/** More than any challenge is long. What is said back must be no place to keep things at. */
const MAX_ECHO = 1024;
/** What an HMAC is made of for others: no text that is signed elsewhere, and no JSON, or this would sign forged events. */
const TOKEN = /^(?!(?:-?\d+|true|false|null)$)[A-Za-z0-9_-]{1,128}={0,2}$/;
const PLACEHOLDER = /<([a-z0-9-]+:[^<>]+)>/g;

/**
 * The answer to a handshake of the list, or undefined when the request is none. `signed` says whether its signature
 * holds; handshakes that want one are passed over before.
 */
export function answerHandshake(
  list: readonly Handshake[],
  request: IncomingRequest,
  signed: boolean,
  secrets: HandshakeSecrets,
): HandshakeAnswer | undefined {
  const reading = readingOf(request);
  const found = list.find((each) => each.method === request.method && (each.signed ?? false) === signed && holds(each, reading, secrets));
  return found && compose(found, reading, secrets);
}

function holds({ when = [] }: Handshake, reading: Reading, secrets: HandshakeSecrets): boolean {
  return when.every((test) => passes(test, valueAt(test.at, reading), secrets));
}

function passes({ is, like, absent, isVerifyToken }: Test, value: string | undefined, { verifyToken }: HandshakeSecrets): boolean {
  if (absent || value === undefined) return absent === true && value === undefined;
  if (isVerifyToken) return verifyToken !== undefined && sameSecret(wireToBytes(value), Buffer.from(verifyToken, 'utf8'));
  return (is === undefined || value === String(is)) && (like === undefined || like.test(value));
}

/** Undefined when something that is to be said back is not there, or is not fit to be. */
function compose({ answer }: Handshake, reading: Reading, secrets: HandshakeSecrets): HandshakeAnswer | undefined {
  const { status, type, body } = answer;
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if (body === undefined || type === undefined) return { status, headers, body: undefined };
  let sound = true;
  const text = body.replace(PLACEHOLDER, (whole: string, place: string, at: number) => {
    const value = sayable(place, reading, secrets);
    sound &&= value !== undefined;
    // Inside a JSON string the value is plain Base64 and needs no escapes.
    return type === 'application/json' && body[at - 1] === ':' ? JSON.stringify(value ?? '') : (value ?? whole);
  });
  return sound ? { status, headers: { ...headers, 'content-type': `${type}; charset=utf-8` }, body: text } : undefined;
}

function sayable(place: Place, reading: Reading, { key }: HandshakeSecrets): string | undefined {
  const [, encoding, inner] = /^hmac-(hex|base64):(.+)$/.exec(place) ?? [];
  const value = valueAt(inner ?? place, reading);
  if (value === undefined) return undefined;
  if (encoding === undefined) return value.length <= MAX_ECHO && !/\p{Cc}/u.test(value) ? decodeUtf8(wireToBytes(value)) : undefined;
  if (key === undefined || !TOKEN.test(value)) return undefined;
  return createHmac('sha256', key)
    .update(wireToBytes(value))
    .digest(encoding as 'hex' | 'base64');
}

/** The one value at a place, as a wire string; undefined where there is none, or more than one. */
function valueAt(place: Place, reading: Reading): string | undefined {
  const { request } = reading;
  const [kind, name = ''] = [place.slice(0, place.indexOf(':')), place.slice(place.indexOf(':') + 1)];
  if (kind === 'json') return jsonAt(place, reading);
  if (kind === 'header') return only(headerValues(request, [name]));
  if (kind === 'query') return only(queryValues(request.url, name).map((value) => Buffer.from(value, 'utf8').toString('latin1')));
  return only(new URLSearchParams(decodeUtf8(request.body) ?? '').getAll(name));
}

function jsonAt(place: Place, reading: Reading): string | undefined {
  const source = parseSource(place);
  return source?.kind === 'json' ? reading.json(source.path) : undefined;
}

function only(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}
