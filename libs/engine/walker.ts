import type { Json } from '@millrace/component-sdk';
import { evaluateCondition } from '@millrace/flow';
import { stepEnvironment, type StepEnvironment } from './determinism.js';
import { tooMuch, type Limits } from './limits.js';
import type { PlannedStep } from './plan.js';
import type { Calls, Clock, Host, Journal, Resumptions } from './ports.js';
import type { Progress } from './progress.js';
import type { ClaimedRun, ErrorRecord, RunScope, StepRow } from './records.js';
import { walkStep } from './steps/index.js';
import { ENDS_THE_RUN, errorRecord, NEXT, type InnerWalk, type StepSignal, type Walk } from './steps/step.js';
import type { Strands } from './strands.js';
import { Halt } from './strands.js';

/** What all strands of a slice share. */
export interface Shared {
  readonly run: ClaimedRun;
  readonly host: Host;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  readonly limits: Limits;
  readonly progress: Progress;
  readonly strands: Strands;
  readonly giveUp: { readonly signal: AbortSignal };
  shouldYield(): boolean;
  /** Falls to 0 as soon as a component step is journalled. */
  crashes: number;
  /** Steps that were journalled, to hold against the limit. */
  steps: number;
  /** What a `respond` step gave. */
  response: { readonly body: Json } | undefined;
}

/** Where a walker stands: what its expressions see, what stands before its step ids, who may stop it. */
interface Place {
  readonly scope: RunScope;
  readonly prefix: string;
  readonly halt: Halt | undefined;
  /** Rows below an item of a loop, to be dropped with its end. */
  readonly trail: StepRow[] | undefined;
  readonly now: number;
}

/** Walks lists of steps in one scope. Branches and items get walkers of their own, which share the run's progress. */
export class Walker implements Walk {
  output: Json = null;
  /** When the last component step of this strand finished, by the journal: what `$now()` says, the same on every walk. */
  private now: number;

  constructor(
    private readonly shared: Shared,
    private readonly place: Place,
  ) {
    this.now = place.now;
  }

  get run(): ClaimedRun {
    return this.shared.run;
  }

  get scope(): RunScope {
    return this.place.scope;
  }

  get host(): Host {
    return this.shared.host;
  }

  get clock(): Clock {
    return this.shared.clock;
  }

  get calls(): Calls {
    return this.shared.calls;
  }

  get resumptions(): Resumptions {
    return this.shared.resumptions;
  }

  get crashes(): number {
    return this.shared.crashes;
  }

  /** Asked for by component steps only: signals are made when they are first needed. */
  get signal(): AbortSignal {
    return this.shared.giveUp.signal;
  }

  get limits(): Limits {
    return this.shared.limits;
  }

  path(id: string): string {
    return this.place.prefix + id;
  }

  row(path: string): StepRow | undefined {
    const row = this.shared.progress.row(path);
    if (row) this.passed(row);
    return row;
  }

  note(row: StepRow): void {
    this.shared.progress.note(row);
    this.shared.steps += 1;
    if (row.kind === 'use' && row.status !== 'started') this.shared.crashes = 0;
    this.passed(row);
  }

  environment(path: string): StepEnvironment {
    return stepEnvironment(this.run.id, path, this.now);
  }

  shouldYield(): boolean {
    return this.shared.shouldYield();
  }

  commit(force = false): Promise<boolean> {
    return this.shared.progress.commit(force);
  }

  /** What a strand waits for in memory is written down first; a run that suspends writes it with that. */
  async park(time: number): Promise<boolean> {
    const { strands } = this.shared;
    if (!strands.isAlone) await this.commit(true);
    return strands.park(time, this.place.halt);
  }

  items(path: string): Promise<StepRow[]> {
    return this.shared.journal.items(this.run, path);
  }

  async list(steps: readonly PlannedStep[]): Promise<StepSignal> {
    for (const step of steps) {
      if (this.place.halt?.isSet) return { kind: 'halted' };
      const signal = await this.step(step);
      if (signal.kind !== 'next') return signal;
    }
    return NEXT;
  }

  inner(parts: InnerWalk): Walker {
    const { scope, prefix, halt, trail } = this.place;
    return new Walker(this.shared, {
      scope: { ...scope, steps: copyOf(scope.steps), ...parts.scope },
      prefix: parts.prefix ?? prefix,
      halt: parts.halt ?? halt,
      trail: parts.trail ?? trail,
      now: this.now,
    });
  }

  /** With another `error`; what its steps give stays visible behind it. */
  handling(error: ErrorRecord): Walker {
    return new Walker(this.shared, { ...this.place, scope: { ...this.scope, error }, now: this.now });
  }

  halting(): Halt {
    return new Halt(this.place.halt);
  }

  joined(inner: Walk): void {
    this.now = Math.max(this.now, (inner as Walker).now);
  }

  /** The trail of an item ends in its own row, which stands in the trail around it. */
  drop(rows: readonly StepRow[]): void {
    this.shared.progress.drop(rows);
  }

  async sideBySide(walks: readonly (() => Promise<StepSignal>)[]): Promise<StepSignal[]> {
    if (walks.length === 0) return [];
    const { strands } = this.shared;
    strands.fork(walks.length);
    let left = walks.length;
    return Promise.all(
      walks.map(async (walk) => {
        const signal = await walk();
        left -= 1;
        if (left > 0) strands.leave();
        return signal;
      }),
    );
  }

  halt(halt: Halt): void {
    this.shared.strands.halt(halt);
  }

  private async step(step: PlannedStep): Promise<StepSignal> {
    const excess = tooMuch(this.shared, step);
    const signal = (excess && ({ kind: 'failed', error: excess } as const)) ?? (await this.skipped(step)) ?? (await walkStep(step, this));
    if (signal.kind === 'next' && Object.hasOwn(this.scope.steps, step.id)) this.output = this.scope.steps[step.id] as Json;
    if (signal.kind !== 'failed' || !step.continueOnError || ENDS_THE_RUN.has(signal.error.code)) return signal;
    this.scope.steps[step.id] = { error: signal.error };
    return NEXT;
  }

  /** A step whose `when` does not hold is journalled as skipped, so that re-walking skips it again. */
  private async skipped(step: PlannedStep): Promise<StepSignal | undefined> {
    const path = this.path(step.id);
    const row = this.row(path);
    if (row?.status === 'skipped') return NEXT;
    if (row || !step.when) return undefined;
    const now = this.clock.now();
    const decided = { path, attempt: 1, kind: step.kind === 'use' ? 'when' : step.kind, startedAt: now, finishedAt: now };
    try {
      if (await evaluateCondition(step.when, this.scope, this.environment(path), 'when')) return undefined;
      this.note({ ...decided, status: 'skipped' });
      return NEXT;
    } catch (thrown) {
      const error = errorRecord(thrown, path, 1);
      this.note({ ...decided, status: 'failed', error });
      return { kind: 'failed', error };
    }
  }

  pass(rows: readonly StepRow[]): void {
    this.place.trail?.push(...rows);
  }

  responded(body: Json): void {
    this.shared.response = { body };
  }

  private passed(row: StepRow): void {
    this.place.trail?.push(row);
    if (row.status === 'succeeded' && SETS_THE_TIME.has(row.kind)) this.now = Math.max(this.now, row.finishedAt);
  }
}

const SETS_THE_TIME: ReadonlySet<string> = new Set(['use', 'call', 'wait', 'item']);

/** Flat, own properties only: expressions see nothing inherited. */
function copyOf(steps: RunScope['steps']): RunScope['steps'] {
  return Object.assign(Object.create(null) as Record<string, unknown>, steps);
}
