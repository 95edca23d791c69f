import type { Json } from '@millrace/component-sdk';
import { evaluateCondition, evaluateValue, takesCase, type CompiledExpression } from '@millrace/flow';
import type { StepEnvironment } from '../determinism.js';
import type { PlannedSwitch } from '../plan.js';
import { decision, type StepSignal, type Walk } from './step.js';

/** Takes the first case that fits, else the default; the choice is journalled by position (-1: default). */
export async function walkSwitch(step: PlannedSwitch, walk: Walk): Promise<StepSignal> {
  const decided = await decision(walk, step, async (environment) => ({ case: await firstFitting(step, walk, environment) }));
  if ('failed' in decided) return { kind: 'failed', error: decided.failed };
  return walk.list(step.cases[decided.output.case]?.steps ?? step.default);
}

async function firstFitting(step: PlannedSwitch, walk: Walk, environment: StepEnvironment): Promise<number> {
  if (!step.subject) return firstHolding(step, walk, environment);
  const value = await evaluateValue(step.subject, walk.scope, environment, 'switch');
  return step.cases.findIndex(({ when }) => takesCase(value, when as Json));
}

async function firstHolding(step: PlannedSwitch, walk: Walk, environment: StepEnvironment): Promise<number> {
  for (const [index, { when }] of step.cases.entries()) {
    if (await evaluateCondition(when as CompiledExpression, walk.scope, environment, `cases.${index}.when`)) return index;
  }
  return -1;
}
