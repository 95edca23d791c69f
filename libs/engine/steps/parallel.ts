import type { Json } from '@millrace/component-sdk';
import type { PlannedParallel } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import { decidingSignal, endsTheRun } from './join.js';
import { NEXT, type StepSignal, type Walk } from './step.js';

/**
 * Runs named branches side by side. `fail-fast`: the first failure is noted at once, and the other branches stop at
 * their next step. Else all of them come to their end first, and the first failure in the order of the file counts.
 */
export async function walkParallel(step: PlannedParallel, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const row = walk.row(path);
  if (row?.status === 'succeeded') return succeed(step, walk, row.output as Json);
  const halt = walk.halting();
  const own = { path, attempt: 1, kind: 'parallel', startedAt: row?.startedAt ?? walk.clock.now() };
  let verdict = row?.output === undefined ? undefined : { error: row.error };
  if (verdict) walk.halt(halt);
  const decide = (signal: StepSignal): void => {
    if (verdict || !(endsTheRun(signal) || (step.failFast && signal.kind === 'failed'))) return;
    verdict = { error: signal.kind === 'failed' ? signal.error : undefined };
    walk.note({ ...own, status: 'started', finishedAt: walk.clock.now(), output: DECIDED, error: verdict.error });
    walk.halt(halt);
  };
  const branches = step.branches.map(({ name, steps }) => ({ name, steps, walk: walk.inner({ halt }) }));
  const signals = await walk.sideBySide(
    branches.map((branch) => () => branch.walk.list(branch.steps)),
    decide,
  );
  const decided = decidingSignal(signals);
  if (decided.kind === 'failed') return fail(own, verdict?.error ?? decided.error, walk);
  // So that the walk that ends it knows when it began.
  if (decided.kind === 'suspended' && !row) walk.note({ ...own, status: 'started', finishedAt: walk.clock.now() });
  if (decided.kind !== 'next') return decided;
  const output = Object.fromEntries(branches.map((branch) => [branch.name, branch.walk.output]));
  walk.note({ ...own, status: 'succeeded', finishedAt: walk.clock.now(), output });
  return succeed(step, walk, output);
}

/** Of a step that has not ended: one of its strands decided how it will, and the others are on their way out. */
export const DECIDED = { decided: true } as const;

function fail(own: Pick<StepRow, 'path' | 'attempt' | 'kind' | 'startedAt'>, error: ErrorRecord, walk: Walk): StepSignal {
  walk.note({ ...own, status: 'failed', finishedAt: walk.clock.now(), error });
  return { kind: 'failed', error };
}

function succeed(step: PlannedParallel, walk: Walk, output: Json): StepSignal {
  walk.scope.steps[step.id] = output;
  return NEXT;
}
