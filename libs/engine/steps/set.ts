import { resolveTemplate } from '@millrace/flow';
import type { PlannedSet } from '../plan.js';
import { decision, NEXT, type StepSignal, type Walk } from './step.js';

/** Named values, readable as `steps.<id>.<name>`. */
export async function walkSet(step: PlannedSet, walk: Walk): Promise<StepSignal> {
  const decided = await decision(walk, step, (environment) => resolveTemplate(step.values, walk.scope, environment));
  if ('failed' in decided) return { kind: 'failed', error: decided.failed };
  walk.scope.steps[step.id] = decided.output;
  return NEXT;
}
