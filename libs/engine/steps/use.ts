import type { Idempotency, Json } from '@millrace/component-sdk';
import { StepError } from '@millrace/component-sdk';
import { resolveTemplate } from '@millrace/flow';
import { execute } from '../execute.js';
import type { PlannedUse } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import { isUnsafeToRepeat, retryDelay } from '../retry.js';
import { admission } from './allowance.js';
import { asStepError, errorRecord, HALTED, NEXT, until, type StepSignal, type Walk } from './step.js';

/** A step in flight at this many deaths of its runner in a row is not tried again. */
export const POISON_CRASHES = 3;

/** Runs a component: reuses its journalled result, else makes attempts until one of them ends it or the run must wait. */
export async function walkUse(step: PlannedUse, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  for (;;) {
    const row = walk.row(path);
    const settled = row && settledBy(row, step, walk);
    if (settled) return settled;
    const due = await until(walk, row?.retryAt ?? row?.resumeAt ?? 0);
    if (due.kind !== 'next') return due;
    const signal = await begin(step, walk, path, row);
    if (signal.kind !== 'suspended' || walk.row(path) === row) return signal;
  }
}

/** What a row says without another attempt. */
function settledBy(row: StepRow, step: PlannedUse, walk: Walk): StepSignal | undefined {
  if (row.status === 'succeeded') return succeed(step, walk, row.output as Json);
  if (row.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  const refused = row.status === 'started' ? refusal(step, walk, row) : undefined;
  return refused && fail(walk, row.path, row.attempt, refused);
}

/** An attempt that a crash interrupted is made again under its own number; one that waits for a rate has not begun. */
function attemptAfter(row: StepRow | undefined): number {
  return row?.status === 'started' || row?.status === 'waiting' ? row.attempt : (row?.attempt ?? 0) + 1;
}

/** Why a step that a crash interrupted must not be tried again. */
function refusal(step: PlannedUse, walk: Walk, row: StepRow): StepError | undefined {
  if (step.stopOnCrash || walk.run.test) return inFlight(step, walk, row.path);
  if (walk.run.crashes === 0 || (row.deaths ?? 0) + 1 < POISON_CRASHES) return undefined;
  return new StepError({
    code: 'run.poison',
    message: `The runner died ${POISON_CRASHES} times at ${row.path} (${step.component}). The run was set aside so that it takes no more runners down; look at the runner's log before you re-run it.`,
    blame: 'operator',
  });
}

function inFlight({ component }: PlannedUse, { run }: Walk, path: string): StepError {
  const why = run.test ? 'a test repeats nothing' : 'its onCrash is "stop"';
  const next = run.test ? 'test it again' : 're-run from here';
  const message = `The runner died while ${path} was in flight and ${why}. Check whether ${component} took effect, then ${next}.`;
  return new StepError({ code: 'crash.in-flight', message, blame: 'operator' });
}

async function begin(step: PlannedUse, walk: Walk, path: string, last: StepRow | undefined): Promise<StepSignal> {
  if (!(await walk.commit())) return { kind: 'lost' };
  if (walk.signal.aborted) return { kind: 'abandoned' };
  if (walk.isHalted) return HALTED;
  if (walk.shouldYield()) return { kind: 'suspended', resumeAt: walk.clock.now() };
  const attempt = attemptAfter(last);
  const waiting = { path, attempt, startedAt: walk.clock.now(), input: {} };
  const resolved = await inputOf(step, walk, path);
  if ('error' in resolved) return settle(step, walk, waiting, resolved.error, last);
  const admitted = await admission(step, walk, last);
  if (admitted.kind === 'later') return wait(step, walk, waiting, admitted.waitUntil, last);
  if (admitted.kind !== 'admitted') return admitted;
  const tried = { path, attempt, startedAt: walk.clock.now(), input: resolved.input };
  if (needsStartMark(step, walk, last) && !(await recordStart(walk, tried, last))) return { kind: 'lost' };
  return attemptIt(step, walk, tried, last);
}

/**
 * A run that was in a process that died is under suspicion: from then on the journal says which step is in flight, so
 * that only a step that was under way each time is called poison, and not a run that merely stood by.
 */
function needsStartMark(step: PlannedUse, walk: Walk, last: StepRow | undefined): boolean {
  return step.stopOnCrash || walk.run.test === true || walk.crashes > 0 || last?.status === 'started' || (last?.deaths ?? 0) > 0;
}

type Tried = Pick<StepRow, 'path' | 'attempt' | 'startedAt'> & { readonly input: Json };

async function inputOf(step: PlannedUse, walk: Walk, path: string): Promise<{ readonly input: Json } | { readonly error: StepError }> {
  try {
    return { input: await resolveTemplate(step.props, walk.scope, walk.environment(path)) };
  } catch (thrown) {
    return { error: asStepError(thrown) };
  }
}

/** The run gives its slot up until there may be room in the rate of the credential. What is known of earlier attempts is kept. */
function wait(step: PlannedUse, walk: Walk, tried: Tried, resumeAt: number, last: StepRow | undefined): StepSignal {
  const deaths = deathsOf(walk, last);
  const { path, attempt, startedAt } = tried;
  const began = last?.status === 'waiting' ? last.startedAt : startedAt;
  const row = { path, attempt, kind: 'use', startedAt: began, finishedAt: startedAt, resumeAt, rateOf: step.credential } as const;
  walk.note({ ...row, status: 'waiting', firstStartedAt: last?.firstStartedAt, ...(deaths > 0 && { deaths }) });
  return { kind: 'suspended', resumeAt };
}

/** Only what the component throws is the step's failure; what a port throws breaks the walk off. */
async function attemptIt(step: PlannedUse, walk: Walk, tried: Tried, last: StepRow | undefined): Promise<StepSignal> {
  if (walk.signal.aborted) return { kind: 'abandoned' };
  try {
    const output = await execute(step, walk, { ...tried, input: copyOf(tried.input) });
    if (walk.signal.aborted) return { kind: 'abandoned' };
    walk.note({ ...tried, kind: 'use', status: 'succeeded', finishedAt: walk.clock.now(), output });
    return succeed(step, walk, output);
  } catch (thrown) {
    if (walk.signal.aborted) return { kind: 'abandoned' };
    return settle(step, walk, tried, asStepError(thrown), last);
  }
}

/**
 * Props share structure with what other steps gave, with the trigger's body and with the plan; a component gets a copy,
 * so that one which changes its props changes nothing that the journal or another step says.
 */
function copyOf(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

async function recordStart(walk: Walk, tried: Tried, last: StepRow | undefined): Promise<boolean> {
  walk.note({ ...tried, kind: 'use', status: 'started', finishedAt: tried.startedAt, deaths: deathsOf(walk, last) });
  return walk.commit(true);
}

/**
 * The first death under suspicion was not marked: where nothing else was going on it was this step's. Among strands it
 * may have been another one's, and does not count.
 */
function deathsOf(walk: Walk, last: StepRow | undefined): number {
  if (walk.run.crashes === 0) return last?.deaths ?? 0;
  return last?.status === 'started' ? (last.deaths ?? 0) + 1 : Math.max(last?.deaths ?? 0, Number(walk.isAlone));
}

/** After a failed attempt: another one later, or the end of this step. */
function settle(step: PlannedUse, walk: Walk, tried: Tried, error: StepError, last: StepRow | undefined): StepSignal {
  const finishedAt = walk.clock.now();
  const firstStartedAt = last?.firstStartedAt ?? tried.startedAt;
  const delay = delayAfter(step, walk, tried, error, finishedAt - firstStartedAt);
  const unsafe = !walk.run.test && isUnsafeToRepeat(step.retry, tried.attempt, error, idempotencyOf(step, walk));
  const record = redacted({ ...errorRecord(error, tried.path, tried.attempt), ...(unsafe && { unsafeToRepeat: true }) }, step, walk);
  const row = { ...tried, kind: 'use', finishedAt, error: record };
  if (delay === undefined) {
    walk.note({ ...row, status: 'failed' });
    return { kind: 'failed', error: record };
  }
  const retryAt = finishedAt + delay;
  walk.note({ ...row, status: 'retrying', retryAt, firstStartedAt });
  return { kind: 'suspended', resumeAt: retryAt };
}

/** Undefined: the failure is final. */
function delayAfter(step: PlannedUse, walk: Walk, { attempt }: Tried, error: StepError, elapsedMs: number): number | undefined {
  if (walk.run.test) return undefined;
  const delay = retryDelay(step.retry, attempt, error, idempotencyOf(step, walk), () => walk.clock.random());
  return delay !== undefined && elapsedMs + delay <= step.retry.deadlineMs ? delay : undefined;
}

function idempotencyOf(step: PlannedUse, walk: Walk): Idempotency {
  return walk.host.component(step.component)?.component.idempotent ?? 'no';
}

/** The other side may have said a secret back to us, and the component may have put that into its error. */
function redacted(error: ErrorRecord, step: PlannedUse, walk: Walk): ErrorRecord {
  return JSON.parse(walk.host.redact(JSON.stringify(error), step.credential)) as ErrorRecord;
}

function fail(walk: Walk, path: string, attempt: number, error: StepError): StepSignal {
  const now = walk.clock.now();
  const failed = errorRecord(error, path, attempt);
  walk.note({ path, attempt, kind: 'use', status: 'failed', startedAt: now, finishedAt: now, error: failed });
  return { kind: 'failed', error: failed };
}

function succeed(step: PlannedUse, walk: Walk, output: Json): StepSignal {
  walk.scope.steps[step.id] = output;
  return NEXT;
}
