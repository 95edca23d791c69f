import { resolveTemplate } from '@millrace/flow';
import type { PlannedStop } from '../plan.js';
import { plainPath } from '../tries.js';
import { decision, type StepSignal, type Walk } from './step.js';

/** Ends the run here, as success or as failure with the author's message. */
export async function walkStop(step: PlannedStop, walk: Walk): Promise<StepSignal> {
  const decided = await decision(walk, step, async (environment) => ({
    as: step.as,
    message: step.message ? String(await resolveTemplate(step.message, walk.scope, environment)) : null,
  }));
  if ('failed' in decided) return { kind: 'failed', error: decided.failed };
  const { as, message } = decided.output;
  if (as === 'succeeded') return { kind: 'stopped', result: { status: 'succeeded' } };
  const error = {
    code: 'flow.stopped',
    message: message ?? 'The flow stopped itself as failed.',
    step: plainPath(walk.path(step.id)),
    blame: 'author' as const,
  };
  return { kind: 'failed', error };
}
