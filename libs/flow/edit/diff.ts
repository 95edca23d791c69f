import type { Json } from '@millrace/component-sdk';
import { joinPointer, readJsonc, valueOf } from '../text.js';
import type { JsonNode } from '../text.js';
import { inOrder, matchRenames, moved, ownValue } from './diff-steps.js';
import type { DiffStep } from './diff-steps.js';
import { renameStep } from './operations.js';
import { isEqual } from './property.js';
import { kindKeyOf } from './structure.js';

/** One value that differs. */
export interface FieldChange {
  /** JSON pointer below the step, the trigger or the flow: `/with/email`. */
  readonly pointer: string;
  /** Absent where there was nothing. */
  readonly from?: Json;
  /** Absent where there is nothing any more. */
  readonly to?: Json;
}

/** What happened to one step, to the trigger, or to the rest of the flow. */
export interface DiffGroup {
  readonly of: 'flow' | 'trigger' | 'step';
  /** The step's id, as it is in the newer text, or in the older one when it was removed. */
  readonly id?: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** The id before a renaming. */
  readonly renamedFrom?: string;
  readonly moved?: boolean;
  /** JSON pointers in the older and in the newer text. */
  readonly from?: string;
  readonly to?: string;
  readonly fields: readonly FieldChange[];
  /** The same in words, one sentence per change. */
  readonly words: readonly string[];
}

/** How two texts of a flow differ in what they mean. */
export interface FlowDiff {
  readonly same: boolean;
  /** They mean the same and differ in comments or layout only. */
  readonly layoutOnly: boolean;
  /** One of the texts cannot be read: there is no telling what it means. */
  readonly unreadable: boolean;
  readonly changes: readonly DiffGroup[];
}

/** Compares two texts of a flow: the flow, its trigger, and its steps by id. What only moved or was renamed is said so. */
export function diffFlows(from: string, to: string): FlowDiff {
  if (from === to) return { same: true, layoutOnly: false, unreadable: false, changes: [] };
  const [older, newer] = [rootOf(from), rootOf(to)];
  if (older === undefined || newer === undefined) return { same: false, layoutOnly: false, unreadable: true, changes: [] };
  const renames = matchRenames(older, newer);
  const before = rootOf(withNewNames(from, renames)) ?? older;
  const changes = [...flowChanges(before, newer), ...triggerChanges(before, newer), ...stepChanges(before, newer, renames)];
  return { same: false, layoutOnly: changes.length === 0, unreadable: false, changes };
}

function rootOf(text: string): JsonNode | undefined {
  const { root, faults } = readJsonc(text);
  return faults.length === 0 && root?.type === 'object' ? root : undefined;
}

/** The older text under the newer ids, so that references which only followed a renaming are no changes. */
function withNewNames(text: string, renames: ReadonlyMap<string, string>): string {
  return [...renames].reduce((current, [id, old]) => {
    const result = renameStep(current, { step: old, id });
    return result.ok ? result.text : current;
  }, text);
}

const apart = new Set(['trigger', 'steps', 'onError']);

function flowChanges(older: JsonNode, newer: JsonNode): DiffGroup[] {
  const rest = (root: JsonNode): Json =>
    Object.fromEntries(Object.entries(valueOf(root) as object).filter(([key]) => !apart.has(key))) as Json;
  return group({ of: 'flow', from: '', to: '' }, differences(rest(older), rest(newer), ''));
}

function triggerChanges(older: JsonNode, newer: JsonNode): DiffGroup[] {
  const trigger = (root: JsonNode): Json | undefined => (valueOf(root) as { trigger?: Json }).trigger;
  return group({ of: 'trigger', from: '/trigger', to: '/trigger' }, differences(trigger(older), trigger(newer), ''));
}

function group(base: Pick<DiffGroup, 'of' | 'from' | 'to'>, fields: readonly FieldChange[]): DiffGroup[] {
  return fields.length === 0 ? [] : [{ ...base, kind: 'changed', fields, words: fields.map(fieldWords) }];
}

