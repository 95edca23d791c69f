/** Replaces `length` UTF-16 units at `offset` of a text by `content`. The edits of one list do not overlap and stand in order. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/** The text after the edits, whose offsets all count in `text` as it is before any of them. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let position = 0;
  for (const { offset, length, content } of edits) {
    result += text.slice(position, offset) + content;
    position = offset + length;
  }
  return result + text.slice(position);
}

/** The edits that lead back: `applyEdits(applyEdits(text, edits), invertEdits(text, edits))` is `text`. */
export function invertEdits(text: string, edits: readonly Edit[]): Edit[] {
  let shift = 0;
  return edits.map(({ offset, length, content }) => {
    const inverse = { offset: offset + shift, length: content.length, content: text.slice(offset, offset + length) };
    shift += content.length - length;
    return inverse;
  });
}

/** A stretch of the first text that is still there, or text that is new. */
type Piece = { readonly kind: 'kept'; readonly offset: number; readonly length: number } | { readonly kind: 'new'; readonly text: string };

/** A text and how it came from the one before it; several steps of editing become one list of edits. */
export class Editing {
  private constructor(
    private readonly original: string,
    /** The text as it is now. */
    readonly text: string,
    private readonly pieces: readonly Piece[],
  ) {}

  static of(text: string): Editing {
    return new Editing(text, text, [{ kind: 'kept', offset: 0, length: text.length }]);
  }

  /** Offsets of `edits` count in the text as it is now. */
  apply(edits: readonly Edit[]): Editing {
    const pieces: Piece[] = [];
    let position = 0;
    for (const { offset, length, content } of edits) {
      pieces.push(...cut(this.pieces, position, offset));
      if (content !== '') pieces.push({ kind: 'new', text: content });
      position = offset + length;
    }
    pieces.push(...cut(this.pieces, position, this.text.length));
    return new Editing(this.original, applyEdits(this.text, edits), pieces);
  }

  /** What was done since the first text, as edits of that text. */
  edits(): Edit[] {
    const edits: Edit[] = [];
    let position = 0;
    let content = '';
    const close = (offset: number): void => {
      if (offset > position || content !== '')
        edits.push(...trimmed(this.original, { offset: position, length: offset - position, content }));
      content = '';
    };
    for (const piece of this.pieces) {
      if (piece.kind === 'new') content += piece.text;
      else {
        close(piece.offset);
        position = piece.offset + piece.length;
      }
    }
    close(this.original.length);
    return edits;
  }
}

function lengthOf(piece: Piece): number {
  return piece.kind === 'kept' ? piece.length : piece.text.length;
}

function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const found: Piece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const length = lengthOf(piece);
    const first = Math.max(from - start, 0);
    const last = Math.min(to - start, length);
    if (first < last) found.push(part(piece, first, last));
    start += length;
  }
  return found;
}

function part(piece: Piece, first: number, last: number): Piece {
  if (piece.kind === 'new') return { kind: 'new', text: piece.text.slice(first, last) };
  return { kind: 'kept', offset: piece.offset + first, length: last - first };
}

/** Leaves out what an edit takes away only to put it back. */
function trimmed(text: string, { offset, length, content }: Edit): Edit[] {
  const old = text.slice(offset, offset + length);
  const most = Math.min(old.length, content.length);
  let before = 0;
  while (before < most && old[before] === content[before]) before += 1;
  let after = 0;
  while (after < most - before && old[old.length - 1 - after] === content[content.length - 1 - after]) after += 1;
  const rest = { offset: offset + before, length: length - before - after, content: content.slice(before, content.length - after) };
  return rest.length === 0 && rest.content === '' ? [] : [rest];
}
