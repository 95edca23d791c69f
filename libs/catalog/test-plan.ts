import { planFlow, type TestedStep } from '@millrace/engine';
import { cutToStep, stepAt, stepsById, type Problem } from '@millrace/flow';
import type { Catalog } from './catalog.js';

/** A text and what of it is to be tested: a step by its id, or the whole flow. */
export interface TestText {
  readonly flowId: string;
  readonly text: string;
  readonly step?: string;
}

/** `no-step`: the text has no such step, or is not JSON. `wrong`: what the step needs does not check; `at` is the step with the problem. */
export type TestPlan =
  | { readonly kind: 'ready'; readonly tested: TestedStep }
  | { readonly kind: 'no-step' }
  | { readonly kind: 'wrong'; readonly problem: Problem; readonly at: string | undefined };

/** A text made ready to be tested with what this process has. What comes after the step need not check. */
export function planTest(catalog: Pick<Catalog, 'check' | 'components'>, { flowId, text, step }: TestText): TestPlan {
  const cut = step === undefined ? WHOLE : cutToStep(text, step);
  if (cut === undefined) return { kind: 'no-step' };
  const source = cut.text ?? text;
  const { flow, problems } = catalog.check(source, flowId);
  const problem = problems.find(({ severity }) => severity === 'error');
  if (problem) return { kind: 'wrong', problem, at: stepAt(source, problem.path) };
  if (!flow) return { kind: 'no-step' };
  const plan = planFlow(flow, 0, (name) => catalog.components.all.get(name), new Set(cut.loops));
  const { path, around, tried } = cut;
  return { kind: 'ready', tested: { plan, path, around, tried, steps: stepsById(text) } };
}

const WHOLE = { text: undefined, path: undefined, around: [], loops: [], tried: [] };
