import { allSteps, parseFlow, runOrder } from '@millrace/flow';
import type { RunView } from '../../control-api/index.js';

/** The run with its steps in the order in which it did them. `text` is the flow that it followed. */
export function inFlowOrder(run: RunView, text: string): RunView {
  const { flow } = parseFlow(text);
  const ids = allSteps(flow ? [...flow.steps, ...(flow.onError ?? [])] : []).map(({ id }) => id);
  return { ...run, steps: [...run.steps].sort(runOrder(ids)) };
}
