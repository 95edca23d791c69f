import { evaluateCondition } from '@millrace/flow';
import type { PlannedIf } from '../plan.js';
import { decision, type StepSignal, type Walk } from './step.js';

/** Takes one of two lists; which one is journalled, so that a later version of the expression language cannot change it. */
export async function walkIf(step: PlannedIf, walk: Walk): Promise<StepSignal> {
  const decided = await decision(walk, step, async (environment) => ({
    branch: (await evaluateCondition(step.condition, walk.scope, environment, 'if')) ? 'then' : 'else',
  }));
  if ('failed' in decided) return { kind: 'failed', error: decided.failed };
  return walk.list(decided.output.branch === 'then' ? step.then : step.else);
}
