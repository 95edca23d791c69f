import type { Json } from '@millrace/component-sdk';
import { valueOf } from '../text.js';
import type { JsonNode } from '../text.js';
import { Editing } from './edits.js';
import { containerOf, insertEntry, textOfEntries } from './entries.js';
import type { NewEntry } from './entries.js';
import { rewriteReferences } from './references.js';
import { EditFault, flowDocument, soundDocument } from './result.js';
import { checkId, freeId, member, stepsOf } from './structure.js';
import { indentationAt } from './style.js';
import type { Style } from './style.js';

/** Steps outside of any file, with their comments. */
export interface Snippet {
  /** One per step, or one for all of them where they stand on lines of their own. */
  readonly entries: readonly NewEntry[];
  readonly count: number;
  /** Of the lines after the first. */
  readonly indentation: string;
}

/** A snippet as a flow of its own, so that everything that works on flows works on it. */
function scratchFlow({ body, trailing }: NewEntry): string {
  return `{"steps":[\n${body}${trailing}\n]}`;
}

function stepsOfScratch(text: string): JsonNode {
  return member(flowDocument(text).root, 'steps')!;
}

/** Reads what somebody copied: a step, a list of steps, or a whole flow, of which its steps are taken. Comments come along. */
export function readSnippet(text: string): Snippet {
  const { root } = soundDocument(text);
  const own = root.type === 'object' ? member(root, 'steps') : undefined;
  if (root.type === 'array') return snippetOf(text, root);
  if (own !== undefined && member(root, 'trigger') !== undefined) return snippetOf(text, own);
  if (root.type !== 'object') throw new EditFault('edit.bad-step', 'A step is an object, and this text is not one.');
  const scratch = scratchFlow({ body: text, trailing: '' });
  return snippetOf(scratch, stepsOfScratch(scratch));
}

function snippetOf(text: string, list: JsonNode): Snippet {
  const { entries } = containerOf(text, list);
  const first = entries[0];
  if (entries.some(({ node }) => node.type !== 'object') || first === undefined)
    throw new EditFault('edit.bad-step', 'There is no step in this text; a step is an object.');
  const apart = entries.slice(1).every(({ start }, index) => /[\r\n]/.test(text.slice(entries[index]!.end, start)));
  const parts = apart ? [textOfEntries(text, first, entries.at(-1)!)] : entries.map((entry) => textOfEntries(text, entry, entry));
  return { entries: parts, count: entries.length, indentation: indentationAt(text, first.start) };
}

/** A snippet of a value, before it is laid out for its place. */
export function checkStepValue(step: Json): { readonly [key: string]: Json } {
  if (typeof step === 'object' && step !== null && !Array.isArray(step)) return step;
  throw new EditFault('edit.bad-step', 'A step is an object, and this value is not.');
}

/**
 * Gives the steps of a piece of text ids that are free: missing ones are made up from what the step does, taken ones
 * are counted up, and what the steps read of each other follows. With `refuse`, a taken id is a fault instead.
 */
export function withFreeIds(entry: NewEntry, taken: Set<string>, style: Style, refuse = false): NewEntry {
  const named = nameNameless(Editing.of(scratchFlow(entry)), taken, style).text;
  const { root } = flowDocument(named);
  const names = new Map<string, string>();
  const edits = stepsOf(root).flatMap(({ node, id }) => {
    const value = member(node, 'id')!;
    checkId(id);
    const free = freeId(id, taken);
    if (refuse && free !== id) throw new EditFault('edit.id-taken', `There is a step \`${id}\` already; ids are unique in a file.`);
    taken.add(free);
    if (free === id) return [];
    if (!names.has(id)) names.set(id, free);
    return [{ offset: value.offset, length: value.length, content: JSON.stringify(free) }];
  });
  const references = rewriteReferences(named, root, names).edits;
  const { text } = Editing.of(named).apply([...edits, ...references].sort((a, b) => a.offset - b.offset));
  const { entries } = containerOf(text, stepsOfScratch(text));
  return textOfEntries(text, entries[0]!, entries.at(-1)!);
}

function nameNameless(editing: Editing, taken: ReadonlySet<string>, style: Style): Editing {
  const { root } = flowDocument(editing.text);
  const there = stepsOf(root);
  const step = there.find(({ node }) => node.type === 'object' && typeof member(node, 'id')?.value !== 'string');
  if (step === undefined) return editing;
  if (member(step.node, 'id') !== undefined) throw new EditFault('edit.bad-id', 'The id of a step is a string.');
  const id = freeId(wantedId(step.node), new Set([...taken, ...there.map((other) => other.id)]));
  const property = { body: `"id"${style.colon}${JSON.stringify(id)}`, trailing: '' };
  return nameNameless(editing.apply(insertEntry(editing.text, containerOf(editing.text, step.node), 0, property, style)), taken, style);
}

/** What a step without an id is called, by the key that says what it is. */
const idsByKind = {
  if: 'check',
  switch: 'pick',
  forEach: 'each',
  repeat: 'repeat',
  parallel: 'lanes',
  try: 'attempt',
  wait: 'pause',
  call: 'sub',
  respond: 'reply',
  set: 'values',
  stop: 'end',
};

function wantedId(node: JsonNode): string {
  const use = member(node, 'use');
  if (use?.type === 'string') return idOfComponent(String(valueOf(use)));
  return Object.entries(idsByKind).find(([key]) => member(node, key) !== undefined)?.[1] ?? 'step';
}

/** `hubspot.upsert-contact` is called `upsertContact`. */
function idOfComponent(name: string): string {
  const words = (name.split('.').at(-1) ?? '').split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word, index) => (index === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1))).join('');
  return /^[a-z]/.test(joined) ? joined : 'step';
}
