import { tokensOf } from './tokens.js';

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Not `isWordLike`: Safari takes a word that ends with a digit, such as `order42`, for none. */
const WORD = /[\p{L}\p{N}]/u;

/** Where what a deletion of a word takes begins: a word, a chip or signs, with the space behind it; a line break comes by itself. */
export function wordBefore(text: string, at: number, caret = -1): number {
  const token = tokensOf(text, caret).find(({ start, end }) => start < at && at <= end);
  if (token === undefined) return 0;
  if (token.kind === 'chip') return token.start;
  if (text[at - 1] === '\n') return at - 1;
  const stretch = text.slice(token.start, at).replace(/[^\S\n]+$/, '');
  if (stretch === '') return wordBefore(text, token.start, caret);
  return token.start + (stretch.endsWith('\n') ? stretch.length : stretch.length - (runs(stretch).at(-1)?.length ?? 0));
}

/** As `wordBefore`, onwards: a word with the space before it. */
export function wordAfter(text: string, at: number, caret = -1): number {
  const token = tokensOf(text, caret).find(({ start, end }) => start <= at && at < end);
  if (token === undefined) return text.length;
  if (token.kind === 'chip') return token.end;
  if (text[at] === '\n') return at + 1;
  const stretch = text.slice(at, token.end).replace(/^[^\S\n]+/, '');
  if (stretch === '') return wordAfter(text, token.end, caret);
  return token.end - (stretch.startsWith('\n') ? stretch.length : stretch.length - (runs(stretch)[0]?.length ?? 0));
}

/** The words of a text, and what stands between two of them: signs as one, space as one. */
function runs(text: string): string[] {
  const found: { run: string; kind: string }[] = [];
  for (const { segment } of words.segment(text)) {
    const kind = WORD.test(segment) ? 'word' : segment.trim() === '' ? 'space' : 'signs';
    const last = found.at(-1);
    if (last?.kind === kind && kind !== 'word') last.run += segment;
    else found.push({ run: segment, kind });
  }
  return found.map(({ run }) => run);
}
