import type { Json } from '@millrace/component-sdk';
import { joinPointer, splitPointer } from '../text.js';
import type { JsonNode } from '../text.js';
import type { Editing } from './edits.js';
import { containerOf, entryIndentation, insertEntry, isMultiline, removeEntry, textOfEntries } from './entries.js';
import type { NewEntry } from './entries.js';
import { checkUnique, idsOf } from './ids.js';
import { removeValue, renameMember, setValue } from './property.js';
import { referencesTo, rewriteReferences } from './references.js';
import { EditFault, editing, flowDocument } from './result.js';
import type { EditResult, Outcome } from './result.js';
import { checkStepValue, readSnippet, withFreeIds } from './snippet.js';
import type { Snippet } from './snippet.js';
import { checkId, findList, findStep, freeId, knownList, mayHoldList, member, pointerOf, stepsInside, stepsOf } from './structure.js';
import type { StepNode } from './structure.js';
import { formatValue, indentationAt, reindent, styleOf } from './style.js';
import type { Style } from './style.js';

/** Where steps go: before the step that is at `at` in the list now, behind the last one when `at` is their number. */
export interface Place {
  /** JSON pointer of a list of steps, such as `/steps`, `/steps/2/then`, `/steps/0/cases/1/steps`, `/onError`. It is made if it may be there. */
  readonly list: string;
  readonly at: number;
}

/**
 * Inserts a step, given as a value or as its text. A value is laid out like the rest of the file; a text keeps its
 * comments and is only indented. A step without an id gets one; an id that is taken is refused.
 */
export function insertStep(text: string, { list, at, step }: Place & { readonly step: Json }): EditResult {
  return editing(text, (start) => {
    const taken = idsOf(flowDocument(text).root);
    if (typeof step === 'string') return put(start, { list, at }, renamed(readSnippet(step), taken, styleOf(text), true));
    checkStepValue(step);
    const { current, indentation, expanded } = layoutAt(start, list);
    const body = formatValue(step, styleOf(text), indentation, expanded);
    const entry = withFreeIds({ body, trailing: '' }, taken, styleOf(text), true);
    return put(current, { list, at }, { entries: [entry], count: 1, indentation });
  });
}

/** How a list lays its steps out; a list that is missing is made. */
function layoutAt(start: Editing, pointer: string): { current: Editing; indentation: string; expanded: boolean } {
  const current = withList(start, pointer);
  const { node } = findList(flowDocument(current.text), pointer);
  const container = containerOf(current.text, node);
  const style = styleOf(current.text);
  const own = container.entries.map((entry) => current.text.slice(entry.node.offset, entry.end));
  const expanded = own.length === 0 || own.some((one) => /[\r\n]/.test(one)) || !isMultiline(current.text, container, style);
  return { current, indentation: entryIndentation(current.text, container, style), expanded };
}

function withList(start: Editing, pointer: string): Editing {
  const { root } = flowDocument(start.text);
  if (knownList(root, pointer) !== undefined) return start;
  if (!mayHoldList(root, pointer))
    throw new EditFault('edit.no-list', `There is no list of steps at ${pointer || 'the top'}, and none can be there.`);
  return setValue(start, pointer, []);
}

/** The steps of a snippet under ids that are free. */
export function renamed(snippet: Snippet, taken: Set<string>, style: Style, refuse = false): Snippet {
  return { ...snippet, entries: snippet.entries.map((entry) => withFreeIds(entry, taken, style, refuse)) };
}

/** Puts steps that are ready into a list. */
export function put(start: Editing, { list, at }: Place, { entries, count, indentation }: Snippet): Outcome {
  const made = withList(start, list);
  const there = findList(flowDocument(made.text), list).node.children?.length ?? 0;
  if (!Number.isInteger(at) || at < 0 || at > there)
    throw new EditFault('edit.bad-position', `The list ${list} has ${there} steps; a position is a number from 0 to ${there}.`);
  const done = entries.reduceRight((current, entry) => putEntry(current, list, at, entry, indentation), made);
  return { editing: done, touched: Array.from({ length: count }, (_, index) => `${list}/${at + index}`) };
}

