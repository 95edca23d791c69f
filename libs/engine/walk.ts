import { evaluateCondition } from '@millrace/flow';
import { graceOf } from './limits.js';
import type { ErrorRecord, RunResult, RunScope } from './records.js';
import { errorRecord, NEXT, type StepSignal } from './steps/step.js';
import { mentioning } from './steps/try.js';
import { sharedBy, type Shared, type Slice, type WalkPorts } from './shared.js';
import { Walker } from './walker.js';

export type { Slice, WalkPorts } from './shared.js';

/**
 * How a slice ended. `lost`: the claim is no longer ours, and nothing was changed. `abandoned`: the signal aborted;
 * the run goes on elsewhere once its lease is gone.
 */
export type SliceOutcome =
  | { readonly kind: 'ended'; readonly result: RunResult }
  | { readonly kind: 'suspended'; readonly resumeAt: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'abandoned' };

/**
 * Walks a run from its journal until it ends or must wait. Journalled steps are not executed again; each newly
 * completed component step is committed before the next one begins; decisions ride along with the next commit.
 * Rejects only when a port does, and then the run is as it was at its last commit.
 */
export async function walk(slice: Slice, ports: WalkPorts): Promise<SliceOutcome> {
  const shared = sharedBy(slice, ports);
  const walker = new Walker(shared, { ...AT_THE_ROOT, scope: scopeOf(slice, ports), now: slice.run.startedAt });
  const filtered = await filteredOut(slice, walker);
  if (filtered) return finish(filtered, shared);
  const signal = await walker.list(slice.plan.steps);
  if (signal.kind === 'failed') return afterFailure(slice, walker, shared, signal.error);
  return settle(signal.kind === 'stopped' ? stopped(signal, walker, shared) : signal, shared, succeeded(walker, shared));
}

/** Who awaits a run gets what it gave, also where it stopped before its last step. */
function stopped({ result }: Extract<StepSignal, { kind: 'stopped' }>, walker: Walker, shared: Shared): StepSignal {
  return { kind: 'stopped', result: result.status === 'succeeded' ? succeeded(walker, shared) : result };
}

const AT_THE_ROOT = { prefix: '', halt: undefined, deadline: undefined, trail: undefined } as const;

function scopeOf({ run, plan, trigger }: Slice, { resumptions }: WalkPorts): RunScope {
  const resume = plan.resumable.map((id) => [id, { url: resumptions.url(run.id, id) }]);
  return {
    trigger,
    steps: Object.create(null) as Record<string, unknown>,
    run: { id: run.id, startedAt: new Date(run.startedAt).toISOString() },
    flow: { id: plan.flowId },
    ...(resume.length > 0 && { resume: Object.fromEntries(resume) as RunScope['resume'] }),
  };
}

/** A condition of the trigger that could not be decided on the accept path is decided before the first step. */
async function filteredOut({ plan: { when }, journal }: Slice, walker: Walker): Promise<RunResult | undefined> {
  if (!when || journal.some(({ kind }) => kind !== 'recorded')) return undefined;
  try {
    return (await evaluateCondition(when, walker.scope, walker.environment('trigger'), 'when')) ? undefined : { status: 'filtered' };
  } catch (thrown) {
    return { status: 'failed', error: errorRecord(thrown, 'trigger', 1) };
  }
}

async function afterFailure({ plan }: Slice, walker: Walker, shared: Shared, error: ErrorRecord): Promise<SliceOutcome> {
  shared.limits = graceOf(shared.limits, shared.steps);
  const signal = await walker.handle(error, plan.onError);
  const reported = signal.kind === 'failed' ? mentioning(error, 'onError', signal.error) : error;
  return settle(HAS_ENDED.has(signal.kind) ? NEXT : signal, shared, { status: 'failed', error: reported });
}

const HAS_ENDED: ReadonlySet<StepSignal['kind']> = new Set(['failed', 'stopped']);

function succeeded(walker: Walker, { run, response }: Shared): RunResult {
  return run.awaited ? { status: 'succeeded', output: response ? (response.body ?? null) : walker.output } : { status: 'succeeded' };
}

async function settle(signal: StepSignal, shared: Shared, atEnd: RunResult): Promise<SliceOutcome> {
  switch (signal.kind) {
    case 'suspended':
      return (await shared.progress.suspend(signal.resumeAt)) ? signal : { kind: 'lost' };
    case 'lost':
    case 'abandoned':
      return signal;
    case 'stopped':
      return finish(signal.result, shared);
    default:
      return finish(atEnd, shared);
  }
}

async function finish(end: RunResult, { progress, run, response }: Shared): Promise<SliceOutcome> {
  const result = run.awaited && response ? { ...end, response } : end;
  return (await progress.finish(result)) ? { kind: 'ended', result } : { kind: 'lost' };
}
