import { headerValues, type IncomingRequest } from '../../request.js';
import type { Algorithm, SignatureScheme } from '../../schemes/scheme.js';
import { proven } from '../diagnosis.js';
import type { NearMiss, Patient } from '../patient.js';

const HMACS: readonly Algorithm[] = ['sha256', 'sha1', 'sha512', 'sha384'];
/** More than any vendor sends. */
const MOST_ITEMS = 16;
/** `sha256=`, `v1=`, `v1,` and the like in front of a digest. */
const LEADING_WORD = /^[A-Za-z][A-Za-z0-9-]{0,15}[=,]/;

/** The signature is there and right, but written in another form than the scheme says. */
export function* formatMisses(patient: Patient): Iterable<NearMiss> {
  const names = headerNames(patient.scheme);
  yield* prefixMisses(patient, names);
  yield* encodingMisses(patient, names);
  yield* algorithmMisses(patient, names);
}

/** The names, lower case, under which the scheme's signature header may come. */
export function headerNames({ header }: SignatureScheme): readonly string[] {
  return [header ?? []].flat().map((name) => name.toLowerCase());
}

function* prefixMisses({ scheme, request }: Patient, names: readonly string[]): Iterable<NearMiss> {
  const expected = scheme.prefix ?? '';
  for (const prefix of prefixesOf(request, scheme, names)) {
    if (prefix === expected) continue;
    const sent = prefix === '' ? 'without a prefix' : `with the prefix "${prefix}"`;
    const message = `The signature is right but was sent ${sent}; ${wanted(expected)}.`;
    const advice = `Have the sender write ${expected === '' ? 'the digest alone' : `"${expected}" before the digest`}, or set "prefix" of the credential to "${prefix}".`;
    yield { change: { scheme: { ...scheme, prefix } }, finding: proven('signature.prefix', message, advice) };
  }
}

function wanted(prefix: string): string {
  return prefix === '' ? 'the credential expects none' : `the credential expects "${prefix}"`;
}

/** What could stand before the digest, as it was sent: nothing, or a leading word. */
function prefixesOf(request: IncomingRequest, { separator }: SignatureScheme, names: readonly string[]): ReadonlySet<string> {
  const items = headerValues(request, names).flatMap((value) =>
    separator === undefined ? [value] : value.split(separator).slice(0, MOST_ITEMS),
  );
  const words = items.flatMap((item) => LEADING_WORD.exec(item.trim())?.[0] ?? []);
  return new Set(['', ...words]);
}

function* encodingMisses(patient: Patient, names: readonly string[]): Iterable<NearMiss> {
  const { scheme, request } = patient;
  if (scheme.algorithm === 'equals') return;
  const expected = scheme.encoding ?? 'hex';
  const other = expected === 'hex' ? 'base64' : 'hex';
  const advice = `Set "encoding" of the credential to "${other}", or have the sender write ${expected}.`;
  const message = `The signature is right but is written in ${other}; the credential expects ${expected}.`;
  yield { change: { scheme: { ...scheme, encoding: other } }, finding: proven('signature.encoding', message, advice) };
  const urlSafe = `The signature is right but is written in the URL-safe alphabet or without padding; the credential expects plain base64.`;
  const change = { scheme: { ...scheme, encoding: 'base64' as const }, request: plainBase64(request, names, scheme) };
  yield { change, finding: proven('signature.encoding', urlSafe, 'Have the sender use the standard base64 alphabet with padding.') };
}

/** The request with URL-safe or unpadded base64 in its signature header rewritten to the standard form. */
function plainBase64(request: IncomingRequest, names: readonly string[], { prefix = '', separator }: SignatureScheme): IncomingRequest {
  const item = (text: string): string => {
    if (!text.startsWith(prefix)) return text;
    const bare = text.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/');
    return prefix + bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  };
  const rawHeaders = request.rawHeaders.map((text, at) => {
    if (at % 2 === 0 || !names.includes(request.rawHeaders[at - 1]!.toLowerCase())) return text;
    return separator === undefined ? item(text) : text.split(separator).map(item).join(separator);
  });
  return { ...request, rawHeaders };
}

function* algorithmMisses({ scheme, request }: Patient, names: readonly string[]): Iterable<NearMiss> {
  if (!HMACS.includes(scheme.algorithm)) return;
  const prefixes = new Set([scheme.prefix ?? '', ...prefixesOf(request, scheme, names)]);
  for (const algorithm of HMACS.filter((other) => other !== scheme.algorithm)) {
    const message = `The signature is right but was made with HMAC-${algorithm.toUpperCase()}; the credential expects ${scheme.algorithm.toUpperCase()}.`;
    const advice = `Set "algorithm" of the credential to "${algorithm}", or have the sender use ${scheme.algorithm}.`;
    for (const prefix of prefixes) {
      yield { change: { scheme: { ...scheme, algorithm, prefix } }, finding: proven('signature.algorithm', message, advice) };
    }
  }
}
