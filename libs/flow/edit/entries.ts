import { createScanner, SyntaxKind } from 'jsonc-parser';
import type { JsonNode } from '../text.js';
import type { Edit } from './edits.js';
import { indentationAt, lineStart } from './style.js';
import type { Style } from './style.js';

/**
 * One entry of a list or object in the text, with the comments that are its own: those right above it, and those behind
 * it on its last line. A comment that a blank line keeps apart belongs to no entry.
 */
export interface Entry {
  readonly node: JsonNode;
  /** Where its own leading comments begin, or the entry itself. */
  readonly start: number;
  /** Where its value ends. */
  readonly end: number;
  /** Offset of the comma behind it. */
  readonly comma: number | undefined;
  /** Where its comma and its trailing comments end. */
  readonly territoryEnd: number;
}

/** A list or object, taken apart. */
export interface Container {
  readonly node: JsonNode;
  readonly entries: readonly Entry[];
  /** Behind the opening bracket and the comments on its line. */
  readonly openEnd: number;
  /** Offset of the closing bracket. */
  readonly close: number;
}

interface Token {
  readonly kind: 'comment' | 'newline' | 'comma';
  readonly start: number;
  readonly end: number;
}

/** Takes a list or object of a sound text apart. */
export function containerOf(text: string, node: JsonNode): Container {
  const children = node.children ?? [];
  const close = node.offset + node.length - 1;
  const gaps = [...children.map(({ offset }) => offset), close].map((end, index) => {
    const before = children[index - 1];
    return gapTokens(text, before === undefined ? node.offset + 1 : before.offset + before.length, end);
  });
  const openEnd = endOfTerritory(gaps[0] ?? [], node.offset + 1, children.length === 0);
  const ends = children.map((child, index) =>
    endOfTerritory(gaps[index + 1] ?? [], child.offset + child.length, index === children.length - 1),
  );
  const entries = children.map((child, index) => ({
    node: child,
    start: startOfLead(gaps[index] ?? [], ends[index - 1] ?? openEnd, child.offset, text),
    end: child.offset + child.length,
    comma: gaps[index + 1]?.find(({ kind }) => kind === 'comma')?.start,
    territoryEnd: ends[index] ?? close,
  }));
  return { node, entries, openEnd, close };
}

function gapTokens(text: string, from: number, to: number): Token[] {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  const tokens: Token[] = [];
  for (let token = scanner.scan(); scanner.getTokenOffset() < to && token !== SyntaxKind.EOF; token = scanner.scan()) {
    const kind = gapKinds[token];
    const start = scanner.getTokenOffset();
    if (kind !== undefined) tokens.push({ kind, start, end: start + scanner.getTokenLength() });
  }
  return tokens;
}

const gapKinds: { readonly [token: number]: Token['kind'] | undefined } = {
  [SyntaxKind.LineCommentTrivia]: 'comment',
  [SyntaxKind.BlockCommentTrivia]: 'comment',
  [SyntaxKind.LineBreakTrivia]: 'newline',
  [SyntaxKind.CommaToken]: 'comma',
};

/** A comment behind the comma belongs to what is before it only when its line ends there. */
function endOfTerritory(gap: readonly Token[], from: number, isLast: boolean): number {
  const comma = gap.findIndex(({ kind }) => kind === 'comma');
  const newline = gap.findIndex(({ kind }, index) => kind === 'newline' && index > comma);
  const fixed = comma < 0 ? from : (gap[comma]?.end ?? from);
  if (newline < 0 && !isLast) return comma < 0 ? from : fixed;
  const own = gap.slice(comma + 1, newline < 0 ? gap.length : newline);
  return own.at(-1)?.end ?? fixed;
}

/** Goes up from the entry through the comments above it, as far as no blank line stands between. */
function startOfLead(gap: readonly Token[], from: number, offset: number, text: string): number {
  const comments = gap.filter(({ kind, start }) => kind === 'comment' && start >= from);
  let start = offset;
  for (const comment of comments.reverse()) {
    const breaks = text.slice(comment.end, start).match(/\r\n|\r|\n/g) ?? [];
    if (breaks.length > 1) break;
    start = comment.start;
  }
  return start;
}

/** A piece of text to be put into a list or object. */
export interface NewEntry {
  /** Leading comments and the value or property, its first line without indentation. */
  readonly body: string;
  /** Comments that go behind it, with the blanks before them. */
  readonly trailing: string;
}

/** The text of an entry, or of several in a row, to be put elsewhere. */
export function textOfEntries(text: string, first: Entry, last: Entry): NewEntry {
  const between = last.comma !== undefined && last.comma < last.territoryEnd ? last.comma : undefined;
  const trailing =
    between === undefined
      ? text.slice(last.end, last.territoryEnd)
      : text.slice(last.end, between) + text.slice(between + 1, last.territoryEnd);
  return { body: text.slice(first.start, last.end), trailing: trailing.trimEnd() };
}

/** Whether text ends within a comment that only a line break ends. */
function endsInLineComment(text: string): boolean {
  const scanner = createScanner(text, false);
  let last = SyntaxKind.EOF as SyntaxKind;
  for (let token = scanner.scan(); token !== SyntaxKind.EOF; token = scanner.scan()) {
    if (token !== SyntaxKind.Trivia) last = token;
  }
  return last === SyntaxKind.LineCommentTrivia;
}