function putEntry(current: Editing, list: string, at: number, { body, trailing }: NewEntry, from: string): Editing {
  const { node } = findList(flowDocument(current.text), list);
  const container = containerOf(current.text, node);
  const style = styleOf(current.text);
  const to = entryIndentation(current.text, container, style);
  return current.apply(
    insertEntry(current.text, container, at, { body: reindent(body, from, to), trailing: reindent(trailing, from, to) }, style),
  );
}

/**
 * Deletes steps with everything inside them and with their own comments. Whatever read them stays as it is written and
 * is reported.
 */
export function deleteSteps(text: string, { steps }: { readonly steps: readonly string[] }): EditResult {
  return editing(text, (start) => {
    const document = flowDocument(text);
    const chosen = outermost(steps.map((step) => findStep(document, step)));
    const done = chosen.reduceRight((current, { pointer }) => takeOut(current, pointer), start);
    return settled(document.root, done);
  });
}

/** In file order, without those that are inside others. */
export function outermost(steps: readonly StepNode[]): StepNode[] {
  const inside = new Set(steps.flatMap((step) => stepsInside(step).map(({ pointer }) => pointer)));
  const unique = new Map(steps.filter(({ pointer }) => !inside.has(pointer)).map((step) => [step.pointer, step]));
  return [...unique.values()].sort((a, b) => a.node.offset - b.node.offset);
}

function takeOut(current: Editing, pointer: string): Editing {
  const { list, index } = findStep(flowDocument(current.text), pointer);
  return current.apply(removeEntry(current.text, containerOf(current.text, list.node), index));
}

/** Reports the references whose step is gone since `before`, and refuses ids that stand twice since. */
export function settled(before: JsonNode, done: Editing, rest: Omit<Outcome, 'editing'> = {}): Outcome {
  const { root } = flowDocument(done.text);
  checkUnique(before, root);
  const there = idsOf(root);
  const gone = new Set([...idsOf(before)].filter((id) => !there.has(id)));
  return { editing: done, dangling: gone.size === 0 ? [] : referencesTo(root, gone), ...rest };
}

/** Moves a step with its comments, also to another list. `at` counts the steps as they are before the move. */
export function moveStep(text: string, { step, to }: { readonly step: string; readonly to: Place }): EditResult {
  return editing(text, (start) => {
    const document = flowDocument(text);
    const moved = findStep(document, step);
    if (to.list === moved.list.pointer && (to.at === moved.index || to.at === moved.index + 1))
      return { editing: start, touched: [moved.pointer] };
    if (to.list.startsWith(`${moved.pointer}/`)) throw new EditFault('edit.into-itself', 'A step cannot be moved into itself.');
    const made = withList(start, to.list);
    const { node, list, index } = findStep(flowDocument(made.text), moved.pointer);
    const container = containerOf(made.text, list.node);
    const entry = container.entries[index]!;
    const snippet = { entries: [textOfEntries(made.text, entry, entry)], count: 1, indentation: indentationAt(made.text, node.offset) };
    return put(takeOut(made, moved.pointer), placeAfterRemoval(to, moved), snippet);
  });
}

function placeAfterRemoval({ list, at }: Place, { list: from, index }: StepNode): Place {
  if (list === from.pointer) return { list, at: at > index ? at - 1 : at };
  if (!list.startsWith(`${from.pointer}/`)) return { list, at };
  const segments = splitPointer(list);
  const depth = splitPointer(from.pointer).length;
  const own = Number(segments[depth]);
  return { list: pointerOf(segments.with(depth, String(own > index ? own - 1 : own))), at };
}

/** Puts a copy of a step behind it. All steps of the copy get new ids, and what they read of each other follows. */
export function duplicateStep(text: string, { step }: { readonly step: string }): EditResult {
  return editing(text, (start) => {
    const document = flowDocument(text);
    const { node, list, index } = findStep(document, step);
    const entry = containerOf(text, list.node).entries[index]!;
    const copy = withFreeIds(textOfEntries(text, entry, entry), idsOf(document.root), styleOf(text));
    return put(start, { list: list.pointer, at: index + 1 }, { entries: [copy], count: 1, indentation: indentationAt(text, node.offset) });
  });
}

