import { allSteps, parseFlow } from '@millrace/flow';
import type { RunView } from '../../control-api/index.js';

/**
 * The run with its steps in order of time, and in the order of the flow where they began in the same millisecond: a loop
 * before its items, items by their number. `text` is the flow that the run followed; steps that it does not have come last.
 */
export function inFlowOrder(run: RunView, text: string): RunView {
  const { flow } = parseFlow(text);
  const places = new Map(allSteps(flow ? [...flow.steps, ...(flow.onError ?? [])] : []).map(({ id }, index) => [id, index]));
  const placeOf = (path: string): number => places.get(stepIdOf(path)) ?? places.size;
  const steps = [...run.steps].sort(
    (a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || placeOf(a.path) - placeOf(b.path) || byNumber(a.path, b.path),
  );
  return { ...run, steps };
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The step of a path: `each[3].notify` is `notify`, `each[3]` is `each`, `both~2`, a later attempt, is `both`. */
function stepIdOf(path: string): string {
  return (path.split('.').at(-1) ?? path).replace(/(~\d+)?(\[\d+\])?$/, '');
}
