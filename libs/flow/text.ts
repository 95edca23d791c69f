import { createScanner, getNodeValue, parseTree, printParseErrorCode, SyntaxKind } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { Json } from '@millrace/component-sdk';

export type JsonNode = Node;

/** 1-based line and column, as editors and compilers print them. Columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A stretch of the text. Offsets and lengths count UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Something wrong with the text itself, before anyone asks what it means. */
export interface TextFault extends Span {
  readonly code: 'flow.syntax' | 'flow.too-deep' | 'flow.too-large' | 'flow.duplicate-key' | 'flow.forbidden-key';
  readonly message: string;
  readonly pointer: string;
}

export interface JsonDocument {
  readonly text: string;
  /** Absent when nothing at all could be read. Present, and as whole as possible, beside syntax faults. */
  readonly root: JsonNode | undefined;
  readonly faults: readonly TextFault[];
}

/** Bounds of one file: the parser recurses, so depth is counted before it starts. */
export const textLimits = { characters: 512 * 1024, depth: 100 } as const;

/** Returns a function from offset to line and column; building it is linear, each look-up logarithmic. */
export function positionsOf(text: string): (offset: number) => Position {
  const starts = lineStarts(text);
  return (offset) => {
    const line = lastAtMost(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Reads JSON with comments and trailing commas. Never throws and never recurses deeper than `textLimits.depth`:
 * what is wrong is in `faults`, all of it at once.
 */
export function readJsonc(source: string): JsonDocument {
  // A byte order mark becomes a space, so that offsets stay those of the file.
  const text = source.replace(/^\uFEFF/, ' ');
  const bound = sizeFault(text) ?? depthFault(text);
  if (bound !== undefined) return { text, root: undefined, faults: [bound] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: false });
  const faults = errors.map((error) => syntaxFault(error, text));
  if (root !== undefined) collectKeyFaults(root, '', faults);
  return { text, root, faults };
}

function sizeFault(text: string): TextFault | undefined {
  if (text.length <= textLimits.characters) return undefined;
  const message = `The file has ${text.length} characters, at most ${textLimits.characters} are read; move large data out of the flow.`;
  return { code: 'flow.too-large', message, pointer: '', offset: 0, length: 0 };
}

function depthFault(text: string): TextFault | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token = scanner.scan(); token !== SyntaxKind.EOF; token = scanner.scan()) {
    if (token === SyntaxKind.OpenBraceToken || token === SyntaxKind.OpenBracketToken) depth += 1;
    if (token === SyntaxKind.CloseBraceToken || token === SyntaxKind.CloseBracketToken) depth -= 1;
    if (depth > textLimits.depth) return tooDeep(scanner.getTokenOffset());
  }
  return undefined;
}

function tooDeep(offset: number): TextFault {
  const message = `Nested deeper than ${textLimits.depth} levels; flatten the flow.`;
  return { code: 'flow.too-deep', message, pointer: '', offset, length: 1 };
}

const syntaxMessages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'This is not JSON; write a string, number, object, list, true, false or null.',
  InvalidNumberFormat: 'This number is not written as JSON writes numbers.',
  PropertyNameExpected: 'A key in double quotes belongs here.',
  ValueExpected: 'A value belongs here.',
  ColonExpected: 'A colon belongs between a key and its value.',
  CommaExpected: 'A comma belongs between two entries.',
  CloseBraceExpected: 'An object is not closed; add `}`.',
  CloseBracketExpected: 'A list is not closed; add `]`.',
  EndOfFileExpected: 'The file goes on after its object ended; it is one object.',
  UnexpectedEndOfComment: 'A comment is not closed; add `*/`.',
  UnexpectedEndOfString: 'A string is not closed; add `"`.',
  UnexpectedEndOfNumber: 'A number ends too early.',
  InvalidUnicode: 'After `\\u` four hexadecimal digits are needed.',
  InvalidEscapeCharacter: 'This escape is unknown; write `\\\\` for a backslash.',
  InvalidCharacter: 'A control character must be escaped inside a string.',
};

