import type { Json } from '@millrace/component-sdk';
import { StepError } from '@millrace/component-sdk';
import { resolveTemplate } from '@millrace/flow';
import { execute } from '../execute.js';
import type { PlannedUse } from '../plan.js';
import type { ErrorRecord, StepRow } from '../records.js';
import { retryDelay } from '../retry.js';
import { asStepError, errorRecord, NEXT, type StepSignal, type Walk } from './step.js';

/** A run whose lease expired this often without a new journal row is not tried again. */
export const POISON_CRASHES = 3;

/** Runs a component: reuses its journalled result, else makes the next attempt. */
export async function walkUse(step: PlannedUse, walk: Walk): Promise<StepSignal> {
  const row = walk.row(step.id);
  if (row?.status === 'succeeded') return succeed(step, walk, row.output as Json);
  if (row?.status === 'failed') return { kind: 'failed', error: row.error as ErrorRecord };
  const refused = refusal(step, walk, row);
  if (refused) return fail(step, walk, row?.status === 'started' ? row.attempt : nextAttempt(row), refused);
  if (row?.retryAt !== undefined && row.retryAt > walk.clock.now()) return { kind: 'suspended', resumeAt: row.retryAt };
  return begin(step, walk, nextAttempt(row));
}

function nextAttempt(row: StepRow | undefined): number {
  return (row?.attempt ?? 0) + 1;
}

/** Why a step that a crash interrupted must not be tried again. */
function refusal(step: PlannedUse, walk: Walk, row: StepRow | undefined): StepError | undefined {
  if (row?.status === 'started') {
    return new StepError({
      code: 'crash.in-flight',
      message: `The runner died while ${step.id} was in flight and its onCrash is "stop". Check whether ${step.component} took effect, then re-run from here.`,
      blame: 'operator',
    });
  }
  if (walk.crashes < POISON_CRASHES) return undefined;
  return new StepError({
    code: 'run.poison',
    message: `The runner died ${walk.crashes} times at ${step.id} (${step.component}). The run was set aside so that it takes no more runners down; look at the runner's log before you re-run it.`,
    blame: 'operator',
  });
}

async function begin(step: PlannedUse, walk: Walk, attempt: number): Promise<StepSignal> {
  if (!(await walk.commit())) return { kind: 'lost' };
  if (walk.signal.aborted) return { kind: 'abandoned' };
  if (walk.shouldYield()) return { kind: 'suspended', resumeAt: walk.clock.now() };
  const startedAt = walk.clock.now();
  const resolved = await inputOf(step, walk);
  if ('error' in resolved) return settle(step, walk, { attempt, startedAt, input: {} }, resolved.error);
  const { input } = resolved;
  if (step.stopOnCrash && !(await recordStart(step, walk, attempt, startedAt, input))) return { kind: 'lost' };
  return attemptIt(step, walk, { attempt, startedAt, input });
}

type Tried = Pick<StepRow, 'attempt' | 'startedAt'> & { readonly input: Json };

async function inputOf(step: PlannedUse, walk: Walk): Promise<{ readonly input: Json } | { readonly error: StepError }> {
  try {
    return { input: await resolveTemplate(step.props, walk.scope, walk.environment(step.id)) };
  } catch (thrown) {
    return { error: asStepError(thrown) };
  }
}

/** Only what the component throws is the step's failure; what a port throws breaks the walk off. */
async function attemptIt(step: PlannedUse, walk: Walk, tried: Tried): Promise<StepSignal> {
  if (walk.signal.aborted) return { kind: 'abandoned' };
  try {
    const output = await execute(step, walk, tried.attempt, tried.input);
    if (walk.signal.aborted) return { kind: 'abandoned' };
    walk.note({ ...tried, path: step.id, kind: 'use', status: 'succeeded', finishedAt: walk.clock.now(), output });
    return succeed(step, walk, output);
  } catch (thrown) {
    if (walk.signal.aborted) return { kind: 'abandoned' };
    return settle(step, walk, tried, asStepError(thrown));
  }
}

async function recordStart(step: PlannedUse, walk: Walk, attempt: number, startedAt: number, input: Json): Promise<boolean> {
  walk.note({ path: step.id, attempt, kind: 'use', status: 'started', startedAt, finishedAt: startedAt, input });
  return walk.commit(true);
}

/** After a failed attempt: another one later, or the end of this step. */
function settle(step: PlannedUse, walk: Walk, tried: Tried, error: StepError): StepSignal {
  const finishedAt = walk.clock.now();
  const component = walk.host.component(step.component)?.component;
  const delay = retryDelay(step.retry, tried.attempt, error, component?.idempotent ?? 'no', () => walk.clock.random());
  const row = { ...tried, path: step.id, kind: 'use', finishedAt, error: redacted(errorRecord(error, step.id, tried.attempt), step, walk) };
  if (delay === undefined) {
    walk.note({ ...row, status: 'failed' });
    return { kind: 'failed', error: row.error };
  }
  const retryAt = finishedAt + delay;
  walk.note({ ...row, status: 'retrying', retryAt });
  return { kind: 'suspended', resumeAt: retryAt };
}

/** The other side may have said a secret back to us, and the component may have put that into its error. */
function redacted(error: ErrorRecord, step: PlannedUse, walk: Walk): ErrorRecord {
  return JSON.parse(walk.host.redact(JSON.stringify(error), step.credential)) as ErrorRecord;
}

function fail(step: PlannedUse, walk: Walk, attempt: number, error: StepError): StepSignal {
  const now = walk.clock.now();
  const failed = errorRecord(error, step.id, attempt);
  walk.note({ path: step.id, attempt, kind: 'use', status: 'failed', startedAt: now, finishedAt: now, error: failed });
  return { kind: 'failed', error: failed };
}

function succeed(step: PlannedUse, walk: Walk, output: Json): StepSignal {
  walk.scope.steps[step.id] = output;
  return NEXT;
}
