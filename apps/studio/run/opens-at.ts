import { stepIdOf } from '@millrace/flow';
import type { RunView, StepView } from '../api/wire.js';
import { everyStep, type FlowTree } from '../flow/structure.js';

/** Which node failed: a step by its id, or `trigger` where the run never came to its first step. Undefined where it was none of them. */
export function failedPlace({ status, error, steps }: Pick<RunView, 'status' | 'error' | 'steps'>, tree: FlowTree): string | undefined {
  if (status !== 'failed' || error === null) return undefined;
  const id = error.step === undefined ? undefined : stepIdOf(error.step);
  if (id === 'trigger' || (id !== undefined && everyStep([...tree.steps, ...tree.onError]).some((step) => step.id === id))) return id;
  return steps.length === 0 ? 'trigger' : undefined;
}

/** The step of a run that waits for a request, which a person is to send. */
export function awaitedStep({ status, steps }: Pick<RunView, 'status' | 'steps'>): StepView | undefined {
  return status === 'waiting' ? steps.find(({ resumeUrl }) => resumeUrl !== null) : undefined;
}

/** What is shown of a run that nobody has chosen anything of yet: what failed, or what waits for a person; else the run itself. */
export function opensAt(run: RunView, tree: FlowTree): string | undefined {
  const awaited = awaitedStep(run);
  return awaited ? stepIdOf(awaited.path) : failedPlace(run, tree);
}
