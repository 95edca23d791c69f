import type { Json } from '@millrace/component-sdk';
import { valueOf } from '../text.js';
import type { JsonNode } from '../text.js';
import { isEqual } from './property.js';
import { kindKeyOf, member, stepListKeys, stepsOf } from './structure.js';
import type { StepNode } from './structure.js';

/** A step as the comparison sees it. */
export interface DiffStep {
  /** Its id, or its pointer when it has none. */
  readonly key: string;
  readonly id: string;
  readonly pointer: string;
  readonly node: JsonNode;
  /** The step before it in its list. */
  readonly before: string | undefined;
  /** The list it is in, whatever the position of the step that owns it: `big/then`. */
  readonly list: string;
  /** The same for people. */
  readonly listName: string;
}

/** Every step of a flow by its key, in file order; of two with one id the first. */
export function inOrder(root: JsonNode): Map<string, DiffStep> {
  const steps = stepsOf(root);
  const owners = new Map(steps.map((step) => [step.pointer, step.id]));
  const found = new Map<string, DiffStep>();
  for (const step of steps) {
    const diff = diffStep(step, owners);
    if (!found.has(diff.key)) found.set(diff.key, diff);
  }
  return found;
}

function diffStep({ id, pointer, node, list, index }: StepNode, owners: ReadonlyMap<string, string>): DiffStep {
  const previous = index === 0 ? undefined : owners.get(`${list.pointer}/${index - 1}`);
  return { key: id || pointer, id, pointer, node, before: previous, ...listOf(list.pointer, owners) };
}

function listOf(pointer: string, owners: ReadonlyMap<string, string>): Pick<DiffStep, 'list' | 'listName'> {
  const owner = [...owners.keys()].filter((step) => pointer.startsWith(`${step}/`)).sort((a, b) => b.length - a.length)[0];
  if (owner === undefined) return { list: pointer, listName: `\`${pointer.slice(1)}\`` };
  const below = pointer.slice(owner.length + 1);
  const id = owners.get(owner) ?? '';
  return { list: `${id}/${below}`, listName: `\`${below.replaceAll('/', '.')}\` of \`${id}\`` };
}

/** A step without the steps inside it. */
export function ownValue(node: JsonNode): Json {
  const value = valueOf(node);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    if ((stepListKeys as readonly string[]).includes(key) && Array.isArray(item)) return [];
    if (key === 'cases' && Array.isArray(item)) return [[key, item.map(withoutSteps)]];
    if (key === 'parallel' && isObject(item)) return [[key, Object.fromEntries(Object.keys(item).map((branch) => [branch, {}]))]];
    return [[key, item]];
  });
  return Object.fromEntries(entries);
}

function withoutSteps(item: Json): Json {
  return isObject(item) ? Object.fromEntries(Object.entries(item).filter(([key]) => key !== 'steps')) : item;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Steps of the newer text that are steps of the older one under another id: the same kind, and nothing else of their own
 * changed. Gives the old id by the new one.
 */
export function matchRenames(older: JsonNode, newer: JsonNode): Map<string, string> {
  const [before, after] = [inOrder(older), inOrder(newer)];
  const gone = [...before.values()].filter(({ id }) => id !== '' && !after.has(id));
  const fresh = [...after.values()].filter(({ id }) => id !== '' && !before.has(id));
  const renames = new Map<string, string>();
  for (const step of fresh) {
    const at = gone.findIndex((old) => isSameBut(old.node, step.node));
    if (at >= 0) renames.set(step.id, gone.splice(at, 1)[0]!.id);
  }
  return renames;
}

function isSameBut(older: JsonNode, newer: JsonNode): boolean {
  const rest = (node: JsonNode): Json =>
    Object.fromEntries(Object.entries(ownValue(node) as object).filter(([key]) => key !== 'id')) as Json;
  return kindKeyOf(older) !== undefined && member(newer, 'id') !== undefined && isEqual(rest(older), rest(newer));
}

/** Steps that are in another list, or that changed places in theirs: as few as can explain the new order. */
export function moved(before: ReadonlyMap<string, DiffStep>, after: ReadonlyMap<string, DiffStep>): Set<string> {
  const found = new Set(
    [...after.values()].filter(({ key, list }) => before.has(key) && before.get(key)?.list !== list).map(({ key }) => key),
  );
  const stayed = [...after.values()].filter(({ key }) => before.has(key) && !found.has(key));
  const positions = new Map([...before.keys()].map((key, index) => [key, index]));
  for (const list of new Set(stayed.map((step) => step.list))) {
    const keys = stayed.filter((step) => step.list === list).map(({ key }) => key);
    const kept = new Set(longestRising(keys, (key) => positions.get(key) ?? 0));
    for (const key of keys) if (!kept.has(key)) found.add(key);
  }
  return found;
}

/** The longest selection of items whose ranks rise. */
function longestRising(items: readonly string[], rank: (item: string) => number): string[] {
  const best: string[][] = [];
  for (const [index, item] of items.entries()) {
    const ends = best.slice(0, index).filter((run) => rank(run.at(-1)!) < rank(item));
    const longest = ends.reduce<string[]>((most, run) => (run.length > most.length ? run : most), []);
    best.push([...longest, item]);
  }
  return best.reduce<string[]>((most, run) => (run.length > most.length ? run : most), []);
}
