import type { Json } from '@millrace/component-sdk';
import { joinPointer, nodeAt, splitPointer, valueOf } from '../text.js';
import type { JsonNode } from '../text.js';
import type { Editing } from './edits.js';
import { containerOf, entryIndentation, insertEntry, isMultiline, removeEntry } from './entries.js';
import type { Container } from './entries.js';
import { EditFault, flowDocument } from './result.js';
import { pointerOf, stepsOf } from './structure.js';
import { formatValue, indentationAt, lineStart, styleOf } from './style.js';
import type { Style } from './style.js';

/** The order in which keys are usually written; a new key goes behind the last one that comes before it here. */
const orders = {
  flow: ['$schema', 'format', 'id', 'name', 'note', 'enabled', 'trigger', 'defaults', 'concurrency', 'steps', 'onError'],
  trigger: ['type', 'endpoint', 'cron', 'every', 'event', 'timezone', 'credential', 'methods', 'accept', 'when', 'schema', 'dedupe'],
  step: [
    ...[
      'id',
      'name',
      'note',
      'when',
      'use',
      'if',
      'switch',
      'forEach',
      'repeat',
      'parallel',
      'try',
      'wait',
      'call',
      'respond',
      'set',
      'stop',
    ],
    ...['as', 'concurrency', 'credential', 'retry', 'timeout', 'onError', 'onCrash', 'with', 'input'],
    ...['then', 'else', 'cases', 'default', 'steps', 'catch', 'on', 'finally', 'while', 'limit'],
  ],
};

/** Objects and lists with more members than this are replaced as a whole when they change in many places. */
const mostMerged = 100;

/** Sets the value at a pointer, making the objects above it that are missing. What is equal already stays as it is written. */
export function setValue(editing: Editing, pointer: string, value: Json): Editing {
  const { root } = flowDocument(editing.text);
  const segments = splitPointer(pointer);
  if (nodeAt(root, pointer) !== undefined) return mergeValue(editing, pointer, value);
  const depth = segments.findIndex((_, index) => nodeAt(root, pointerOf(segments.slice(0, index + 1))) === undefined);
  const parent = pointerOf(segments.slice(0, depth));
  const [key = '', ...below] = segments.slice(depth);
  const made = below.reduceRight<Json>((inner, segment) => ({ [segment]: inner }), value);
  return addMember(editing, parent, key, made);
}

/** Takes a property or list item out, with its own comments. */
export function removeValue(editing: Editing, pointer: string): Editing {
  const { root } = flowDocument(editing.text);
  const node = nodeAt(root, pointer);
  const entry = node?.parent?.type === 'property' ? node.parent : node;
  const container = entry?.parent;
  if (entry === undefined || container === undefined)
    throw new EditFault('edit.no-property', `There is nothing at ${pointer || 'the top'} to remove.`);
  const index = (container.children ?? []).indexOf(entry);
  return editing.apply(removeEntry(editing.text, containerOf(editing.text, container), index));
}

/** Writes another name over that of a property; a name that stands beside it is refused. */
export function renameMember(editing: Editing, pointer: string, name: string): Editing {
  const node = nodeAt(flowDocument(editing.text).root, pointer);
  const [key] = node?.parent?.type === 'property' ? (node.parent.children ?? []) : [];
  if (key === undefined) throw new EditFault('edit.no-property', `There is no property at ${pointer || 'the top'} to rename.`);
  if (key.value === name) return editing;
  const beside = node!.parent!.parent?.children ?? [];
  if (beside.some(({ children }) => children?.[0]?.value === name))
    throw new EditFault('edit.name-taken', `There is a \`${name}\` already; names are unique in an object.`);
  return editing.apply([{ offset: key.offset, length: key.length, content: JSON.stringify(name) }]);
}

function mergeValue(editing: Editing, pointer: string, value: Json): Editing {
  const node = nodeAt(flowDocument(editing.text).root, pointer)!;
  const old = valueOf(node);
  if (isEqual(old, value)) return editing;
  if (isObject(old) && isObject(value) && isSmall(old, value)) return mergeObject(editing, pointer, old, value);
  if (Array.isArray(old) && Array.isArray(value) && isSmall(old, value)) return mergeList(editing, pointer, old, value);
  return replaceNode(editing, node, value);
}

function isSmall(...values: object[]): boolean {
  return values.every((value) => Object.keys(value).length <= mostMerged);
}

function mergeObject(editing: Editing, pointer: string, old: JsonObject, value: JsonObject): Editing {
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(value, key));
  const rest = gone.reduce((current, key) => removeValue(current, joinPointer(pointer, key)), editing);
  return Object.entries(value).reduce((current, [key, item]) => setValue(current, joinPointer(pointer, key), item), rest);
}

