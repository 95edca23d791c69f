import { isStepError, StepError, type Json } from '@millrace/component-sdk';
import { resolveTemplate } from '@millrace/flow';
import { derivedId } from '../derived-id.js';
import type { PlannedCall } from '../plan.js';
import type { CallOutcome } from '../ports.js';
import type { ErrorRecord, StepRow } from '../records.js';
import { retryDelay } from '../retry.js';
import { bodyFault } from '../triggers/bodies/fit.js';
import { ENDS_THE_RUN, errorRecord, HALTED, NEXT, until, type StepSignal, type Walk } from './step.js';

/**
 * How long a caller sleeps at least before it looks for its answer by itself, in milliseconds: wakes are not the only
 * way. The longer it has waited already, the less often it looks.
 */
const LOOK_EVERY_MS = 60_000;
const LOOK_AT_LEAST_EVERY_MS = 3_600_000;
/** The same while other strands keep the run in memory. */
const ASK_EVERY_MS = 500;

/**
 * Runs another flow as a run of its own. The call is journalled before that run is created under an id derived from this
 * step, so that a crash in between creates one run, not two.
 */
export async function walkCall(step: PlannedCall, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  for (;;) {
    const row = walk.row(path);
    if (row?.status === 'succeeded') return succeed(step, walk, row.output as Json);
    if (row?.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
    const signal = row?.status === 'waiting' ? await goOn(step, walk, row) : await begin(step, walk, path, row);
    if (signal) return signal;
  }
}

/** Notes and commits the call. Undefined: look at the row again. */
async function begin(step: PlannedCall, walk: Walk, path: string, last: StepRow | undefined): Promise<StepSignal | undefined> {
  const due = await until(walk, last?.retryAt ?? 0);
  if (due.kind !== 'next') return due;
  if (walk.isHalted) return HALTED;
  if (walk.shouldYield()) return { kind: 'suspended', resumeAt: walk.clock.now() };
  walk.note(await callOf(step, walk, path, (last?.attempt ?? 0) + 1));
  return (await walk.commit(true)) ? undefined : { kind: 'lost' };
}

/** The call as it is to be made, or why it cannot be. */
async function callOf(step: PlannedCall, walk: Walk, path: string, attempt: number): Promise<StepRow> {
  const startedAt = walk.clock.now();
  const row = { path, attempt, kind: 'call', startedAt, finishedAt: startedAt };
  try {
    if ((walk.run.depth ?? 0) >= walk.limits.depth) throw tooDeep(step, walk);
    const input = await resolveTemplate(step.input, walk.scope, walk.environment(path));
    const fault = bodyFault(input);
    if (fault !== undefined) throw unfit(step, fault);
    const runId = derivedId(walk.run.id, `${path}#${attempt}`, startedAt);
    const resumeAt = step.timeoutMs === undefined ? undefined : startedAt + step.timeoutMs;
    return { ...row, status: 'waiting', input, output: { runId }, resumeAt };
  } catch (thrown) {
    return { ...row, status: 'failed', error: errorRecord(thrown, path, attempt) };
  }
}

/** A call that is refused is the step's failure; a port that fails breaks the walk off. */
async function goOn(step: PlannedCall, walk: Walk, row: StepRow): Promise<StepSignal | undefined> {
  const { runId } = row.output as { runId: string };
  try {
    await walk.calls.begin(walk.run, { runId, path: row.path, flowId: step.flow, input: row.input ?? null, awaited: step.awaits });
  } catch (thrown) {
    if (!isStepError(thrown)) throw thrown;
    return settle(step, walk, row, thrown);
  }
  if (!step.awaits) return end(walk, row, { runId });
  const outcome = await walk.calls.outcome(runId);
  if (outcome?.status === 'succeeded') return end(walk, row, outcome.output ?? null);
  if (outcome) return settle(step, walk, row, failureOf(step, runId, outcome));
  if (row.resumeAt !== undefined && row.resumeAt <= walk.clock.now()) return settle(step, walk, row, tooLate(step, runId));
  return awaitOutcome(walk, row);
}

async function awaitOutcome(walk: Walk, { startedAt, resumeAt = Infinity }: StepRow): Promise<StepSignal | undefined> {
  const now = walk.clock.now();
  const signal = await until(walk, Math.min(resumeAt, now + ASK_EVERY_MS));
  if (signal.kind === 'next') return undefined;
  const pause = Math.min(Math.max(LOOK_EVERY_MS, (now - startedAt) / 4), LOOK_AT_LEAST_EVERY_MS);
  return signal.kind === 'suspended' ? { ...signal, resumeAt: Math.min(resumeAt, Math.round(now + pause)) } : signal;
}

function end(walk: Walk, row: StepRow, output: Json): undefined {
  walk.note({ ...row, status: 'succeeded', finishedAt: walk.clock.now(), output });
}

function settle(step: PlannedCall, walk: Walk, row: StepRow, error: StepError): undefined {
  const finishedAt = walk.clock.now();
  const failed = { ...row, finishedAt, error: errorRecord(error, row.path, row.attempt) };
  const delay = walk.run.test ? undefined : retryDelay(step.retry, row.attempt, error, 'yes', () => walk.clock.random());
  walk.note(delay === undefined ? { ...failed, status: 'failed' } : { ...failed, status: 'retrying', retryAt: finishedAt + delay });
}

function failureOf(step: PlannedCall, runId: string, { status, error }: CallOutcome): StepError {
  const reason = error?.message ?? `its run ended ${status}`;
  const message = `The flow ${step.flow} that ${step.id} called did not succeed: ${reason}`;
  const code = error?.code ?? `call.${status}`;
  // What ended that run for good may not end this one too: its author can catch it.
  if (!ENDS_THE_RUN.has(code))
    return new StepError({ code, message, blame: error?.blame, details: { runId }, retryable: true, retryAfterMs: error?.retryAfterMs });
  return new StepError({ code: 'call.failed', message, blame: error?.blame, details: { runId, code }, retryable: true });
}

function tooLate({ id, flow, timeoutMs }: PlannedCall, runId: string): StepError {
  const message = `The flow ${flow} that ${id} called has not ended within ${(timeoutMs ?? 0) / 1000} s; its run goes on by itself.`;
  return new StepError({ code: 'timeout', message, blame: 'remote', details: { runId }, retryable: true });
}

function unfit({ id, flow }: PlannedCall, fault: string): StepError {
  return new StepError({ code: 'call.invalid-input', message: `${id} cannot call ${flow}: its input ${fault}.`, blame: 'author' });
}

function tooDeep({ id, flow }: PlannedCall, { limits }: Walk): StepError {
  const message = `${id} cannot call ${flow}: ${limits.depth} calls stand above this run already. Look for flows that call each other.`;
  return new StepError({ code: 'call.too-deep', message, blame: 'author' });
}

function succeed(step: PlannedCall, walk: Walk, output: Json): StepSignal {
  walk.scope.steps[step.id] = output;
  return NEXT;
}