/** Gives a step another id and rewrites every reference to it; a reference that cannot be followed is in `unsure`. */
export function renameStep(text: string, { step, id }: { readonly step: string; readonly id: string }): EditResult {
  return editing(text, (start) => {
    const { root, ...document } = flowDocument(text);
    const { node, id: old, pointer } = findStep({ ...document, root }, step);
    if (old === id) return { editing: start, touched: [pointer] };
    checkId(id);
    if (freeId(id, idsOf(root)) !== id)
      throw new EditFault('edit.id-taken', `There is a step \`${id}\` already; ids are unique in a file.`);
    const value = member(node, 'id');
    if (value === undefined) return { editing: setValue(start, `${pointer}/id`, id), touched: [pointer] };
    const { edits, unsure } = rewriteReferences(text, root, new Map(isNamedOnce(root, old) ? [[old, id]] : []));
    const own = { offset: value.offset, length: value.length, content: JSON.stringify(id) };
    return { editing: start.apply([own, ...edits].sort((a, b) => a.offset - b.offset)), unsure, touched: [pointer] };
  });
}

/** With two steps of one id nobody knows which of them is read: references then stay. */
function isNamedOnce(root: JsonNode, id: string): boolean {
  return id !== '' && stepsOf(root).filter((step) => step.id === id).length === 1;
}

/** Which property is meant: a JSON pointer below the file, or below a step. */
export interface PropertyPlace {
  readonly pointer: string;
  readonly step?: string;
}

/**
 * Sets the value at a JSON pointer; objects above it that are missing are made. Inside an object or list only what
 * differs is written, so that comments stay. The id of a step is changed with `renameStep`.
 */
export function setProperty(text: string, { value, ...place }: PropertyPlace & { readonly value: Json }): EditResult {
  return editing(text, (start) => {
    const { root } = flowDocument(text);
    const { pointer, step } = wholePointer(text, place);
    refuseForbidden(pointer, value);
    return settled(root, setValue(start, pointer, value), { touched: step === undefined ? [] : [step] });
  });
}

/** Gives the property at a JSON pointer another name. It keeps its place, its value and its comments. */
export function renameProperty(text: string, { name, ...place }: PropertyPlace & { readonly name: string }): EditResult {
  return editing(text, (start) => {
    const { root } = flowDocument(text);
    const { pointer, step } = wholePointer(text, place);
    refuseForbidden(joinPointer('', name), null);
    return settled(root, renameMember(start, pointer, name), { touched: step === undefined ? [] : [step] });
  });
}

/** Removes the property or item at a JSON pointer, with its own comments. */
export function removeProperty(text: string, place: PropertyPlace): EditResult {
  return editing(text, (start) => {
    const { root } = flowDocument(text);
    const { pointer, step } = wholePointer(text, place);
    return settled(root, removeValue(start, pointer), { touched: step === undefined ? [] : [step] });
  });
}

function wholePointer(text: string, { pointer, step }: PropertyPlace): { pointer: string; step?: string } {
  if (pointer !== '' && !pointer.startsWith('/'))
    throw new EditFault('edit.bad-pointer', `A JSON pointer begins with /, and ${pointer} does not.`);
  const document = flowDocument(text);
  const base = step === undefined ? '' : findStep(document, step).pointer;
  const whole = base + pointer;
  const owner = splitPointer(whole).at(-1) === 'id' ? whole.slice(0, -'/id'.length) : undefined;
  if (owner !== undefined && owner !== '' && isStep(document.root, owner))
    throw new EditFault('edit.id-needs-rename', 'Rename the step instead, so that what reads it follows.');
  return step === undefined ? { pointer: whole } : { pointer: whole, step: base };
}

function isStep(root: JsonNode, pointer: string): boolean {
  const list = pointer.slice(0, pointer.lastIndexOf('/'));
  return knownList(root, list) !== undefined;
}

/** The reader refuses this key wherever it stands. */
function refuseForbidden(pointer: string, value: Json): void {
  if (splitPointer(pointer).includes('__proto__') || hasForbidden(value))
    throw new EditFault('edit.forbidden-key', 'The key `__proto__` is refused; choose another name.');
}

function hasForbidden(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key === '__proto__' || hasForbidden(item as Json));
}