function syntaxFault(error: ParseError, text: string): TextFault {
  const offset = Math.min(error.offset, text.length);
  const message = syntaxMessages[printParseErrorCode(error.error)] ?? 'This is not valid JSON.';
  return { code: 'flow.syntax', message, pointer: '', offset, length: error.length };
}

function collectKeyFaults(node: JsonNode, pointer: string, faults: TextFault[]): void {
  if (node.type === 'array') (node.children ?? []).forEach((item, index) => collectKeyFaults(item, `${pointer}/${index}`, faults));
  if (node.type !== 'object') return;
  const seen = new Set<string>();
  for (const { key, value } of propertiesOf(node)) {
    const name = String(key.value);
    const fault = keyFault(name, seen, key, joinPointer(pointer, name));
    if (fault !== undefined) faults.push(fault);
    seen.add(name);
    if (value !== undefined) collectKeyFaults(value, joinPointer(pointer, name), faults);
  }
}

function keyFault(name: string, seen: ReadonlySet<string>, key: JsonNode, pointer: string): TextFault | undefined {
  const span = { pointer, offset: key.offset, length: key.length };
  if (name === '__proto__') {
    return { code: 'flow.forbidden-key', message: 'The key `__proto__` is refused; choose another name.', ...span };
  }
  if (!seen.has(name)) return undefined;
  return { code: 'flow.duplicate-key', message: `The key \`${name}\` stands twice in this object; keep one.`, ...span };
}

/** Keys and values of an object node, in file order; a value may be missing in a broken file. */
export function propertiesOf(node: JsonNode): { key: JsonNode; value: JsonNode | undefined }[] {
  return (node.children ?? []).flatMap(({ children = [] }) => (children[0] ? [{ key: children[0], value: children[1] }] : []));
}

/** Appends one segment to a JSON pointer (RFC 6901). */
export function joinPointer(pointer: string, segment: string | number): string {
  return `${pointer}/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The segments of a JSON pointer (RFC 6901). */
export function splitPointer(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value node a JSON pointer names, if the document has it. */
export function nodeAt(root: JsonNode | undefined, pointer: string): JsonNode | undefined {
  return splitPointer(pointer).reduce<JsonNode | undefined>((node, segment) => childOf(node, segment), root);
}

/** The key node of the property a JSON pointer names, if it names a property. */
export function keyNodeAt(root: JsonNode | undefined, pointer: string): JsonNode | undefined {
  const parent = nodeAt(root, pointer)?.parent;
  return parent?.type === 'property' ? parent.children?.[0] : undefined;
}

function childOf(node: JsonNode | undefined, segment: string): JsonNode | undefined {
  if (node?.type === 'array') return /^\d+$/.test(segment) ? node.children?.[Number(segment)] : undefined;
  if (node?.type !== 'object') return undefined;
  return propertiesOf(node).find(({ key }) => key.value === segment)?.value;
}

/** The plain value of a node. `__proto__` keys, refused elsewhere, are left out. */
export function valueOf(node: JsonNode): Json {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return getNodeValue(node) as Json;
  const entries = propertiesOf(node).flatMap(({ key, value }) => (value ? [[String(key.value), valueOf(value)] as const] : []));
  return Object.fromEntries(entries.filter(([name]) => name !== '__proto__'));
}

/**
 * Where the character `index` of a decoded string stands in the file: a string's text in the file is longer
 * than its value wherever it holds escapes.
 */
export function offsetInString(text: string, node: JsonNode, index: number): number {
  const end = node.offset + node.length - 1;
  let offset = node.offset + 1;
  for (let decoded = 0; decoded < index && offset < end; decoded += 1) offset += escapeLength(text, offset);
  return Math.min(offset, end);
}

function escapeLength(text: string, offset: number): number {
  if (text[offset] !== '\\') return 1;
  return text[offset + 1] === 'u' ? 6 : 2;
}
