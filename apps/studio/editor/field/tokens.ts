/** A piece of a field's text, in UTF-16 units of it. */
export interface Token {
  /** chip: a reference that is moved and deleted as one. */
  readonly kind: 'text' | 'chip';
  readonly start: number;
  readonly end: number;
  /** As it stands in the file. */
  readonly source: string;
  /** What a chip reads: `steps.contact.id`; the character that it stands for where that cannot be seen. */
  readonly path: string;
}

const SEGMENT = String.raw`(?:\.(?:[A-Za-z_]\w*|${'`'}[^${'`'}{}]+${'`'})|\[\d+\])`;
const REFERENCE = String.raw`(?<!\\)\{\{\s*([A-Za-z_]\w*${SEGMENT}*)\s*\}\}`;
/** The space that has no width: nobody can see it, and the box puts its own ones around chips. */
export const UNSEEN = '\u200b';
const WORDS = new Set(['true', 'false', 'null']);

/**
 * A text cut into words and references. A plain path in braces is a reference; every other expression stays text, for only
 * its author knows where it could be cut. `caret`: an expression around it stays text too, while it is typed in.
 */
export function tokensOf(text: string, caret = -1): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  const add = (kind: Token['kind'], start: number, end: number, path: string): void => {
    if (end > start) tokens.push({ kind, start, end, source: text.slice(start, end), path });
  };
  for (const match of text.matchAll(new RegExp(`${REFERENCE}|${UNSEEN}`, 'g'))) {
    const [start, end] = [match.index, match.index + match[0].length];
    const path = match[1] ?? 'U+200B';
    if (WORDS.has(path) || (start < caret && caret < end)) continue;
    add('text', from, start, '');
    add('chip', start, end, path);
    from = end;
  }
  add('text', from, text.length, '');
  return tokens;
}

const graphemes = new Intl.Segmenter();

/** Where the unit begins that ends at `at`: a chip, or what people take for one character. */
export function unitBefore(text: string, at: number, caret = -1): number {
  const token = tokensOf(text, caret).find(({ start, end }) => start < at && at <= end);
  if (token === undefined) return 0;
  if (token.kind === 'chip') return token.start;
  const before = [...graphemes.segment(text.slice(token.start, at))].at(-1);
  return token.start + (before?.index ?? 0);
}

/** Where the unit ends that begins at `at`. */
export function unitAfter(text: string, at: number, caret = -1): number {
  const token = tokensOf(text, caret).find(({ start, end }) => start <= at && at < end);
  if (token === undefined) return text.length;
  if (token.kind === 'chip') return token.end;
  const [first] = graphemes.segment(text.slice(at, token.end));
  return at + (first?.segment.length ?? 0);
}

/** What a chip says: the path without the roots that its icon stands for. */
export function chipWords(path: string): string {
  return path.replace(/^(?:steps|trigger)\.(?=.)/, '').replaceAll('`', '');
}

/** The step that a path reads; `trigger` for what came in; undefined for the items of loops and the like. */
export function sourceOf(path: string): string | undefined {
  if (/^trigger(?![A-Za-z0-9_])/.test(path)) return 'trigger';
  return /^(?:steps|resume)\.`?([A-Za-z_]\w*)/.exec(path)?.[1];
}