function stepChanges(older: JsonNode, newer: JsonNode, renames: ReadonlyMap<string, string>): DiffGroup[] {
  const [before, after] = [inOrder(older), inOrder(newer)];
  const changed = moved(before, after);
  const removed = [...before.values()].filter(({ key }) => !after.has(key)).map(removal);
  const rest = [...after.values()].flatMap((step) => {
    const old = before.get(step.key);
    return old === undefined ? [addition(step)] : comparison(old, step, changed.has(step.key), renames.get(step.id));
  });
  return [...rest, ...removed];
}

function addition(step: DiffStep): DiffGroup {
  return { of: 'step', id: step.id, kind: 'added', to: step.pointer, fields: [], words: [`Added ${place('at', step)}: ${summary(step)}.`] };
}

function removal(step: DiffStep): DiffGroup {
  return { of: 'step', id: step.id, kind: 'removed', from: step.pointer, fields: [], words: [`Removed; it was ${summary(step)}.`] };
}

function comparison(old: DiffStep, step: DiffStep, isMoved: boolean, renamedFrom: string | undefined): DiffGroup[] {
  const fields = differences(ownValue(old.node), ownValue(step.node), '');
  if (fields.length === 0 && !isMoved && renamedFrom === undefined) return [];
  const words = [
    ...(renamedFrom === undefined ? [] : [`Renamed from \`${renamedFrom}\`.`]),
    ...(isMoved ? [`Moved ${place('to', step)}.`] : []),
    ...fields.map(fieldWords),
  ];
  const base = { of: 'step', id: step.id, kind: 'changed', from: old.pointer, to: step.pointer, fields, words } as const;
  return [{ ...base, ...(isMoved ? { moved: true } : {}), ...(renamedFrom === undefined ? {} : { renamedFrom }) }];
}

/** `at the start of `then` of `big``, `behind `contact` in `steps``. */
function place(start: 'at' | 'to', { before, listName }: DiffStep): string {
  return before === undefined ? `${start} the start of ${listName}` : `behind \`${before}\` in ${listName}`;
}

function summary({ node }: DiffStep): string {
  const key = kindKeyOf(node);
  const value = key === undefined ? undefined : (valueOf(node) as { [key: string]: Json })[key];
  return typeof value === 'string' ? `\`${key}\` ${shown(value)}` : `a step with ${key === undefined ? 'no kind' : `\`${key}\``}`;
}

/** Every place at which two values differ, as deep as both are objects, or lists of one length. */
export function differences(from: Json | undefined, to: Json | undefined, pointer: string): FieldChange[] {
  if (isEqual(from, to)) return [];
  if (from === undefined || to === undefined)
    return [{ pointer, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  const [older, newer] = [membersOf(from, to), membersOf(to, from)];
  if (older === undefined || newer === undefined) return [{ pointer, from, to }];
  const keys = new Set([...older.keys(), ...newer.keys()]);
  return [...keys].flatMap((key) => differences(older.get(key), newer.get(key), joinPointer(pointer, key)));
}

/** The members of a value that can be compared one by one with those of the other. */
function membersOf(value: Json, other: Json): Map<string, Json> | undefined {
  if (typeof value !== 'object' || value === null || typeof other !== 'object' || other === null) return undefined;
  if (Array.isArray(value) !== Array.isArray(other)) return undefined;
  if (Array.isArray(value) && value.length !== (other as Json[]).length) return undefined;
  return new Map(Object.entries(value));
}

function fieldWords({ pointer, from, to }: FieldChange): string {
  const name = pointer === '' ? 'The whole' : `\`${pointer.slice(1).replaceAll('/', '.')}\``;
  if (from === undefined) return `${name} set to ${shown(to)}.`;
  if (to === undefined) return `${name} removed; it was ${shown(from)}.`;
  return `${name} changed from ${shown(from)} to ${shown(to)}.`;
}

const longestShown = 80;

function shown(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  const characters = [...text];
  return characters.length > longestShown ? `${characters.slice(0, longestShown - 1).join('')}…` : text;
}
