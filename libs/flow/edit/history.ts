import type { Edit } from './edits.js';
import { applyEdits, Editing, invertEdits } from './edits.js';

/** Changes that are undone together. */
export interface HistoryGroup {
  readonly edits: readonly Edit[];
  readonly inverse: readonly Edit[];
  /** What the edits were of, where edits of one field count as one: `contact/with/email`. */
  readonly field?: string;
  /** When the last of them was made, in milliseconds of the caller's clock. */
  readonly at: number;
  /** The texts before and after, as `fingerprint` gives them: undo never touches a text it does not know. */
  readonly before: string;
  readonly after: string;
}

/** What can be undone and redone. Plain data: it may be written down as JSON and read back. */
export interface History {
  readonly undo: readonly HistoryGroup[];
  readonly redo: readonly HistoryGroup[];
}

export const emptyHistory: History = { undo: [], redo: [] };

/** Groups that are kept, and how close edits of one field must follow each other to be one, in milliseconds. */
export const historyLimits = { groups: 500, fieldPause: 500 } as const;

/** A change that was made. */
export interface Change {
  /** The text before it. */
  readonly text: string;
  readonly edits: readonly Edit[];
  /** In milliseconds, of any clock that does not go back. */
  readonly at: number;
  /** The field that was typed in; edits without one always stand alone. */
  readonly field?: string;
}

/** Notes a change. What was undone before it can no longer be redone. A change without edits is none. */
export function record(history: History, change: Change): History {
  if (change.edits.length === 0) return history;
  const last = history.undo.at(-1);
  const group = groupOf(change);
  const joins = last !== undefined && isSameField(last, change) && last.after === group.before;
  const undo = joins ? [...history.undo.slice(0, -1), joined(last, group, change.text)] : [...history.undo, group];
  return { undo: undo.slice(-historyLimits.groups), redo: [] };
}

function groupOf({ text, edits, at, field }: Change): HistoryGroup {
  const base = { edits, inverse: invertEdits(text, edits), at, before: fingerprint(text), after: fingerprint(applyEdits(text, edits)) };
  return field === undefined ? base : { ...base, field };
}

function isSameField(last: HistoryGroup, { field, at }: Change): boolean {
  return field !== undefined && last.field === field && at - last.at <= historyLimits.fieldPause;
}

/** `between` is the text after the first group and before the second. */
function joined(first: HistoryGroup, second: HistoryGroup, between: string): HistoryGroup {
  const start = applyEdits(between, first.inverse);
  const edits = Editing.of(start).apply(first.edits).apply(second.edits).edits();
  return { ...second, edits, inverse: invertEdits(start, edits), before: first.before };
}

/** A text after an undo or a redo, and what can be undone and redone from there. */
export interface Stepped {
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly history: History;
}

/** Takes the last group back. Undefined when there is none, or when `text` is not what that group left. */
export function undo(history: History, text: string): Stepped | undefined {
  const group = history.undo.at(-1);
  if (group === undefined || group.after !== fingerprint(text)) return undefined;
  const rest = { undo: history.undo.slice(0, -1), redo: [...history.redo, sealed(group)] };
  return { text: applyEdits(text, group.inverse), edits: group.inverse, history: rest };
}

/** Makes the group that was undone last again. Undefined when there is none, or when `text` is not where it began. */
export function redo(history: History, text: string): Stepped | undefined {
  const group = history.redo.at(-1);
  if (group === undefined || group.before !== fingerprint(text)) return undefined;
  const rest = { undo: [...history.undo, group], redo: history.redo.slice(0, -1) };
  return { text: applyEdits(text, group.edits), edits: group.edits, history: rest };
}

/** What was undone and redone is not typed on: the next edit of the field is a group of its own. */
function sealed({ field: _field, ...group }: HistoryGroup): HistoryGroup {
  return group;
}

/** Length and FNV-1a hash of a text (http://www.isthe.com/chongo/tech/comp/fnv/): tells texts apart, and proves nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return `${text.length}:${(hash >>> 0).toString(16)}`;
}

/** The history as text, for whatever keeps it over a reload. */
export function historyText(history: History): string {
  return JSON.stringify({ version: 1, ...history });
}

/** Reads `historyText` back. What cannot be read, or was written by another version, is an empty history. */
export function readHistory(text: string | null | undefined): History {
  try {
    const value = JSON.parse(text ?? 'null') as { version?: unknown; undo?: unknown; redo?: unknown } | null;
    if (value?.version !== 1 || !isGroups(value.undo) || !isGroups(value.redo)) return emptyHistory;
    return { undo: value.undo, redo: value.redo };
  } catch {
    return emptyHistory;
  }
}

function isGroups(value: unknown): value is HistoryGroup[] {
  return Array.isArray(value) && value.every(isGroup);
}

function isGroup(value: unknown): boolean {
  const group = value as Partial<Record<keyof HistoryGroup, unknown>> | null;
  if (typeof group !== 'object' || group === null) return false;
  const hasTexts = typeof group.before === 'string' && typeof group.after === 'string';
  const hasField = group.field === undefined || typeof group.field === 'string';
  return hasTexts && hasField && typeof group.at === 'number' && isEdits(group.edits) && isEdits(group.inverse);
}

function isEdits(value: unknown): boolean {
  const isCount = (number: unknown): boolean => Number.isInteger(number) && (number as number) >= 0;
  const isEdit = (edit: Partial<Edit> | null): boolean =>
    isCount(edit?.offset) && isCount(edit?.length) && typeof edit?.content === 'string';
  return Array.isArray(value) && (value as (Partial<Edit> | null)[]).every(isEdit);
}
