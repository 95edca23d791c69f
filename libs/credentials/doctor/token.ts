import { sameSecret, textToWire, wireToBytes } from '../bytes.js';
import type { IncomingRequest } from '../request.js';
import { queryValues } from '../url.js';
import type { Refused, Verdict } from '../verdict.js';
import { likely, proven, withoutSecrets, type Diagnosis, type Finding } from './diagnosis.js';
import { expired } from './refusals.js';

/** A secret that is sent as it is. */
export interface TokenCheck {
  /** For sentences: `header x-api-key`. */
  readonly place: string;
  /** Before the token. */
  readonly prefix: string;
  readonly secrets: readonly string[];
  /** What was sent at the place, as wire strings. */
  sent(request: IncomingRequest): readonly string[];
  verify(request: IncomingRequest, now: Date): Verdict;
}

/** Places that are looked into for a token that went elsewhere. */
const MOST_HEADERS = 48;
const USUAL_QUERY = ['key', 'token', 'api_key', 'apikey', 'access_token', 'secret', 'auth'];
const AUTH_SCHEME = /^(?:bearer|token|basic|apikey|api-key) +/i;

/** Explains why a token was refused. Pure. Says nothing of its value, only what about it differs. */
export function diagnoseToken(check: TokenCheck, request: IncomingRequest, now: Date): Diagnosis {
  const verdict = check.verify(request, now);
  if (verdict.ok) return { findings: [] };
  return withoutSecrets({ findings: [findingOf(check, request, verdict)] }, check.secrets);
}

function findingOf(check: TokenCheck, request: IncomingRequest, refused: Refused): Finding {
  if (refused.code === 'credential.secret-expired') return expired(refused);
  if (refused.code === 'credential.not-for-incoming') {
    return likely('credential.not-for-incoming', refused.reason, 'Name another credential at the trigger.');
  }
  const [given, ...more] = check.sent(request);
  if (more.length > 0)
    return likely('token.duplicate', refused.reason, 'Have the sender, or the proxy that adds it a second time, send it once.');
  return (
    (given === undefined || given === '' ? undefined : misspelt(check, given)) ??
    elsewhere(check, request) ??
    unknown(check, refused, given)
  );
}

/** What was done to the right token. */
function misspelt({ place, prefix, secrets }: TokenCheck, given: string): Finding | undefined {
  const right = (text: string): boolean => secrets.some((secret) => sameSecret(wireToBytes(text), wireToBytes(textToWire(secret))));
  const bare = given.toLowerCase().startsWith(prefix.toLowerCase()) ? given.slice(prefix.length) : given;
  if (right(given) || right(given.replace(AUTH_SCHEME, '')) || right(bare)) return prefixFinding(place, prefix);
  if (right(unquoted(bare)) || right(bare.replace(/\\[nr]$/, ''))) {
    return proven(
      'token.whitespace',
      `The ${place} holds the key with quotes, white space or a line break around it.`,
      'Have the sender send the key alone.',
    );
  }
  if (secrets.some((secret) => sameSecret(wireToBytes(bare.toLowerCase()), wireToBytes(textToWire(secret).toLowerCase())))) {
    return proven('token.case', `The ${place} holds the key in other upper and lower case.`, 'Have the sender copy the key exactly.');
  }
  if (right(Buffer.from(bare, 'base64').toString('latin1')) || right(percentDecoded(bare))) {
    return proven('token.encoding', `The ${place} holds the key in base64 or percent-encoded.`, 'Have the sender send the key as it is.');
  }
  return undefined;
}

function prefixFinding(place: string, prefix: string): Finding {
  const expected = prefix === '' ? 'nothing before it' : `"${prefix}" before it`;
  return proven(
    'token.prefix',
    `The ${place} holds the right key, but the credential expects ${expected}.`,
    `Set "prefix" of the credential to what the sender writes, or have it send the key with ${expected}.`,
  );
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'<])(.*)[>"']$/, '$2')
    .trim();
}

function percentDecoded(text: string): string {
  try {
    return textToWire(decodeURIComponent(text));
  } catch {
    return text;
  }
}

/** The right token in another header or in the query. */
function elsewhere(check: TokenCheck, request: IncomingRequest): Finding | undefined {
  const found = headerWith(check, request) ?? queryWith(check, request);
  if (found === undefined) return undefined;
  return proven(
    'token.place',
    `The right key was sent in the ${found}; the credential looks into the ${check.place}.`,
    'Change "in" and "name" of the credential, or have the sender use the place that it names.',
  );
}

function headerWith(check: TokenCheck, { rawHeaders }: IncomingRequest): string | undefined {
  for (let at = 0; at + 1 < Math.min(rawHeaders.length, 2 * MOST_HEADERS); at += 2) {
    const value = rawHeaders[at + 1] ?? '';
    if (holds(check, value)) return `header ${rawHeaders[at]?.toLowerCase()}`;
  }
  return undefined;
}

function queryWith(check: TokenCheck, { url }: IncomingRequest): string | undefined {
  const name = USUAL_QUERY.find((key) => queryValues(url, key).some((value) => holds(check, textToWire(value))));
  return name && `query parameter ${name}`;
}

function holds({ secrets }: TokenCheck, value: string): boolean {
  const texts = [value, value.replace(AUTH_SCHEME, '')].map(wireToBytes);
  return secrets.some((secret) => texts.some((text) => sameSecret(text, wireToBytes(textToWire(secret)))));
}

function unknown({ place }: TokenCheck, { code, reason }: Refused, given: string | undefined): Finding {
  if (given === undefined || given === '') {
    return likely('token.missing', reason, `Have the sender send the key in the ${place}. If it does, look whether a proxy removes it.`);
  }
  if (code === 'credential.malformed')
    return likely('token.prefix', reason, 'Compare what the sender writes before the key with "prefix" of the credential.');
  return likely(
    'token.unknown',
    `${reason} It has ${given.length} characters.`,
    'Most likely the sender has another key: set it on both sides again.',
  );
}
