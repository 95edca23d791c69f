import { ExpressionSyntaxError } from './faults.js';
import { lexemes } from './scan.js';

/** A piece of a string: literal text, or an expression and where it stands. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'expression';
      readonly source: string;
      /** Offset in the string of the source's first character. */ readonly offset: number;
    };

/**
 * Splits a string at its `{{ … }}`. `\{{` gives a literal `{{`. Braces, strings, comments and regular expressions inside
 * an expression do not end it. Throws an ExpressionSyntaxError for a `{{` without its `}}`.
 */
export function splitTemplate(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let literal = '';
  let position = 0;
  while (position < text.length) {
    const open = text.indexOf('{{', position);
    if (open < 0) break;
    if (text[open - 1] === '\\' && open > position) {
      literal += `${text.slice(position, open - 1)}{{`;
      position = open + 2;
      continue;
    }
    const close = endOfExpression(text, open);
    parts.push(...textPart(literal + text.slice(position, open)), expressionPart(text, open + 2, close));
    literal = '';
    position = close + 2;
  }
  return [...parts, ...textPart(literal + text.slice(position))];
}

function textPart(text: string): TextPart[] {
  return text === '' ? [] : [{ kind: 'text', text }];
}

function expressionPart(text: string, start: number, end: number): TextPart {
  const raw = text.slice(start, end);
  return { kind: 'expression', source: raw.trim(), offset: start + raw.length - raw.trimStart().length };
}

function endOfExpression(text: string, open: number): number {
  let level = 0;
  for (const lexeme of lexemes(text, open + 2)) {
    if (lexeme.kind !== 'operator') continue;
    if (lexeme.text === '{') level += 1;
    if (lexeme.text !== '}') continue;
    if (level === 0 && text[lexeme.end] === '}') return lexeme.start;
    level -= 1;
  }
  throw new ExpressionSyntaxError('This `{{` is not closed; add `}}`, or write `\\{{` for the two braces themselves.', open, 2);
}

/** The one expression a string consists of, blanks around it aside. */
export function wholeExpression(parts: readonly TextPart[]): (TextPart & { kind: 'expression' }) | undefined {
  const meant = parts.filter((part) => part.kind === 'expression' || part.text.trim() !== '');
  const [only] = meant;
  return meant.length === 1 && only?.kind === 'expression' ? only : undefined;
}
