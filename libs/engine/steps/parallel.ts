import type { Json } from '@millrace/component-sdk';
import type { PlannedParallel } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import { decidingSignal } from './join.js';
import { NEXT, type StepSignal, type Walk } from './step.js';

/**
 * Runs named branches side by side. `fail-fast`: the first failure is journalled at once, and the other branches stop at
 * their next step. Else all of them come to their end first, and the first failure in the order of the file counts.
 */
export async function walkParallel(step: PlannedParallel, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const row = walk.row(path);
  if (row?.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  const halt = walk.halting();
  const branches = step.branches.map(({ name, steps }) => ({ name, steps, walk: walk.inner({ halt }) }));
  const own = { path, attempt: 1, kind: 'parallel', startedAt: walk.clock.now() };
  let first: ErrorRecord | undefined;
  const signals = await walk.sideBySide(
    branches.map((branch) => async () => {
      const signal = await branch.walk.list(branch.steps);
      if (signal.kind === 'stopped') walk.halt(halt);
      if (signal.kind !== 'failed' || !step.failFast || first) return signal;
      first = signal.error;
      walk.note(failedRow(own, first, walk));
      walk.halt(halt);
      return signal;
    }),
  );
  for (const branch of branches) {
    walk.joined(branch.walk);
    // For error handlers, which may read whatever came to its end.
    Object.assign(walk.scope.steps, branch.walk.scope.steps);
  }
  const decided = afterAll(step, signals);
  if (decided.kind === 'failed') return first ? { kind: 'failed', error: first } : fail(own, decided.error, walk);
  if (decided.kind !== 'next') return decided;
  const output = Object.fromEntries(branches.map((branch) => [branch.name, branch.walk.output]));
  if (!row) walk.note({ ...own, status: 'succeeded', finishedAt: walk.clock.now(), output });
  walk.scope.steps[step.id] = output as Json;
  return NEXT;
}

/** With `wait-all` a failure counts only when no branch waits any more. */
function afterAll({ failFast }: PlannedParallel, signals: readonly StepSignal[]): StepSignal {
  const decided = decidingSignal(signals);
  if (decided.kind !== 'failed' || failFast) return decided;
  const others = decidingSignal(signals.filter(({ kind }) => kind !== 'failed'));
  return others.kind === 'suspended' ? others : decided;
}

function fail(own: OwnRow, error: ErrorRecord, walk: Walk): StepSignal {
  walk.note(failedRow(own, error, walk));
  return { kind: 'failed', error };
}

type OwnRow = Pick<StepRow, 'path' | 'attempt' | 'kind' | 'startedAt'>;

function failedRow(own: OwnRow, error: ErrorRecord, walk: Walk): StepRow {
  return { ...own, status: 'failed', finishedAt: walk.clock.now(), error };
}