function mergeList(editing: Editing, pointer: string, old: readonly Json[], value: readonly Json[]): Editing {
  let current = editing;
  for (let index = old.length - 1; index >= value.length; index -= 1) current = removeValue(current, `${pointer}/${index}`);
  return value.reduce<Editing>((before, item, index) => setValue(before, `${pointer}/${index}`, item), current);
}

function replaceNode(editing: Editing, node: JsonNode, value: Json): Editing {
  const { text } = editing;
  const wasExpanded =
    (node.type === 'object' || node.type === 'array') && /[\r\n]/.test(text.slice(node.offset, node.offset + node.length));
  const column = node.offset - lineStart(text, node.offset);
  const content = formatValue(value, styleOf(text), indentationAt(text, node.offset), wasExpanded, column);
  return editing.apply([{ offset: node.offset, length: node.length, content }]);
}

function addMember(editing: Editing, parent: string, key: string, value: Json): Editing {
  const { root } = flowDocument(editing.text);
  const node = nodeAt(root, parent)!;
  if (node.type === 'array') return addItem(editing, node, key, value);
  if (node.type !== 'object') throw new EditFault('edit.bad-pointer', `At ${parent} stands a plain value; it cannot have a \`${key}\`.`);
  const container = containerOf(editing.text, node);
  const style = styleOf(editing.text);
  const body = memberText(editing.text, container, key, value, style);
  if (isTooWide(editing.text, container, body, style)) return addExpanded(editing, container, key, value, style);
  return editing.apply(insertEntry(editing.text, container, placeOf(root, parent, container, key), { body, trailing: '' }, style));
}

function memberText(text: string, container: Container, key: string, value: Json, style: Style): string {
  const name = JSON.stringify(key) + style.colon;
  const local = isMultiline(text, container, style) ? style : { ...style, multiline: false };
  return (
    name +
    formatValue(
      value,
      local,
      entryIndentation(text, container, style),
      false,
      entryIndentation(text, container, style).length + name.length,
    )
  );
}

function addItem(editing: Editing, node: JsonNode, key: string, value: Json): Editing {
  const container = containerOf(editing.text, node);
  const end = container.entries.length;
  if (key !== '-' && key !== String(end))
    throw new EditFault('edit.bad-pointer', `The list has ${end} items; the next one is at ${end}, not at ${key}.`);
  const style = styleOf(editing.text);
  const onLines = isMultiline(editing.text, container, style) && (end > 0 || typeof value === 'object');
  const local = onLines ? style : { ...style, multiline: false };
  const body = formatValue(value, local, entryIndentation(editing.text, container, style));
  return editing.apply(insertEntry(editing.text, container, end, { body, trailing: '' }, local));
}

const widest = 140;

/** An object on one line that would run over the edge, and that has no comments to lose. */
function isTooWide(text: string, container: Container, body: string, style: Style): boolean {
  const { node, entries } = container;
  const own = text.slice(node.offset, node.offset + node.length);
  if (!style.multiline || entries.length === 0 || /[\r\n]/.test(own) || hasComments(container)) return false;
  const line = /[^\r\n]*/.exec(text.slice(lineStart(text, node.offset)))?.[0].length ?? 0;
  return line + body.length + style.comma.length > widest;
}

function hasComments({ entries }: Container): boolean {
  return entries.some(({ start, node, end, comma, territoryEnd }) => start !== node.offset || territoryEnd > (comma ?? end) + 1);
}

/** The members of a one-line object on lines of their own, as they are written, and the new one behind them. */
function addExpanded(editing: Editing, { node, entries }: Container, key: string, value: Json, style: Style): Editing {
  const { text } = editing;
  const outer = indentationAt(text, node.offset);
  const inner = outer + style.indent;
  const name = JSON.stringify(key) + style.colon;
  const members = entries.map((entry) => text.slice(entry.start, entry.end));
  const all = [...members, name + formatValue(value, style, inner, false, inner.length + name.length)];
  const content = `{${style.newline}${inner}${all.join(`,${style.newline}${inner}`)}${style.newline}${outer}}`;
  return editing.apply([{ offset: node.offset, length: node.length, content }]);
}

function placeOf(root: JsonNode, parent: string, { entries }: Container, key: string): number {
  const order = orderAt(root, parent);
  const rank = order.indexOf(key);
  if (rank < 0) return entries.length;
  const ranks = entries.map(({ node }) => order.indexOf(String(node.children?.[0]?.value)));
  return ranks.findLastIndex((other) => other >= 0 && other < rank) + 1;
}

function orderAt(root: JsonNode, pointer: string): readonly string[] {
  if (pointer === '') return orders.flow;
  if (pointer === '/trigger') return orders.trigger;
  return stepsOf(root).some((step) => step.pointer === pointer) ? orders.step : [];
}

type JsonObject = { readonly [key: string]: Json };

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deep equality of JSON; the order of keys does not count. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isEqual(item, (b as Json[])[index]));
  if (a === undefined || b === undefined || !isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}
