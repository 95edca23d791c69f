import type { Json } from '@millrace/component-sdk';
import type { Editing } from './edits.js';
import { containerOf, entryIndentation, insertEntry, removeEntry, textOfEntries } from './entries.js';
import type { Container, NewEntry } from './entries.js';
import { idsOf } from './ids.js';
import { settled } from './operations.js';
import { EditFault, editing, flowDocument } from './result.js';
import type { EditResult, Outcome } from './result.js';
import { checkId, findList, findStep, freeId, listsOfStep } from './structure.js';
import type { StepList, StepNode } from './structure.js';
import { formatValue, indentationAt, reindent, styleOf } from './style.js';
import type { Style } from './style.js';

/** What is put around steps. `id` is made up when it is missing. */
export type Wrapping =
  | { readonly kind: 'if'; readonly condition?: string | boolean; readonly id?: string }
  | { readonly kind: 'forEach'; readonly items: string; readonly as?: string; readonly id?: string }
  | { readonly kind: 'parallel'; readonly branch?: string; readonly id?: string }
  | { readonly kind: 'try'; readonly id?: string };

/** Steps in a row: the first, and how many. */
export interface Stretch {
  readonly list: string;
  readonly from: number;
  readonly count: number;
}

/** A new step with a gap where the wrapped steps go. */
interface Frame {
  readonly id: string;
  /** Properties before the list. */
  readonly head: readonly (readonly [string, Json])[];
  /** The key of the list; with `branch`, of the object that holds it. */
  readonly key: string;
  readonly branch?: string;
  /** Properties behind the list. */
  readonly tail: readonly (readonly [string, Json])[];
}

/** Puts a step around others in a row; these keep their text and their comments and are only indented. */
export function wrapSteps(text: string, { list, from, count, within }: Stretch & { readonly within: Wrapping }): EditResult {
  return editing(text, (start) => {
    const { root } = flowDocument(text);
    const { node } = findList(flowDocument(text), list);
    const container = containerOf(text, node);
    checkStretch({ list, from, count }, container.entries.length);
    const id = freeId(within.id ?? defaultIds[within.kind], idsOf(root));
    if (within.id !== undefined && id !== within.id)
      throw new EditFault('edit.id-taken', `There is a step \`${within.id}\` already; ids are unique in a file.`);
    checkId(id);
    return settled(root, wrapStretch(start, container, from, count, frameOf(within, id)), { touched: [`${list}/${from}`] });
  });
}

const defaultIds = { if: 'check', forEach: 'each', parallel: 'lanes', try: 'attempt' };

function checkStretch({ list, from, count }: Stretch, length: number): void {
  const isWhole = Number.isInteger(from) && Number.isInteger(count);
  if (isWhole && from >= 0 && count >= 1 && from + count <= length) return;
  throw new EditFault('edit.bad-position', `The list ${list} has ${length} steps; choose one or more of them in a row.`);
}

function frameOf(within: Wrapping, id: string): Frame {
  if (within.kind === 'if') return { id, head: [['if', within.condition ?? true]], key: 'then', tail: [] };
  if (within.kind === 'parallel') return { id, head: [], key: 'parallel', branch: within.branch ?? 'first', tail: [] };
  if (within.kind === 'try') return { id, head: [], key: 'try', tail: [['catch', []]] };
  const as = within.as === undefined ? [] : [['as', within.as] as const];
  return { id, head: [['forEach', within.items], ...as], key: 'steps', tail: [] };
}

function wrapStretch(start: Editing, container: Container, from: number, count: number, frame: Frame): Editing {
  const { text } = start;
  const first = container.entries[from]!;
  const last = container.entries[from + count - 1]!;
  const { body, trailing } = textOfEntries(text, first, last);
  const style = { ...styleOf(text) };
  const multiline = style.multiline || /[\r\n]/.test(body) || trailing !== '';
  const indentation = /[\r\n]/.test(text.slice(container.node.offset, first.start))
    ? indentationAt(text, first.start)
    : entryIndentation(text, container, style);
  const content = frameText(frame, { body, trailing }, { ...style, multiline }, indentation, indentationAt(text, first.start));
  const comma = last.comma !== undefined && last.comma < last.territoryEnd ? ',' : '';
  return start.apply([{ offset: first.start, length: last.territoryEnd - first.start, content: content + comma }]);
}

