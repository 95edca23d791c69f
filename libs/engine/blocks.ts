import type { Json } from '@millrace/component-sdk';
import { Deadline, outOfTime, timerPath, timerRow } from './deadline.js';
import type { Again, PlannedStep } from './plan.js';
import type { ErrorRecord, StepRow } from './records.js';
import { blockDelay } from './retry.js';
import { walkStep } from './steps/index.js';
import { endsTheRun } from './steps/join.js';
import { HALTED, until, type StepSignal, type Walk } from './steps/step.js';
import type { Halt } from './strands.js';
import { attemptNow, attemptPath, triesPath } from './tries.js';

/** What settings of a step with steps inside may use of the walk that they are part of. */
export interface BlockWalk extends Walk {
  /** Of a step around this place. */
  readonly around: Deadline | undefined;
  /** Does the step in a walk of its own that sees and gives what this one does, apart from `parts`. */
  within(parts: BlockParts, walk: (inner: BlockWalk) => Promise<StepSignal>): Promise<StepSignal>;
}

export interface BlockParts {
  readonly halt?: Halt;
  readonly deadline?: Deadline;
  /** What it begins with as the last output, where that is not what this walk has. */
  readonly output?: Json;
  /** Which attempt of the step `id` it is, from the second one on. */
  readonly attempt?: { readonly id: string; readonly path: string; readonly resumable: readonly string[] };
}

/** Walks a step with what its settings say of all that is inside. */
export function walkBlock(step: PlannedStep, walk: BlockWalk): Promise<StepSignal> {
  // A test tries everything once.
  return step.again && !walk.run.test ? retried(step, step.again, walk) : once(step, walk);
}

function once(step: PlannedStep, walk: BlockWalk): Promise<StepSignal> {
  return step.withinMs === undefined ? walkStep(step, walk) : timed(step, step.withinMs, walk);
}

/** How an attempt ended before: its timer is met again, too, for where its time was over, that moved the time on for what came after. */
export function failedBefore(step: PlannedStep, { path, error }: StepRow, walk: Walk): StepSignal {
  const failed = { kind: 'failed', error: error as ErrorRecord } as const;
  const timer = step.withinMs === undefined ? undefined : walk.row(timerPath(path));
  return timer?.error ? afterTime(failed, timer.error) : failed;
}

/**
 * Walks a step whose time is limited. When it began is written before anything in it happens, and so is that its time
 * was over, or that it ended before: a walk after this one comes to the same end, whatever the clock says then.
 */
async function timed(step: PlannedStep, ms: number, walk: BlockWalk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const known = walk.row(timerPath(path));
  if (known?.status === 'succeeded') return walkStep(step, walk);
  if (!known && walk.isHalted) return HALTED;
  const timer = known ?? timerRow(path, walk.clock.now(), ms);
  if (!known) walk.note(timer);
  const halt = walk.halting();
  let { error } = timer;
  const expire = (): void => {
    error = outOfTime(step.id, path, ms);
    walk.note({ ...timer, status: 'failed', finishedAt: walk.clock.now(), error });
    walk.halt(halt);
  };
  if (error) walk.halt(halt);
  const deadline = new Deadline(timer.resumeAt ?? Infinity, walk.around, error !== undefined, expire);
  deadline.check(walk.clock.now());
  const signal = await walk.within({ halt, deadline }, (inner) => walkStep(step, inner));
  if (signal.kind === 'failed' || signal.kind === 'halted') deadline.check(walk.clock.now());
  return error ? afterTime(signal, error) : inTime(timer, signal, walk);
}

function inTime(timer: StepRow, signal: StepSignal, walk: Walk): StepSignal {
  if (signal.kind === 'suspended') return { ...signal, resumeAt: Math.min(signal.resumeAt, timer.resumeAt ?? Infinity) };
  if (HAS_ENDED.has(signal.kind)) walk.note({ ...timer, status: 'succeeded', finishedAt: walk.clock.now() });
  return signal;
}

