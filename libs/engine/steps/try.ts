import type { PlannedTry } from '../plan.js';
import { catches } from '../passed-over.js';
import type { ErrorRecord } from '../records.js';
import { HALTED, type StepSignal, type Walk } from './step.js';

/**
 * Runs steps; `catch` takes over from a failure that it names. `finally` runs however they ended, also when a sibling's
 * failure or the end of their time halted them half way; not when they wait or the run goes on elsewhere, for then they have
 * not ended.
 */
export async function walkTry(step: PlannedTry, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  if (step.finally.length > 0 && !walk.begins(path)) return HALTED;
  const tried = await walk.list(step.steps);
  const settled = tried.kind === 'failed' && catches(step, tried.error) ? await handle(step, tried.error, walk) : tried;
  if (!HAS_ENDED.has(settled.kind)) return settled;
  return together(settled, await walk.shielded(path, step.finally));
}

const HAS_ENDED: ReadonlySet<StepSignal['kind']> = new Set(['next', 'failed', 'stopped', 'halted']);

/** A failing `catch` fails the step with its own error, which says what it was called for. */
async function handle(step: PlannedTry, error: ErrorRecord, walk: Walk): Promise<StepSignal> {
  const signal = await walk.handle(error, step.catch ?? []);
  return signal.kind === 'failed' ? { kind: 'failed', error: mentioning(signal.error, 'caught', error) } : signal;
}

/** What `finally` adds to how the steps ended. Its failure does not hide theirs. */
function together(settled: StepSignal, after: StepSignal): StepSignal {
  if (after.kind === 'next') return settled;
  if (after.kind !== 'failed' || settled.kind !== 'failed') return after;
  return { kind: 'failed', error: mentioning(settled.error, 'finally', after.error) };
}

/** An error with another one in its details, in short. */
export function mentioning(error: ErrorRecord, as: string, { code, message, step }: ErrorRecord): ErrorRecord {
  return { ...error, details: { ...error.details, [as]: { code, message, step } } };
}
