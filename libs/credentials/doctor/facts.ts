import { decodeUtf8 } from '../bytes.js';
import { redact } from '../redact.js';
import type { IncomingRequest } from '../request.js';
import { decodeSignature, hmacOf } from '../schemes/digest.js';
import { readKey } from '../schemes/keys.js';
import type { Recipe } from '../schemes/recipe.js';
import { describeSource, readingOf, readSource, type Reading } from '../schemes/source.js';
import { renderContent, type Piece } from '../schemes/template.js';
import type { SignedFacts, SignedPart } from './diagnosis.js';
import type { Patient } from './patient.js';

/** Six hexadecimal digits tell two digests apart and help nobody to forge one. */
const DIGITS = 6;
const START_CHARACTERS = 12;
/** Redacted before it is cut, so that no secret shows half of itself. */
const WINDOW_BYTES = 4_096;
const MOST_ITEMS = 16;

/** What was signed, what was expected and what came, shortened. */
export function factsOf(patient: Patient, recipe: Recipe): SignedFacts {
  const { scheme, request } = patient;
  const reading = readingOf(request);
  const items = itemsOf(recipe, reading);
  const timestamp = timestampOf(recipe, reading, items);
  const content = renderContent(recipe.signed, reading, timestamp);
  const chunks = 'chunks' in content ? content.chunks : undefined;
  return {
    algorithm: recipe.algorithm,
    encoding: recipe.encoding,
    template: scheme.signed ?? '{body}',
    ...(chunks && { parts: chunks.map((chunk, at) => partOf(recipe.signed[at]!, chunk, patient)) }),
    place: describeSource(recipe.signature),
    expected: chunks ? expectedOf(patient, chunks) : [],
    received: recipe.algorithm === 'equals' ? [] : receivedOf(recipe, items),
  };
}

function itemsOf(recipe: Recipe, reading: Reading): readonly string[] {
  const text = readSource(reading, recipe.signature) ?? '';
  const items = recipe.separator === undefined ? [text] : text.split(recipe.separator).map((item) => item.trim());
  return items.filter((item) => item !== '').slice(0, MOST_ITEMS);
}

function timestampOf({ timestamp }: Recipe, reading: Reading, items: readonly string[]): string {
  if (timestamp === undefined) return '';
  const { source } = timestamp;
  if (source.kind !== 'item') return readSource(reading, source) ?? '';
  return items.find((item) => item.startsWith(source.prefix))?.slice(source.prefix.length) ?? '';
}

function partOf(piece: Piece, chunk: Uint8Array, { request, secrets }: Patient): SignedPart {
  if (piece.kind === 'url') return { part: '{url}', bytes: chunk.length, start: withoutQuery(request) };
  const text = decodeUtf8(chunk.subarray(0, WINDOW_BYTES)) ?? Buffer.from(chunk.subarray(0, WINDOW_BYTES)).toString('latin1');
  const clean = redact(text, texts(secrets));
  return { part: nameOf(piece), bytes: chunk.length, start: [...clean].slice(0, START_CHARACTERS).join('') };
}

function texts(secrets: Patient['secrets']): readonly string[] {
  return secrets.map(({ text }) => text).filter((text) => text !== '');
}

function nameOf(piece: Piece): string {
  if (piece.kind === 'literal') return 'literal';
  return `{${piece.kind === 'value' ? describeSource(piece.source) : piece.kind}}`;
}

/** Secrets travel in queries. */
function withoutQuery({ url }: IncomingRequest): string {
  const [bare = '', query] = url.split('?', 2);
  return query === undefined ? bare : `${bare}?…`;
}

function expectedOf({ scheme, secrets }: Patient, chunks: readonly Uint8Array[]): SignedFacts['expected'] {
  const silent = (): void => undefined;
  return secrets.flatMap((secret) => {
    const material = readKey(secret, scheme, silent, silent)?.material;
    return material?.kind === 'hmac' ? [{ secret: secret.label, digest: shortened(hmacOf(material, chunks)) }] : [];
  });
}

function receivedOf({ prefix, encoding }: Recipe, items: readonly string[]): SignedFacts['received'] {
  return items.flatMap((item) => {
    if (!item.startsWith(prefix)) return [];
    const bytes = decodeSignature(item.slice(prefix.length), encoding);
    return bytes === undefined ? [] : [{ bytes: bytes.length, digest: shortened(bytes) }];
  });
}

function shortened(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex').slice(0, DIGITS);
}

/** The time that the request says it was signed at, as it was sent; undefined where the scheme has none or it is missing. */
export function sentTime(recipe: Recipe, request: IncomingRequest): string | undefined {
  const reading = readingOf(request);
  return timestampOf(recipe, reading, itemsOf(recipe, reading)) || undefined;
}