const HAS_ENDED: ReadonlySet<StepSignal['kind']> = new Set(['next', 'failed', 'stopped', 'halted']);

/** How a step ends whose time was over. What ends the whole run does so; what waits, in a `finally`, goes on waiting. */
function afterTime(signal: StepSignal, error: ErrorRecord): StepSignal {
  const stands = endsTheRun(signal) || !HAS_ENDED.has(signal.kind);
  return stands ? signal : { kind: 'failed', error };
}

/**
 * Walks a step that is tried again as a whole. How each attempt ended is a row of its own, written before the next one begins,
 * so that a walk after this one goes on in the same attempt, and nothing of an earlier one is taken for it.
 */
async function retried(step: PlannedStep, again: Again, walk: BlockWalk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const before = { steps: new Set(Object.keys(walk.scope.steps)), output: walk.output };
  for (;;) {
    const last = walk.row(triesPath(path));
    if (!last && walk.isHalted) return HALTED;
    const tries = last ?? begun(path, walk);
    const due = await until(walk, tries.status === 'retrying' ? (tries.retryAt ?? 0) : 0);
    if (due.kind !== 'next') return due;
    forgetOthers(walk.scope.steps, before.steps);
    const signal = await attempt(step, again, walk, { number: attemptNow(tries), output: before.output });
    if (tries.status === 'failed') return HAS_ENDED.has(signal.kind) ? { kind: 'failed', error: tries.error as ErrorRecord } : signal;
    if (tries.status === 'succeeded' || !settle(again, walk, path, tries, signal)) return signal;
  }
}

function begun(path: string, walk: Walk): StepRow {
  const now = walk.clock.now();
  const row: StepRow = { path: triesPath(path), attempt: 1, kind: 'tries', status: 'started', startedAt: now, finishedAt: now };
  walk.note(row);
  return row;
}

/** What steps gave in an attempt that failed is not there for the next one, as it is not for a walk that begins with that. */
function forgetOthers(steps: Record<string, unknown>, before: ReadonlySet<string>): void {
  for (const id of Object.keys(steps)) if (!before.has(id)) delete steps[id];
}

interface Attempt {
  readonly number: number;
  readonly output: Json;
}

function attempt(step: PlannedStep, { resumable }: Again, walk: BlockWalk, { number, output }: Attempt): Promise<StepSignal> {
  const path = attemptPath(walk.path(step.id), number);
  const parts = number === 1 ? {} : { attempt: { id: step.id, path, resumable } };
  return walk.within({ ...parts, output }, (inner) => {
    const row = inner.row(path);
    return row?.status === 'failed' ? Promise.resolve(failedBefore(step, row, inner)) : once(step, inner);
  });
}

/** Notes how an attempt ended. True: there is another one. */
function settle({ policy }: Again, walk: Walk, path: string, tries: StepRow, signal: StepSignal): boolean {
  if (endsTheRun(signal) || !(signal.kind === 'next' || signal.kind === 'failed')) return false;
  const finishedAt = walk.clock.now();
  const firstStartedAt = tries.firstStartedAt ?? tries.startedAt;
  const startedAt = tries.status === 'retrying' ? (tries.retryAt ?? tries.finishedAt) : tries.startedAt;
  const row = { path: tries.path, attempt: attemptNow(tries), kind: 'tries', startedAt, finishedAt, firstStartedAt };
  if (signal.kind === 'next') {
    walk.note({ ...row, status: 'succeeded' });
    return false;
  }
  const { error } = signal;
  const delay = blockDelay(policy, row.attempt, error, path, () => walk.clock.random());
  if (delay === undefined || finishedAt + delay - firstStartedAt > policy.deadlineMs) {
    walk.note({ ...row, status: 'failed', error });
    return false;
  }
  walk.note({ ...row, status: 'retrying', error, retryAt: finishedAt + delay });
  return true;
}
