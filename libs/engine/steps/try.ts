import type { PlannedTry } from '../plan.js';
import { matchesCode } from '../retry.js';
import type { ErrorRecord } from '../records.js';
import { ENDS_THE_RUN, NEXT, type StepSignal, type Walk } from './step.js';

/** Runs steps; `catch` takes over from a failure that it names, `finally` runs however they ended, unless the run goes on elsewhere. */
export async function walkTry(step: PlannedTry, walk: Walk): Promise<StepSignal> {
  const tried = await walk.list(step.steps);
  const settled = tried.kind === 'failed' && catches(step, tried.error) ? await handle(step, tried.error, walk) : tried;
  if (!HAS_ENDED.has(settled.kind)) return settled;
  const after = await walk.list(step.finally);
  return after.kind === 'next' ? settled : after;
}

const HAS_ENDED: ReadonlySet<StepSignal['kind']> = new Set(['next', 'failed', 'stopped']);

function catches({ catch: handler, on }: PlannedTry, { code }: ErrorRecord): boolean {
  return handler !== undefined && !ENDS_THE_RUN.has(code) && (on === undefined || on.some((pattern) => matchesCode(pattern, code)));
}

async function handle(step: PlannedTry, error: ErrorRecord, walk: Walk): Promise<StepSignal> {
  const handler = walk.handling(error);
  const signal = await handler.list(step.catch ?? []);
  walk.joined(handler);
  return signal.kind === 'next' ? NEXT : signal;
}
