const whitespace = ' \t\n\r\v';
const operators = '.[]{}(),@#;:?+-*/%|=<>^&!~';
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?/y;
const infixWords = new Set(['and', 'or', 'in']);

export type LexemeKind = 'operator' | 'operand' | 'word';

export interface Lexeme {
  readonly kind: LexemeKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits JSONata source as its own lexer does (jsonata 2.2, `tokenizer`), as far as needed to know which brackets
 * and braces are code: strings, quoted names, comments and regular expressions are single lexemes.
 * Unclosed ones end with the text.
 */
export function* lexemes(source: string, from = 0): Generator<Lexeme> {
  let afterOperand = false;
  let position = skipBlank(source, from);
  while (position < source.length) {
    const lexeme = lexemeAt(source, position, afterOperand);
    yield lexeme;
    afterOperand = isOperand(lexeme, afterOperand);
    position = skipBlank(source, lexeme.end);
  }
}

function lexemeAt(source: string, start: number, afterOperand: boolean): Lexeme {
  const first = source[start] ?? '';
  const take = (kind: LexemeKind, end: number): Lexeme => ({ kind, start, end, text: source.slice(start, end) });
  if (first === '/' && !afterOperand) return take('operand', endOfRegex(source, start + 1));
  if (source.startsWith('??', start) || source.startsWith('?:', start)) return take('operator', start + 2);
  if (operators.includes(first)) return take('operator', start + 1);
  if (first === '"' || first === "'") return take('operand', endOfQuoted(source, start + 1, first));
  if (first === '`') return take('operand', after(source.indexOf('`', start + 1), source));
  return numberAt(source, start, take) ?? take('word', endOfWord(source, start));
}

function numberAt(source: string, start: number, take: (kind: LexemeKind, end: number) => Lexeme): Lexeme | undefined {
  number.lastIndex = start;
  const match = number.exec(source);
  return match === null ? undefined : take('operand', start + match[0].length);
}

/** Whether a value has just ended, so that a slash divides; otherwise it opens a regular expression. */
function isOperand({ kind, text }: Lexeme, afterOperand: boolean): boolean {
  if (kind === 'operator') return text === ')' || text === ']' || text === '}';
  return kind === 'operand' || !(afterOperand && infixWords.has(text));
}

function skipBlank(source: string, from: number): number {
  let position = from;
  for (;;) {
    while (position < source.length && whitespace.includes(source[position] ?? '')) position += 1;
    if (!source.startsWith('/*', position)) return position;
    position = after(source.indexOf('*/', position + 2), source, 2);
  }
}

function after(index: number, source: string, length = 1): number {
  return index < 0 ? source.length : index + length;
}

function endOfQuoted(source: string, from: number, quote: string): number {
  let position = from;
  while (position < source.length && source[position] !== quote) position += source[position] === '\\' ? 2 : 1;
  return Math.min(position + 1, source.length);
}

function endOfWord(source: string, from: number): number {
  let position = from + 1;
  while (position < source.length && !whitespace.includes(source[position] ?? '') && !operators.includes(source[position] ?? ''))
    position += 1;
  return position;
}

/** As JSONata's `scanRegex`: the first slash outside brackets that no backslash escapes; a bracket behind a backslash does not count. */
function endOfRegex(source: string, from: number): number {
  let depth = 0;
  for (let position = from; position < source.length; position += 1) {
    const char = source[position] ?? '';
    if (char === '/' && depth === 0 && !isEscaped(source, position)) return position + 1;
    if (source[position - 1] === '\\') continue;
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
  }
  return source.length;
}

function isEscaped(source: string, position: number): boolean {
  let backslashes = 0;
  while (source[position - backslashes - 1] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
