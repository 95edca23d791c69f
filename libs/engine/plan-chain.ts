import { isLoop, type Plan, type PlannedStep } from './plan.js';
import { plainPath } from './tries.js';

/** One step on the way from the flow's own list down to a step. */
export interface Level {
  readonly step: PlannedStep;
  /** Which of the lists of the step above it stands in; `steps` for the flow's own. */
  readonly list: string;
  /** Its place in that list. */
  readonly index: number;
  /** Its own step path. */
  readonly path: string;
  /** The item of this loop that the way goes through. */
  readonly item?: number;
}

interface Segment {
  readonly id: string;
  readonly item?: number;
}

/** The way down to the step that a journal path names; undefined when the plan has no such step outside `onError`. */
export function chainOf(plan: Plan, path: string): Level[] | undefined {
  const segments = plainPath(path).split('.').map(segmentOf);
  const last = segments.at(-1);
  return last && descend([['steps', plan.steps]], last.id, segments, '');
}

/** The step that a journal path names, in `onError` too. */
export function stepIn(plan: Plan, path: string): PlannedStep | undefined {
  const plain = plainPath(path);
  const { id } = segmentOf(plain.slice(plain.lastIndexOf('.') + 1));
  return anywhere([...plan.steps, ...plan.onError], id);
}

function anywhere(steps: readonly PlannedStep[], id: string): PlannedStep | undefined {
  for (const step of steps) {
    const found =
      step.id === id
        ? step
        : anywhere(
            listsOf(step).flatMap(([, list]) => list),
            id,
          );
    if (found) return found;
  }
  return undefined;
}

function segmentOf(text: string): Segment {
  const [, id = text, item] = /^(\w+)\[(\d*)\]$/.exec(text) ?? [];
  return item === undefined || item === '' ? { id } : { id, item: Number(item) };
}

function descend(lists: readonly NamedList[], id: string, segments: readonly Segment[], prefix: string): Level[] | undefined {
  for (const [list, steps] of lists) {
    for (const [index, step] of steps.entries()) {
      const own = segments.find((segment) => segment.id === step.id);
      const path = prefix + step.id;
      const level: Level = { step, list, index, path, ...(own?.item !== undefined && { item: own.item }) };
      if (step.id === id) return [level];
      const inside = descend(listsOf(step), id, segments, isLoop(step) ? `${path}[${own?.item ?? ''}].` : prefix);
      if (inside) return [level, ...inside];
    }
  }
  return undefined;
}

type NamedList = readonly [name: string, steps: readonly PlannedStep[]];

/** The lists of steps inside a planned step, of every kind. */
export function listsOf(step: PlannedStep): NamedList[] {
  switch (step.kind) {
    case 'if':
      return [
        ['then', step.then],
        ['else', step.else],
      ];
    case 'switch':
      return [...step.cases.map(({ steps }, index): NamedList => [`case ${index}`, steps]), ['default', step.default]];
    case 'forEach':
    case 'repeat':
      return [['steps', step.steps]];
    case 'parallel':
      return step.branches.map(({ name, steps }): NamedList => [name, steps]);
    case 'try':
      return [
        ['steps', step.steps],
        ['catch', step.catch ?? []],
        ['finally', step.finally],
      ];
    default:
      return [];
  }
}