function frameText(frame: Frame, steps: NewEntry, style: Style, indentation: string, from: string): string {
  const inner = indentation + style.indent;
  const property = ([key, value]: readonly [string, Json]): string => JSON.stringify(key) + style.colon + formatValue(value, style, inner);
  const branch = frame.branch;
  const list = (depth: string): string => listText(steps, style, depth, from);
  const nested =
    branch === undefined ? list(inner) : objectText([JSON.stringify(branch) + style.colon + list(inner + style.indent)], style, inner);
  const properties = [
    property(['id', frame.id]),
    ...frame.head.map(property),
    JSON.stringify(frame.key) + style.colon + nested,
    ...frame.tail.map(property),
  ];
  return objectText(properties, style, indentation);
}

function objectText(properties: readonly string[], { multiline, newline, indent, comma, padding }: Style, indentation: string): string {
  if (!multiline) return `{${padding}${properties.join(comma)}${padding}}`;
  return `{${newline}${indentation}${indent}${properties.join(`,${newline}${indentation}${indent}`)}${newline}${indentation}}`;
}

function listText({ body, trailing }: NewEntry, { multiline, newline, indent }: Style, indentation: string, from: string): string {
  if (!multiline) return `[${body}]`;
  const to = indentation + indent;
  return `[${newline}${to}${reindent(body, from, to)}${reindent(trailing, from, to)}${newline}${indentation}]`;
}

/**
 * Takes a step away from around the steps of one of its lists, which take its place. Where several lists have steps,
 * `keep` names one of them (`then`, `cases/0/steps`, `parallel/crm`); the steps of the others go, and what read them
 * is reported.
 */
export function unwrapStep(text: string, { step, keep }: { readonly step: string; readonly keep?: string }): EditResult {
  return editing(text, (start): Outcome => {
    const document = flowDocument(text);
    const block = findStep(document, step);
    const kept = keptList(block, keep);
    const count = kept?.node.children?.length ?? 0;
    const done = kept === undefined || count === 0 ? removeBlock(start, block) : replaceBlock(start, block, kept);
    return settled(document.root, done, {
      touched: Array.from({ length: count }, (_, index) => `${block.list.pointer}/${block.index + index}`),
    });
  });
}

function keptList({ node, pointer, id }: StepNode, keep: string | undefined): StepList | undefined {
  const lists = listsOfStep(node, pointer);
  if (lists.length === 0) throw new EditFault('edit.not-a-block', `The step \`${id}\` has no steps inside.`);
  if (keep !== undefined) {
    const named = lists.find((list) => list.pointer === `${pointer}/${keep}`);
    if (named === undefined) throw new EditFault('edit.no-list', `The step \`${id}\` has no list \`${keep}\`.`);
    return named;
  }
  const filled = lists.filter((list) => (list.node.children ?? []).length > 0);
  if (filled.length <= 1) return filled[0];
  const names = filled.map((list) => `\`${list.pointer.slice(pointer.length + 1)}\``).join(', ');
  throw new EditFault('edit.several-lists', `The step \`${id}\` has steps in ${names}; say which of them to keep.`);
}

function removeBlock(start: Editing, { list, index }: StepNode): Editing {
  return start.apply(removeEntry(start.text, containerOf(start.text, list.node), index));
}

/** The comments above the block stay, now above the first step: nobody asked for them to go. */
function replaceBlock(start: Editing, { node, list, index }: StepNode, kept: StepList): Editing {
  const { text } = start;
  const inner = containerOf(text, kept.node);
  const { body, trailing } = textOfEntries(text, inner.entries[0]!, inner.entries.at(-1)!);
  const from = indentationAt(text, inner.entries[0]!.start);
  const to = indentationAt(text, node.offset);
  const entry = containerOf(text, list.node).entries[index]!;
  if (trailing === '') return start.apply([{ offset: node.offset, length: node.length, content: reindent(body, from, to) }]);
  return withTrailing(start, list, index, {
    body: text.slice(entry.start, node.offset) + reindent(body, from, to),
    trailing: reindent(trailing, from, to),
  });
}

/** A comment behind the last kept step goes behind the comma that follows the block. */
function withTrailing(start: Editing, list: StepList, index: number, entry: NewEntry): Editing {
  const container = containerOf(start.text, list.node);
  const style = styleOf(start.text);
  const inserted = start.apply(insertEntry(start.text, container, index, entry, style));
  const moved = findList(flowDocument(inserted.text), list.pointer);
  const block = containerOf(inserted.text, moved.node).entries.length - container.entries.length + index;
  return inserted.apply(removeEntry(inserted.text, containerOf(inserted.text, moved.node), block));
}