/** Whether only blanks stand between an offset and the beginning of its line. */
function beginsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** Whether only blanks stand between an offset and the end of its line. */
function endsLine(text: string, offset: number): boolean {
  return /^[ \t]*(?:\r|\n|$)/.test(text.slice(offset));
}

/** The indentation that entries of a container have, or would have. */
export function entryIndentation(text: string, { node, entries }: Container, style: Style): string {
  const own = entries.find(({ start }) => beginsLine(text, start));
  return own === undefined ? indentationAt(text, node.offset) + style.indent : indentationAt(text, own.start);
}

/** Whether the entries of a container stand on lines of their own; an empty one is taken to. */
export function isMultiline(text: string, { entries }: Container, style: Style): boolean {
  return entries.length === 0 ? style.multiline : entries.some(({ start }) => beginsLine(text, start));
}

/** Puts an entry before the one that is at `at` now; behind the last one when `at` is their number. */
export function insertEntry(text: string, container: Container, at: number, entry: NewEntry, style: Style): Edit[] {
  if (container.entries.length === 0) return [fillEmpty(text, container, entry, style)];
  const next = container.entries[at];
  return next === undefined ? appendEntry(text, container, entry, style) : [insertBefore(text, container, next, entry, style)];
}

function fillEmpty(text: string, container: Container, { body, trailing }: NewEntry, style: Style): Edit {
  const { node, close } = container;
  const inner = text.slice(node.offset + 1, close);
  const offset = node.offset + 1 + inner.trimEnd().length;
  const length = close - offset;
  const content = body + trailing;
  const inline = !style.multiline && !endsInLineComment(content) && inner.trim() === '';
  if (inline) return { offset, length, content: node.type === 'object' ? style.padding + content + style.padding : content };
  const outer = indentationAt(text, node.offset);
  return { offset, length, content: `${style.newline}${entryIndentation(text, container, style)}${content}${style.newline}${outer}` };
}

function insertBefore(text: string, container: Container, next: Entry, { body, trailing }: NewEntry, style: Style): Edit {
  const own = beginsLine(text, next.start) || endsInLineComment(trailing);
  const gap = own ? style.newline + indentationAt(text, next.start) : style.comma.slice(1);
  return { offset: next.start, length: 0, content: `${body},${trailing}${gap}` };
}

function appendEntry(text: string, container: Container, { body, trailing }: NewEntry, style: Style): Edit[] {
  const last = container.entries.at(-1)!;
  const own = isMultiline(text, container, style) || endsInLineComment(text.slice(last.end, last.territoryEnd));
  const gap = own ? style.newline + entryIndentation(text, container, style) : style.comma.slice(1);
  const closes = endsInLineComment(trailing) && !endsLine(text, last.territoryEnd);
  const tail = closes ? style.newline + indentationAt(text, container.node.offset) : '';
  const content = gap + body + (last.comma === undefined ? '' : ',') + trailing + tail;
  const comma = last.comma === undefined ? [{ offset: last.end, length: 0, content: ',' }] : [];
  return joined([...comma, { offset: last.territoryEnd, length: 0, content }]);
}

/** Takes an entry and its own comments out; a comma is left out or kept so that the rest stays a list. */
export function removeEntry(text: string, container: Container, index: number): Edit[] {
  const entry = container.entries[index]!;
  const previous = container.entries[index - 1];
  if (container.entries.length === 1) return [removeOnly(text, container, entry)];
  const isLast = index === container.entries.length - 1;
  const orphan = isLast && entry.comma === undefined ? previous?.comma : undefined;
  const comma = orphan === undefined ? [] : [{ offset: orphan, length: 1, content: '' }];
  return joined([...comma, removal(text, container, index)]);
}

/** The last entry of all takes the blanks with it, unless comments of the list itself stay. */
function removeOnly(text: string, container: Container, entry: Entry): Edit {
  const inner = container.node.offset + 1;
  const others = text.slice(inner, entry.start) + text.slice(entry.territoryEnd, container.close);
  if (others.trim() === '') return { offset: inner, length: container.close - inner, content: '' };
  return removal(text, container, 0);
}

function removal(text: string, container: Container, index: number): Edit {
  const entry = container.entries[index]!;
  const next = container.entries[index + 1];
  const before = container.entries[index - 1]?.territoryEnd ?? container.openEnd;
  if (next !== undefined && !/[\r\n]/.test(text.slice(entry.territoryEnd, next.start))) return span(entry.start, next.start);
  const from = beginsLine(text, entry.start) ? Math.max(before, previousLineEnd(text, entry.start)) : before;
  const closesLine = endsLine(text, entry.territoryEnd);
  if (!closesLine && endsInLineComment(text.slice(lineStart(text, from), from))) return span(entry.start, entry.territoryEnd);
  return span(from, entry.territoryEnd);
}

function span(start: number, end: number): Edit {
  return { offset: start, length: end - start, content: '' };
}

/** Before the line break that begins the line of an offset. */
function previousLineEnd(text: string, offset: number): number {
  const start = lineStart(text, offset);
  if (start === 0) return 0;
  return text.slice(start - 2, start) === '\r\n' ? start - 2 : start - 1;
}

/** Edits that touch as one. */
function joined(edits: readonly Edit[]): Edit[] {
  return edits.reduce<Edit[]>((list, edit) => {
    const last = list.at(-1);
    if (last === undefined || last.offset + last.length < edit.offset) return [...list, edit];
    return [
      ...list.slice(0, -1),
      { offset: last.offset, length: edit.offset + edit.length - last.offset, content: last.content + edit.content },
    ];
  }, []);
}
