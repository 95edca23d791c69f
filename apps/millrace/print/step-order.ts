import { allSteps, inRunOrder, parseFlow, stepIdOf, type Step } from '@millrace/flow';
import type { RunView, StepView } from '../../control-api/index.js';

/** The run with its steps in the order in which it did them, and by the names of their components. `text` is the flow that it followed. */
export function inFlowOrder(run: RunView, text: string): RunView {
  const { flow } = parseFlow(text);
  const all = allSteps(flow ? [...flow.steps, ...(flow.onError ?? [])] : []);
  const components = new Map(all.flatMap((step) => componentOf(step)));
  const ids = all.map(({ id }) => id);
  const steps = inRunOrder(run.steps, ids);
  return { ...run, steps: steps.map((step) => ({ ...step, kind: kindOf(step, components) })) };
}

function componentOf(step: Step): [string, string][] {
  return 'use' in step ? [[step.id, step.use]] : [];
}

function kindOf({ path, kind }: StepView, components: ReadonlyMap<string, string>): string {
  return kind === 'use' ? (components.get(stepIdOf(path)) ?? kind) : kind;
}
