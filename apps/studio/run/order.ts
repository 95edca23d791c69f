import type { RunView } from '../api/wire.js';
import { everyStep, type FlowTree } from '../flow/structure.js';
import { stepIdOf } from './paths.js';

/** The run with its steps in order of time, and in the order of the flow where they began in the same millisecond. */
export function inOrder(run: RunView, tree: FlowTree): RunView {
  const places = new Map(everyStep([...tree.steps, ...tree.onError]).map(({ id }, index) => [id, index]));
  const placeOf = (path: string): number => places.get(stepIdOf(path)) ?? places.size;
  const steps = [...run.steps].sort((a, b) => compare(a.startedAt, b.startedAt) || placeOf(a.path) - placeOf(b.path));
  return { ...run, steps };
}

/** Times in UTC of one form, which need not be read for that. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
