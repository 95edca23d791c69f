import type { AstNode } from './ast.js';
import { isFunctionLike, ownProperty } from './values.js';

/** `a`, `a[0]`, `a[0][1]`: a name and the positions picked from what it finds. */
export interface PathStep {
  readonly name: string;
  readonly picks: readonly number[];
  readonly keepArray: boolean;
}

export interface Path {
  readonly steps: readonly PathStep[];
  /** `[]` somewhere in the path: one item stays a list. */
  readonly keepArray: boolean;
}

/** The path a node stands for, if it is one of names and constant positions only. */
export function pathOf(node: AstNode): Path | undefined {
  if (node.type !== 'path' || node.tuple || node.group || node.predicate) return undefined;
  const steps = (node.steps ?? []).map(stepOf);
  if (steps.some((step) => step === undefined)) return undefined;
  return { steps: steps.filter((step) => step !== undefined), keepArray: Boolean(node.keepSingletonArray ?? node.keepArray) };
}

function stepOf(node: AstNode): PathStep | undefined {
  const special = node.tuple ?? node.focus ?? node.index ?? node.ancestor ?? node.group ?? node.predicate;
  if (node.type !== 'name' || typeof node.value !== 'string' || special !== undefined) return undefined;
  const picks = (node.stages ?? []).map((stage) =>
    stage.type === 'filter' && stage.expr?.type === 'number' ? stage.expr.value : undefined,
  );
  if (!picks.every((pick) => typeof pick === 'number')) return undefined;
  return { name: node.value, picks, keepArray: node.keepArray === true };
}

/** True for `a.b.c`: names only. */
export function isPlain(path: Path): boolean {
  return !path.keepArray && path.steps.every(({ picks }) => picks.length === 0);
}

/** Compiles a path to a getter that gives what JSONata gives. Objects are walked directly; the first array switches to mapping. */
export function compilePath(path: Path): (input: object) => unknown {
  if (path.steps.some(({ picks }) => picks.length > 0)) return (input) => mapped(path, input);
  const names = path.steps.map(({ name }) => name);
  return (input) => {
    let value: unknown = input;
    for (const name of names) {
      if (Array.isArray(value)) return mapped(path, input);
      value = ownProperty(value, name);
      if (value === undefined) return undefined;
    }
    return path.keepArray && !Array.isArray(value) ? [value] : value;
  };
}

/** JSONata's result list, as opposed to an array of the data: it flattens, and one item stands for itself. */
class Sequence {
  constructor(readonly items: readonly unknown[]) {}
}

function mapped(path: Path, input: object): unknown {
  let items: readonly unknown[] = [input];
  for (const [index, step] of path.steps.entries()) {
    const found = items.map((item) => applyStep(step, item)).filter((result) => result !== undefined);
    const only = found.length === 1 ? found[0] : undefined;
    if (index === path.steps.length - 1 && Array.isArray(only)) return only;
    items = found.flatMap(itemsOf);
    if (items.length === 0) return undefined;
  }
  return items.length === 1 && !path.keepArray ? items[0] : items;
}

function itemsOf(value: unknown): readonly unknown[] {
  if (value instanceof Sequence) return value.items;
  return Array.isArray(value) ? value : [value];
}

function applyStep(step: PathStep, item: unknown): unknown {
  const value = Array.isArray(item) ? unwrapped(new Sequence(lookupAll(item, step.name)), step.keepArray) : ownProperty(item, step.name);
  return step.picks.reduce(pick, value);
}

function unwrapped(sequence: Sequence, keepArray: boolean): unknown {
  if (sequence.items.length === 0) return undefined;
  return sequence.items.length === 1 && !keepArray ? sequence.items[0] : sequence;
}

function lookupAll(list: readonly unknown[], name: string): unknown[] {
  return list.flatMap((item) => {
    if (Array.isArray(item)) return lookupAll(item, name);
    const value = isFunctionLike(item) ? undefined : ownProperty(item, name);
    if (value === undefined) return [];
    return Array.isArray(value) ? (value as unknown[]) : [value];
  });
}

function pick(value: unknown, position: number): unknown {
  const items = itemsOf(value);
  const index = Math.floor(position);
  const item = items[index < 0 ? items.length + index : index];
  if (Array.isArray(item)) return item;
  return new Sequence(item === undefined ? [] : [item]);
}
