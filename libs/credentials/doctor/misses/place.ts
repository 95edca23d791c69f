import { headerValues, type IncomingRequest } from '../../request.js';
import { schemes } from '../../schemes/presets/index.js';
import type { SignatureScheme } from '../../schemes/scheme.js';
import { likely, proven, type Finding } from '../diagnosis.js';
import type { NearMiss, Patient } from '../patient.js';
import { headerNames } from './format.js';

/** No digest is shorter in base64, no header with a list of them longer. */
const SIGNATURE_LENGTH = { least: 20, most: 4_096 };
/** Headers that are looked into; more are not sent by anybody who means well. */
const MOST_HEADERS = 48;
/** Never a signature, though long enough for one. */
const NOT_SIGNATURES = new Set(['user-agent', 'accept', 'cookie', 'host', 'content-type', 'traceparent', 'referer', 'via']);

/** The request is signed in the way of another vendor than the credential says. */
export function* otherSchemes({ scheme, request }: Patient): Iterable<NearMiss> {
  for (const [name, other] of Object.entries(schemes)) {
    if (sameWay(other, scheme) || !isSentBy(other, request)) continue;
    const message = `The request is signed in the way of "${name}", with the secret of this credential.`;
    const advice = `Set "scheme" of the credential to "${name}", or give this sender a URL of its own.`;
    yield { change: { scheme: other }, finding: proven('signature.scheme', message, advice) };
  }
}

/** Where the headers look like other vendors' and nothing more could be shown; undefined when they look like nobody's. */
export function lookalike({ scheme, request }: Patient): Finding | undefined {
  const own = headerNames(scheme);
  const found = Object.entries(schemes).filter(
    ([, other]) => isSentBy(other, request) && !headerNames(other).some((name) => own.includes(name)),
  );
  if (found.length === 0) return undefined;
  const names = found.map(([name]) => name);
  const headers = new Set(
    found.flatMap(([, { header }]) => [header ?? []].flat()).filter((name) => headerValues(request, [name.toLowerCase()]).length > 0),
  );
  const message = `The headers look like ${anyOf(names)} (${[...headers].join(', ')}), which this credential does not check.`;
  const advice = `Set "scheme" of the credential to ${anyOf(names.map((name) => `"${name}"`))} and its secret to that sender's, or send this vendor to another URL.`;
  return likely('signature.scheme', message, advice);
}

/** The signature stands in another header, most often because the credential spells its name differently. */
export function* otherHeaders(patient: Patient): Iterable<NearMiss> {
  const { scheme } = patient;
  const own = headerNames(scheme);
  if (own.length === 0) return;
  for (const name of signatureLike(patient.request, own)) {
    const message = `The signature is right but stands in the header ${name}; the credential looks into ${own.join(' or ')}.`;
    const advice = `Set "header" of the credential to "${name}", or have the sender use ${own[0]}.`;
    yield { change: { scheme: { ...scheme, header: name } }, finding: proven('signature.header', message, advice) };
  }
}

function signatureLike({ rawHeaders }: IncomingRequest, own: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (let at = 0; at + 1 < rawHeaders.length && names.size < MOST_HEADERS; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at]?.toLowerCase(), rawHeaders[at + 1]];
    const fits = value.length >= SIGNATURE_LENGTH.least && value.length <= SIGNATURE_LENGTH.most;
    if (fits && !own.includes(name) && !NOT_SIGNATURES.has(name)) names.add(name);
  }
  return [...names];
}

function isSentBy(scheme: SignatureScheme, request: IncomingRequest): boolean {
  // An Authorization header says nothing about who sent it.
  const names = headerNames(scheme).filter((name) => name !== 'authorization');
  return names.length > 0 && headerValues(request, names).length > 0;
}

function sameWay(a: SignatureScheme, b: SignatureScheme): boolean {
  return (
    JSON.stringify([a.algorithm, a.encoding, a.prefix, a.signed, headerNames(a)]) ===
    JSON.stringify([b.algorithm, b.encoding, b.prefix, b.signed, headerNames(b)])
  );
}

function anyOf(names: readonly string[]): string {
  return names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
