import type { Json } from '@millrace/component-sdk';
import { evaluateCondition, type CompiledExpression } from '@millrace/flow';
import { failedBefore, walkBlock, type BlockWalk } from './blocks.js';
import { givenFor } from './given.js';
import type { PlannedStep } from './plan.js';
import type { ErrorRecord, StepRow } from './records.js';
import { ENDS_THE_RUN, errorRecord, HALTED, NEXT, type StepSignal } from './steps/step.js';
import { triesPath } from './tries.js';

/** What a list of steps needs of the walk that it is walked in. */
export interface ListWalk extends BlockWalk {
  output: Json;
  /** Why the run may not begin another step; undefined while it may. */
  excess(path: string): ErrorRecord | undefined;
  /** A row that is looked at only: it is not met by that. */
  seed(path: string): StepRow | undefined;
}

/** Steps one after the other, as far as they go. */
export async function walkList(steps: readonly PlannedStep[], walk: ListWalk): Promise<StepSignal> {
  for (const step of steps) {
    const signal = await walkOne(step, walk);
    if (signal.kind !== 'next') return signal;
  }
  return NEXT;
}

async function walkOne(step: PlannedStep, walk: ListWalk): Promise<StepSignal> {
  const signal = (await before(step, walk)) ?? given(step, walk) ?? (await walkBlock(step, walk));
  if (signal.kind === 'halted') giveUpWaiting(step, walk);
  if (signal.kind === 'next' && Object.hasOwn(walk.scope.steps, step.id)) walk.output = walk.scope.steps[step.id] as Json;
  if (signal.kind !== 'failed' || !step.continueOnError || ENDS_THE_RUN.has(signal.error.code)) return signal;
  walk.output = { error: signal.error } as unknown as Json;
  walk.scope.steps[step.id] = walk.output;
  return NEXT;
}

/** What is decided of a step without walking it: how it ended before, or that it must not begin. */
async function before(step: PlannedStep, walk: ListWalk): Promise<StepSignal | undefined> {
  const path = walk.path(step.id);
  const row = walk.row(path);
  // What the first attempt of a step came to says nothing yet of the step.
  if (row?.status === 'failed' && !(step.again && walk.seed(triesPath(path)))) return failedBefore(step, row, walk);
  if (row) return row.status === 'skipped' ? NEXT : undefined;
  // Some kinds have no row of their own before their end: whether they had begun shows inside.
  if (ROWLESS.has(step.kind) && !step.when) return undefined;
  if (walk.isHalted) return HALTED;
  const excess = walk.excess(path);
  if (excess) return refuse(step, path, excess, walk);
  return step.when && condition(step, step.when, path, walk);
}

/** What a step waited for does not matter any more: nobody is to think that it still does. */
function giveUpWaiting(step: PlannedStep, walk: ListWalk): void {
  const row = walk.seed(walk.path(step.id));
  const now = walk.clock.now();
  if (row?.status === 'waiting') walk.note({ ...row, status: 'skipped', finishedAt: now, resumeAt: row.resumeAt ?? now });
}

/** In a test: a step whose result is given is not done. */
function given(step: PlannedStep, walk: ListWalk): StepSignal | undefined {
  if (!walk.run.test) return undefined;
  const path = walk.path(step.id);
  const row = walk.row(path) ? undefined : givenFor(step, path, (at) => walk.seed(at));
  if (!row) return undefined;
  walk.note(row);
  if (row.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  walk.scope.steps[step.id] = row.output;
  return NEXT;
}

/** A step whose `when` does not hold is journalled as skipped, so that re-walking skips it again. */
async function condition(step: PlannedStep, when: CompiledExpression, path: string, walk: ListWalk): Promise<StepSignal | undefined> {
  try {
    const holds = await evaluateCondition(when, walk.scope, walk.environment(path), 'when');
    if (!holds) walk.note(ownRow(step, path, 'skipped', walk));
    else if (ROWLESS.has(step.kind)) walk.note(ownRow(step, path, 'started', walk));
    return holds ? undefined : NEXT;
  } catch (thrown) {
    return refuse(step, path, errorRecord(thrown, path, 1), walk);
  }
}

function refuse(step: PlannedStep, path: string, error: ErrorRecord, walk: ListWalk): StepSignal {
  walk.note({ ...ownRow(step, path, 'failed', walk), error });
  return { kind: 'failed', error };
}

function ownRow({ kind }: PlannedStep, path: string, status: StepRow['status'], { clock }: ListWalk): StepRow {
  const now = clock.now();
  return { path, attempt: 1, kind: kind === 'use' ? 'when' : kind, status, startedAt: now, finishedAt: now };
}

const ROWLESS: ReadonlySet<PlannedStep['kind']> = new Set(['try', 'parallel']);
