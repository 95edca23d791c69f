import type { Report } from '../problem.js';
import type { Algorithm, Encoding, SignatureScheme, TimestampRule, TimeUnit } from './scheme.js';
import { headerSource, parseSource, sameSource, type Source } from './source.js';
import { parseTemplate, type Piece } from './template.js';

/** A scheme that has been read and checked: what `verifySignature` and `signRequest` work with. */
export interface Recipe {
  readonly algorithm: Algorithm;
  readonly encoding: Encoding;
  readonly prefix: string;
  readonly separator: string | undefined;
  readonly signature: Exclude<Source, { kind: 'item' }>;
  /** The spelling used when signing. */
  readonly signatureHeader: string | undefined;
  readonly signed: readonly Piece[];
  readonly timestamp: RecipeTimestamp | undefined;
  readonly id: Exclude<Source, { kind: 'item' }> | undefined;
  readonly orUnescapedUrl: boolean;
  /** Headers that decide the outcome: each group of spellings may occur once. */
  readonly guarded: readonly (readonly string[])[];
}

export interface RecipeTimestamp {
  readonly source: Source;
  readonly unit: TimeUnit;
  readonly toleranceMs: number;
  /** A time that is not signed can be changed by anybody, so it protects from nothing. */
  readonly signed: boolean;
}

const defaultToleranceSeconds = 300;

/** Reads a scheme; undefined after at least one report when it contradicts itself. */
export function compileScheme(scheme: SignatureScheme, report: Report): Recipe | undefined {
  let sound = true;
  const fail: Report = (code, path, message) => {
    sound = false;
    report(code, path, message);
  };
  const signature = signatureSource(scheme, fail);
  const signed = signedPieces(scheme.signed ?? '{body}', fail);
  const timestamp = scheme.timestamp && timestampOf(scheme.timestamp, signed, fail);
  const id = idSource(scheme.id, signed, fail);
  checkTogether(scheme, signed, fail);
  if (!sound || signature === undefined) return undefined;
  return {
    algorithm: scheme.algorithm,
    encoding: scheme.encoding ?? 'hex',
    prefix: scheme.prefix ?? '',
    separator: scheme.separator,
    signature,
    signatureHeader: headerNames(scheme)[0],
    signed,
    timestamp,
    id,
    orUnescapedUrl: scheme.orUnescapedUrl === true,
    guarded: guardedHeaders([signature, timestamp?.source, id, ...signed.map(sourceOfPiece)]),
  };
}

function headerNames(scheme: SignatureScheme): readonly string[] {
  return typeof scheme.header === 'string' ? [scheme.header] : (scheme.header ?? []);
}

function signatureSource(scheme: SignatureScheme, fail: Report): Recipe['signature'] | undefined {
  const names = headerNames(scheme);
  if (names.length > 0 === (scheme.signature !== undefined)) {
    fail('credential.bad-scheme', '', 'Say where the signature is: either "header", or "signature" for one inside the body, not both.');
    return undefined;
  }
  return scheme.signature === undefined ? (headerSource(names) as Recipe['signature']) : valueSource(scheme.signature, '/signature', fail);
}

function signedPieces(template: string, fail: Report): readonly Piece[] {
  const parsed = parseTemplate(template);
  if ('pieces' in parsed) return parsed.pieces;
  const known = '{body}, {timestamp}, {method}, {url}, {header:<name>}, {json:/<pointer>}';
  fail('credential.bad-scheme', '/signed', `"signed" holds ${parsed.unknown}, which means nothing here; known are ${known}.`);
  return [];
}

function timestampOf(rule: Partial<TimestampRule>, signed: readonly Piece[], fail: Report): RecipeTimestamp | undefined {
  const source = parseSource(rule.from ?? '');
  if (source === undefined) {
    fail('credential.bad-scheme', '/timestamp/from', 'Say where the time is: "header:<name>", "json:/<pointer>" or "sig:<prefix>".');
  }
  if (rule.unit === undefined) fail('credential.bad-scheme', '/timestamp/unit', 'Say the unit of the time: "s", "ms" or "iso8601".');
  if (source === undefined || rule.unit === undefined) return undefined;
  return {
    source,
    unit: rule.unit,
    toleranceMs: (rule.toleranceSeconds ?? defaultToleranceSeconds) * 1000,
    signed: signed.some(({ kind }) => kind === 'timestamp') || covers(signed, source),
  };
}

function idSource(text: string | undefined, signed: readonly Piece[], fail: Report): Recipe['id'] {
  if (text === undefined) return undefined;
  const source = valueSource(text, '/id', fail);
  if (source === undefined || covers(signed, source)) return source;
  // Whoever replays a request can change an unsigned id, so remembering it would protect from nobody.
  fail('credential.bad-scheme', '/id', `"id" must be part of what is signed: add {${text}} to "signed", or use the trigger's dedupe key.`);
  return undefined;
}

function valueSource(text: string, path: string, fail: Report): Exclude<Source, { kind: 'item' }> | undefined {
  const source = parseSource(text);
  if (source !== undefined && source.kind !== 'item') return source;
  fail('credential.bad-scheme', path, `"${path.slice(1)}" must be "header:<name>" or "json:/<pointer>".`);
  return undefined;
}

function checkTogether(scheme: SignatureScheme, signed: readonly Piece[], fail: Report): void {
  const usesTime = signed.some(({ kind }) => kind === 'timestamp');
  if (usesTime && scheme.timestamp === undefined) {
    fail('credential.bad-scheme', '/timestamp', '"signed" holds {timestamp}: say with "timestamp" where the time comes from.');
  }
  if (scheme.timestamp?.from?.startsWith('sig:') && (scheme.separator === undefined || scheme.signature !== undefined)) {
    fail('credential.bad-scheme', '/separator', 'A time inside the signature header needs "header" and a "separator" between the items.');
  }
  if (scheme.algorithm === 'equals' && (scheme.signed !== undefined || scheme.timestamp !== undefined || scheme.id !== undefined)) {
    fail('credential.bad-scheme', '/algorithm', 'With "equals" nothing is signed: remove "signed", "timestamp" and "id".');
  }
  if (scheme.algorithm !== 'equals' && signed.length > 0 && signed.every(({ kind }) => kind === 'literal')) {
    fail('credential.bad-scheme', '/signed', '"signed" is the same for every request, so a signature over it proves nothing: add {body}.');
  }
}

/** Whether changing the value at the source would change the signed content. */
function covers(signed: readonly Piece[], source: Source): boolean {
  if (source.kind === 'json' && signed.some(({ kind }) => kind === 'body')) return true;
  return signed.some((piece) => piece.kind === 'value' && sameSource(piece.source, source));
}

function sourceOfPiece(piece: Piece): Source | undefined {
  return piece.kind === 'value' ? piece.source : undefined;
}

function guardedHeaders(sources: readonly (Source | undefined)[]): Recipe['guarded'] {
  const groups = sources.flatMap((source) => (source?.kind === 'header' ? [source.names] : []));
  return [...new Map(groups.map((names) => [names.join(), names])).values()];
}
