import { evaluateCondition } from '@millrace/flow';
import { stepEnvironment, type StepEnvironment } from './determinism.js';
import type { Plan, PlannedStep } from './plan.js';
import type { Clock, Host, Journal } from './ports.js';
import type { ClaimedRun, ErrorRecord, RunResult, RunScope, StepRow, TriggerView } from './records.js';
import { walkStep } from './steps/index.js';
import { errorRecord, NEXT, type StepSignal, type Walk } from './steps/step.js';

/** Everything one slice of a run needs: its plan, what the trigger gave, and what is journalled so far. */
export interface Slice {
  readonly run: ClaimedRun;
  readonly plan: Plan;
  readonly trigger: TriggerView;
  readonly journal: readonly StepRow[];
  /** Its signal aborts when the run must be given up at once, because its lease is lost or the process is out of time. */
  readonly giveUp: { readonly signal: AbortSignal };
  /** True when the run should be handed over at the next step boundary. */
  shouldYield(): boolean;
}

export interface WalkPorts {
  readonly journal: Journal;
  readonly host: Host;
  readonly clock: Clock;
}

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
export function walk(slice: Slice, ports: WalkPorts): Promise<SliceOutcome> {
  return new Walker(slice, ports).walk();
}

class Walker implements Walk {
  readonly scope: RunScope;
  readonly run: ClaimedRun;
  readonly host: Host;
  readonly clock: Clock;
  crashes: number;
  private readonly rows: Map<string, StepRow>;
  private pending: StepRow[] = [];
  /** When the last component step finished, by the journal: what `$now()` says, and unlike the clock the same on every walk. */
  private lastFinished: number;

  constructor(
    private readonly slice: Slice,
    private readonly ports: WalkPorts,
  ) {
    this.run = slice.run;
    this.crashes = slice.run.crashes;
    this.host = ports.host;
    this.clock = ports.clock;
    this.rows = new Map(slice.journal.map((row) => [row.path, row]));
    this.lastFinished = slice.journal.reduce(latestFinish, slice.run.startedAt);
    this.scope = {
      trigger: slice.trigger,
      steps: Object.create(null) as Record<string, unknown>,
      run: { id: slice.run.id, startedAt: new Date(slice.run.startedAt).toISOString() },
      flow: { id: slice.plan.flowId },
    };
  }

  async walk(): Promise<SliceOutcome> {
    const filtered = await this.filtered();
    if (filtered) return this.finish(filtered);
    const signal = await this.list(this.slice.plan.steps);
    return signal.kind === 'failed' ? this.afterFailure(signal.error) : this.settle(signal, { status: 'succeeded' });
  }

  /** Asked for by component steps only: signals are made when they are first needed. */
  get signal(): AbortSignal {
    return this.slice.giveUp.signal;
  }

  row(path: string): StepRow | undefined {
    return this.rows.get(path);
  }

  note(row: StepRow): void {
    this.pending.push(row);
    this.rows.set(row.path, row);
    if (row.kind === 'use') this.crashes = 0;
    this.lastFinished = latestFinish(this.lastFinished, row);
  }

  environment(path: string): StepEnvironment {
    return stepEnvironment(this.run.id, path, this.lastFinished);
  }

  shouldYield(): boolean {
    return this.slice.shouldYield();
  }

  async commit(force = false): Promise<boolean> {
    if (!force && !this.pending.some((row) => row.kind === 'use')) return true;
    const rows = this.takePending();
    return this.ports.journal.record(this.run, rows);
  }

  async list(steps: readonly PlannedStep[]): Promise<StepSignal> {
    for (const step of steps) {
      const signal = await this.step(step);
      if (signal.kind !== 'next') return signal;
    }
    return NEXT;
  }

  private async step(step: PlannedStep): Promise<StepSignal> {
    const signal = (await this.skipped(step)) ?? (await walkStep(step, this));
    if (signal.kind !== 'failed' || !step.continueOnError || ENDS_THE_RUN.has(signal.error.code)) return signal;
    this.scope.steps[step.id] = { error: signal.error };
    return NEXT;
  }

  /** A step whose `when` does not hold is journalled as skipped, so that re-walking skips it again. */
  private async skipped(step: PlannedStep): Promise<StepSignal | undefined> {
    const row = this.row(step.id);
    if (row?.status === 'skipped') return NEXT;
    if (row || !step.when) return undefined;
    const now = this.clock.now();
    const decided = { path: step.id, attempt: 1, kind: step.kind === 'use' ? 'when' : step.kind, startedAt: now, finishedAt: now };
    try {
      if (await evaluateCondition(step.when, this.scope, this.environment(step.id), 'when')) return undefined;
      this.note({ ...decided, status: 'skipped' });
      return NEXT;
    } catch (thrown) {
      const error = errorRecord(thrown, step.id, 1);
      this.note({ ...decided, status: 'failed', error });
      return { kind: 'failed', error };
    }
  }

  private async filtered(): Promise<RunResult | undefined> {
    const { when } = this.slice.plan;
    if (!when || this.slice.journal.length > 0) return undefined;
    try {
      return (await evaluateCondition(when, this.scope, this.environment('trigger'), 'when')) ? undefined : { status: 'filtered' };
    } catch (thrown) {
      return { status: 'failed', error: errorRecord(thrown, 'trigger', 1) };
    }
  }

  private async afterFailure(error: ErrorRecord): Promise<SliceOutcome> {
    this.scope.error = error;
    const signal = await this.list(this.slice.plan.onError);
    const reported = signal.kind === 'failed' ? withFailedHandler(error, signal.error) : error;
    return this.settle(signal.kind === 'failed' ? NEXT : signal, { status: 'failed', error: reported });
  }

  private async settle(signal: StepSignal, atEnd: RunResult): Promise<SliceOutcome> {
    switch (signal.kind) {
      case 'suspended': {
        const kept = await this.ports.journal.suspend(this.run, this.takePending(), signal.resumeAt);
        return kept ? signal : { kind: 'lost' };
      }
      case 'lost':
      case 'abandoned':
        return signal;
      case 'stopped':
        return this.finish(atEnd.status === 'failed' ? atEnd : signal.result);
      default:
        return this.finish(atEnd);
    }
  }

  private async finish(result: RunResult): Promise<SliceOutcome> {
    const kept = await this.ports.journal.finish(this.run, this.takePending(), result);
    return kept ? { kind: 'ended', result } : { kind: 'lost' };
  }

  private takePending(): StepRow[] {
    const rows = this.pending;
    this.pending = [];
    return rows;
  }
}

/** Failures that `onError: "continue"` does not pass over: the author's own stop, and what only a person can judge. */
const ENDS_THE_RUN: ReadonlySet<string> = new Set(['flow.stopped', 'run.poison', 'crash.in-flight']);

function latestFinish(latest: number, row: StepRow): number {
  return row.kind === 'use' && row.status === 'succeeded' ? Math.max(latest, row.finishedAt) : latest;
}

/** A failing error handler must not hide what it was called for. */
function withFailedHandler(error: ErrorRecord, handler: ErrorRecord): ErrorRecord {
  return { ...error, details: { ...error.details, onError: { code: handler.code, message: handler.message, step: handler.step } } };
}
