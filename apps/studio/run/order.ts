import { inRunOrder } from '@millrace/flow';
import type { RunView } from '../api/wire.js';
import { everyStep, type FlowTree } from '../flow/structure.js';

/** The run with its steps in the order in which it did them. */
export function inOrder(run: RunView, tree: FlowTree): RunView {
  const ids = everyStep([...tree.steps, ...tree.onError]).map(({ id }) => id);
  return { ...run, steps: inRunOrder(run.steps, ids) };
}
