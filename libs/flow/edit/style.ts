import { createScanner, SyntaxKind } from 'jsonc-parser';
import type { Json } from '@millrace/component-sdk';
import { kindKeys } from './structure.js';

/** How a file is written, as far as new text must match it. */
export interface Style {
  readonly newline: string;
  /** One level. */
  readonly indent: string;
  /** The file breaks its objects over lines at all. */
  readonly multiline: boolean;
  /** `: ` or `:`. */
  readonly colon: string;
  /** `, ` or `,`, between two values on one line. */
  readonly comma: string;
  /** Inside the braces of an object on one line. */
  readonly padding: string;
}

/** New lines are kept to this width where they can be, as the formatter of the example flows does. */
const lineWidth = 140;

/** Finds out how a text is written; what it does not show is as in the example flows. */
export function styleOf(text: string): Style {
  const first = /^[^\S\r\n]*\{[^\S\r\n]*(?:\r\n|\r|\n)([ \t]+)"/m.exec(text);
  const after = spacing(text);
  return {
    newline: /\r\n|\r|\n/.exec(text)?.[0] ?? '\n',
    indent: first?.[1] ?? '  ',
    multiline: /[\r\n]/.test(text.trim()),
    colon: after(SyntaxKind.ColonToken) ? ': ' : ':',
    comma: after(SyntaxKind.CommaToken) ? ', ' : ',',
    padding: after(SyntaxKind.OpenBraceToken) ? ' ' : '',
  };
}

const asked = [SyntaxKind.ColonToken, SyntaxKind.CommaToken, SyntaxKind.OpenBraceToken];

/** Whether a blank follows the first token of a kind that does not end its line; where there is none, it does. */
function spacing(text: string): (token: SyntaxKind) => boolean {
  const found = new Map<SyntaxKind, boolean>();
  const scanner = createScanner(text, false);
  let last = SyntaxKind.Unknown;
  const isKnown = (): boolean => asked.every((token) => found.has(token));
  for (let token = scanner.scan(); token !== SyntaxKind.EOF && !isKnown(); token = scanner.scan()) {
    const ends = token === SyntaxKind.LineBreakTrivia || token === SyntaxKind.CloseBraceToken;
    if (!ends && !found.has(last)) found.set(last, token === SyntaxKind.Trivia);
    last = token;
  }
  return (token) => found.get(token) ?? true;
}

/**
 * A value as text, its lines after the first indented below `indentation`. Objects and lists that fit stand on one line,
 * unless `expanded` asks for one line per key of the value itself.
 */
export function formatValue(value: Json, style: Style, indentation: string, expanded = false, column = indentation.length): string {
  const line = onOneLine(value, style);
  if (!style.multiline || typeof value !== 'object' || value === null) return line;
  if (!expanded && column + line.length < lineWidth && !holdsSteps(value)) return line;
  const entries = entriesOf(value, style, indentation + style.indent);
  if (entries.length === 0) return line;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const separator = style.newline + indentation + style.indent;
  return `${open}${separator}${entries.join(`,${separator}`)}${style.newline}${indentation}${close}`;
}

function entriesOf(value: object, style: Style, indentation: string): string[] {
  if (Array.isArray(value)) return (value as Json[]).map((item) => formatValue(item, style, indentation, isStep(item)));
  return Object.entries(value as Record<string, Json>).map(([key, item]) => {
    const name = JSON.stringify(key) + style.colon;
    return name + formatValue(item, style, indentation, false, indentation.length + name.length);
  });
}

function onOneLine(value: Json, style: Style): string {
  if (Array.isArray(value)) return `[${value.map((item) => onOneLine(item, style)).join(style.comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => JSON.stringify(key) + style.colon + onOneLine(item, style));
  return entries.length === 0 ? '{}' : `{${style.padding}${entries.join(style.comma)}${style.padding}}`;
}

/** Steps stand on lines of their own, however short they are. */
function holdsSteps(value: Json): boolean {
  if (Array.isArray(value)) return value.some((item) => isStep(item) || holdsSteps(item));
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSteps);
}

function isStep(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.hasOwn(value, 'id') && kindKeys.some((key) => Object.hasOwn(value, key));
}

/** Moves the lines after the first from one indentation to another. Strings have no line breaks, so that only blanks change. */
export function reindent(text: string, from: string, to: string): string {
  if (from === to) return text;
  return text.replace(/(\r\n|\r|\n)([ \t]*)(?=\S)/g, (line, newline: string, blanks: string) =>
    blanks.startsWith(from) ? newline + to + blanks.slice(from.length) : line,
  );
}

/** The blanks at the beginning of the line that an offset is in. */
export function indentationAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}
