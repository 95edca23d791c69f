import { wireToBytes } from '../bytes.js';
import { parseSource, readSource, type Reading, type Source } from './source.js';

type ValueSource = Exclude<Source, { kind: 'item' }>;

/** One part of the signed content. */
export type Piece =
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | { readonly kind: 'body' | 'timestamp' | 'method' | 'url' }
  | { readonly kind: 'value'; readonly source: ValueSource };

/** What a template says, or the placeholder that it should not hold. */
export type ParsedTemplate = { readonly pieces: readonly Piece[] } | { readonly unknown: string };

const PLACEHOLDER = /(\{[^{}]*\})/;

/** Reads a template such as `v0:{timestamp}:{body}`. A brace without its partner is a literal. */
export function parseTemplate(template: string): ParsedTemplate {
  const pieces: Piece[] = [];
  for (const part of template.split(PLACEHOLDER).filter((text) => text !== '')) {
    const piece = PLACEHOLDER.test(part) ? placeholder(part.slice(1, -1)) : literal(part);
    if (piece === undefined) return { unknown: part };
    pieces.push(piece);
  }
  return { pieces };
}

function literal(text: string): Piece {
  return { kind: 'literal', bytes: Buffer.from(text, 'utf8') };
}

function placeholder(name: string): Piece | undefined {
  if (name === 'body' || name === 'timestamp' || name === 'method' || name === 'url') return { kind: name };
  const source = parseSource(name);
  return source === undefined || source.kind === 'item' ? undefined : { kind: 'value', source };
}

/** The signed content as byte chunks, or the place where a part of it is missing. The body is not copied. */
export function renderContent(
  pieces: readonly Piece[],
  reading: Reading,
  timestamp: string,
): { readonly chunks: readonly Uint8Array[] } | { readonly missing: Source } {
  const chunks: Uint8Array[] = [];
  for (const piece of pieces) {
    const chunk = renderPiece(piece, reading, timestamp);
    if (chunk === undefined) return { missing: (piece as Extract<Piece, { kind: 'value' }>).source };
    chunks.push(chunk);
  }
  return { chunks };
}

function renderPiece(piece: Piece, reading: Reading, timestamp: string): Uint8Array | undefined {
  switch (piece.kind) {
    case 'literal':
      return piece.bytes;
    case 'body':
      return reading.request.body;
    case 'timestamp':
      return wireToBytes(timestamp);
    case 'method':
      return Buffer.from(reading.request.method, 'utf8');
    case 'url':
      return Buffer.from(reading.request.url, 'utf8');
    case 'value': {
      const value = readSource(reading, piece.source);
      return value === undefined ? undefined : wireToBytes(value);
    }
  }
}
