import { createHash } from 'node:crypto';
import { wireToBytes } from '../bytes.js';
import { headerValues, type IncomingRequest } from '../request.js';
import { judgeMatches } from '../rotation.js';
import { unescapeReserved } from '../url.js';
import { refuse, type Accepted, type Refused, type SecretCarriers, type Verdict } from '../verdict.js';
import { decodeSignature, matchesAny } from './digest.js';
import type { Key } from './keys.js';
import type { Recipe, RecipeTimestamp } from './recipe.js';
import { describeSource, readingOf, readSource, type Reading } from './source.js';
import { renderContent } from './template.js';
import { parseTimestamp } from './timestamp.js';

/** More items than any vendor sends; each costs a comparison. */
const maxItems = 16;
/** A vendor repeats a message under the same id for hours; beyond its time window only such honest repeats can arrive. */
const idWindowMs = 24 * 60 * 60 * 1000;

/** A value that was found, or why the request is refused. */
type Found<T> = { readonly ok: true; readonly value: T } | Refused;

/** Checks a signature by its recipe, over the exact bytes. Every key meets every signature, whatever matched before. */
export function verifySignature(
  recipe: Recipe,
  keys: readonly Key[],
  carriers: SecretCarriers,
  request: IncomingRequest,
  now: Date,
): Verdict {
  const duplicate = recipe.guarded.find((names) => headerValues(request, names).length > 1);
  if (duplicate) return refuse('credential.duplicate', `The header ${duplicate.join(' or ')} was sent more than once.`);
  const reading = readingOf(request);
  const items = signatureItems(recipe, reading);
  if (!items.ok) return items;
  const time = timestampText(recipe.timestamp, reading, items.value, now);
  if (!time.ok) return time;
  const candidates = candidateSignatures(recipe, items.value);
  if (!candidates.ok) return candidates;
  const content = renderContent(recipe.signed, reading, time.value);
  if ('missing' in content) {
    return refuse('credential.missing', `The signature covers the ${describeSource(content.missing)}, which was not sent.`);
  }
  const contents = [content.chunks, ...otherSpellings(recipe, request, time.value)];
  const matched = keys.map((key) => contents.map((chunks) => matchesAny(key.material, chunks, candidates.value)).includes(true));
  const match = judgeMatches(keys, matched, now, noMatch(keys));
  return match.ok ? { ...match, ...replayKey(recipe, reading, content.chunks), consumed: carriers } : match;
}

/** The sentence for a signature that none of the keys made. */
export function noMatch(keys: readonly Key[]): string {
  return `No configured secret matches (${keys.map(({ label }) => label).join(', ')}).`;
}

/** The content as a sender has it that signs its URL with reserved characters unescaped. */
function otherSpellings(recipe: Recipe, request: IncomingRequest, timestamp: string): (readonly Uint8Array[])[] {
  const url = recipe.orUnescapedUrl ? unescapeReserved(request.url) : request.url;
  if (url === request.url) return [];
  const content = renderContent(recipe.signed, readingOf({ ...request, url }), timestamp);
  return 'missing' in content ? [] : [content.chunks];
}

function signatureItems(recipe: Recipe, reading: Reading): Found<readonly string[]> {
  const text = readSource(reading, recipe.signature);
  const where = describeSource(recipe.signature);
  if (text === undefined) return refuse('credential.missing', `The ${where} was not sent.`);
  if (text === '') return refuse('credential.missing', `The ${where} is empty.`);
  if (recipe.separator === undefined) return { ok: true, value: [text] };
  const items = text
    .split(recipe.separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length > maxItems) {
    return refuse('credential.malformed', `The ${where} has ${items.length} items; at most ${maxItems} are read.`);
  }
  return { ok: true, value: items };
}

function timestampText(rule: RecipeTimestamp | undefined, reading: Reading, items: readonly string[], now: Date): Found<string> {
  if (rule === undefined) return { ok: true, value: '' };
  const where = describeSource(rule.source);
  const [text, ...more] = timestampValues(rule, reading, items);
  if (text === undefined || text === '') return refuse('credential.timestamp-missing', `There is no time in the ${where}.`);
  if (more.length > 0) return refuse('credential.timestamp-malformed', `There is more than one time in the ${where}.`);
  const time = parseTimestamp(text, rule.unit);
  if (time === undefined) return refuse('credential.timestamp-malformed', `The time in the ${where} is not of the unit "${rule.unit}".`);
  return withinWindow(text, now.getTime() - time, rule.toleranceMs);
}

function timestampValues(rule: RecipeTimestamp, reading: Reading, items: readonly string[]): readonly (string | undefined)[] {
  const { source } = rule;
  if (source.kind !== 'item') return [readSource(reading, source)];
  return items.filter((item) => item.startsWith(source.prefix)).map((item) => item.slice(source.prefix.length));
}

/** The text, or a refusal for a time that lies too far from now in either direction. */
export function withinWindow(text: string, ageMs: number, toleranceMs: number): Found<string> {
  const allowed = `at most ${toleranceMs / 1000} s are allowed`;
  if (ageMs > toleranceMs) {
    return refuse(
      'credential.timestamp-stale',
      `The request was signed ${seconds(ageMs)} s ago, ${allowed}: a replay, or a clock that is off.`,
    );
  }
  if (ageMs < -toleranceMs) {
    return refuse(
      'credential.timestamp-future',
      `The request was signed ${seconds(-ageMs)} s in the future, ${allowed}: check both clocks.`,
    );
  }
  return { ok: true, value: text };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function candidateSignatures(recipe: Recipe, items: readonly string[]): Found<readonly Uint8Array[]> {
  const where = describeSource(recipe.signature);
  const prefixed = items.filter((item) => item.startsWith(recipe.prefix)).map((item) => item.slice(recipe.prefix.length));
  if (prefixed.length === 0) return refuse('credential.malformed', `Nothing in the ${where} starts with "${recipe.prefix}".`);
  const decode = recipe.algorithm === 'equals' ? wireToBytes : (text: string) => decodeSignature(text, recipe.encoding);
  const candidates = prefixed.map(decode).filter((bytes) => bytes !== undefined);
  if (candidates.length === 0) return refuse('credential.malformed', `The signature in the ${where} is not ${recipe.encoding}.`);
  return { ok: true, value: candidates };
}

/** An id is remembered longer than the time window, so that a vendor's late retry is recognised as well. */
function replayKey(recipe: Recipe, reading: Reading, content: readonly Uint8Array[]): Pick<Accepted, 'replayId' | 'replayWindowMs'> {
  const windowMs = 2 * (recipe.timestamp?.toleranceMs ?? 0);
  const id = recipe.id && readSource(reading, recipe.id);
  if (id) return { replayId: replayIdOf('id', [wireToBytes(id)]), replayWindowMs: Math.max(idWindowMs, windowMs) };
  // The content, not the signature: a signature can have several spellings.
  return recipe.timestamp?.signed ? { replayId: replayIdOf('content', content), replayWindowMs: windowMs } : {};
}

// Hashed, so that a key has one length and no character that a store could refuse.
export function replayIdOf(kind: 'id' | 'content', chunks: readonly Uint8Array[]): string {
  const sum = createHash('sha256');
  for (const chunk of chunks) sum.update(chunk);
  return `${kind}:${sum.digest('base64url')}`;
}
