import type { Json } from '@millrace/component-sdk';
import { evaluateCondition, type CompiledExpression } from '@millrace/flow';
import { stepEnvironment, type StepEnvironment } from './determinism.js';
import { tooMuch, type Limits } from './limits.js';
import type { PlannedStep } from './plan.js';
import type { Calls, Clock, Host, Journal, Resumptions } from './ports.js';
import type { Progress } from './progress.js';
import { bytesOf } from './size.js';
import type { ClaimedRun, ErrorRecord, FlowResponse, RunScope, StepRow } from './records.js';
import { walkStep } from './steps/index.js';
import { ENDS_THE_RUN, errorRecord, HALTED, NEXT, type InnerWalk, type StepSignal, type Walk } from './steps/step.js';
import { Halt, type Strands } from './strands.js';
import type { Trail } from './trail.js';

/** What all strands of a slice share. */
export interface Shared {
  readonly run: ClaimedRun;
  readonly host: Host;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  limits: Limits;
  readonly progress: Progress;
  readonly strands: Strands;
  readonly giveUp: { readonly signal: AbortSignal };
  shouldYield(): boolean;
  readonly noted: ((row: StepRow) => void) | undefined;
  /** Falls to 0 as soon as a component step is journalled. */
  crashes: number;
  /** Steps that were journalled, to hold against the limit. */
  steps: number;
  /** What they were given and gave, the same way. */
  bytes: number;
  /** What a `respond` step gave. */
  response: FlowResponse | undefined;
}

/** Where a walker stands: what its expressions see, what stands before its step ids, who may stop it. */
interface Place {
  readonly scope: RunScope;
  readonly prefix: string;
  readonly halt: Halt | undefined;
  /** Of the item of a loop that this is in. */
  readonly trail: Trail | undefined;
  readonly now: number;
}

/** Walks lists of steps in one scope. Branches and items get walkers of their own, which share the run's progress. */
export class Walker implements Walk {
  output: Json = null;
  now: number;
  touched = 0;

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

  get isAlone(): boolean {
    return this.shared.strands.isAlone;
  }

  get isHalted(): boolean {
    return this.place.halt?.isSet ?? false;
  }

  get isLoaded(): boolean {
    return this.shared.progress.isLarge;
  }

  get hasResponded(): boolean {
    return this.shared.response !== undefined;
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
    const bytes = bytesOf(row);
    this.shared.progress.note(row);
    this.shared.noted?.(row);
    this.place.trail?.add(row, bytes);
    if (row.kind !== 'cursor') {
      this.shared.steps += 1;
      this.shared.bytes += bytes;
    }
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
  async park(time: number): Promise<StepSignal> {
    const { strands } = this.shared;
    if (!strands.isAlone && !(await this.commit(true))) return { kind: 'lost' };
    const woken = await strands.park(time, this.place.halt);
    if (woken === 'halted') return HALTED;
    return woken === 'due' ? NEXT : { kind: 'suspended', resumeAt: time };
  }

  items(path: string): Promise<StepRow[]> {
    return this.shared.journal.items(this.run, path);
  }

  async list(steps: readonly PlannedStep[]): Promise<StepSignal> {
    for (const step of steps) {
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
      now: parts.now ?? this.now,
    });
  }

  /** What the steps give stays visible behind them, and is the output here. */
  async handle(error: ErrorRecord, steps: readonly PlannedStep[]): Promise<StepSignal> {
    const handler = new Walker(this.shared, { ...this.place, scope: { ...this.scope, error }, now: this.now });
    handler.output = this.output;
    const signal = await handler.list(steps);
    this.output = handler.output;
    return this.wentOn(handler, signal);
  }

  async shielded(steps: readonly PlannedStep[]): Promise<StepSignal> {
    const shielded = new Walker(this.shared, { ...this.place, halt: undefined, now: this.now });
    return this.wentOn(shielded, await shielded.list(steps));
  }

  halting(): Halt {
    return new Halt(this.place.halt);
  }

  joined(inner: Walk): void {
    this.touched += inner.touched;
  }

  trail(prefix: string): Trail | undefined {
    return this.shared.progress.trail(prefix);
  }

  leaveBehind(trail: Trail): void {
    this.place.trail?.takeOver(trail);
  }

  drop(trail: Trail): void {
    this.shared.progress.drop(trail.keys);
    this.place.trail?.count(trail);
  }

  async sideBySide(walks: readonly (() => Promise<StepSignal>)[], ended?: (signal: StepSignal) => void): Promise<StepSignal[]> {
    if (walks.length === 0) return [];
    const { strands } = this.shared;
    strands.fork(walks.length);
    let left = walks.length;
    const strand = async (walk: () => Promise<StepSignal>): Promise<StepSignal> => {
      try {
        const signal = await walk();
        ended?.(signal);
        return signal;
      } catch (reason) {
        this.breakOff(reason);
        throw reason;
      } finally {
        left -= 1;
        if (left > 0) strands.leave();
      }
    };
    return allOf(await Promise.allSettled(walks.map(strand)));
  }

  halt(halt: Halt): void {
    this.shared.strands.halt(halt);
  }

  private async step(step: PlannedStep): Promise<StepSignal> {
    const signal = (await this.before(step)) ?? (await walkStep(step, this));
    if (signal.kind === 'next' && Object.hasOwn(this.scope.steps, step.id)) this.output = this.scope.steps[step.id] as Json;
    if (signal.kind !== 'failed' || !step.continueOnError || ENDS_THE_RUN.has(signal.error.code)) return signal;
    this.output = { error: signal.error } as unknown as Json;
    this.scope.steps[step.id] = this.output;
    return NEXT;
  }

  /** What is decided of a step without walking it: how it ended before, or that it must not begin. */
  private async before(step: PlannedStep): Promise<StepSignal | undefined> {
    const path = this.path(step.id);
    const row = this.row(path);
    if (row)
      return row.status === 'failed' ? { kind: 'failed', error: row.error as ErrorRecord } : row.status === 'skipped' ? NEXT : undefined;
    // Some kinds have no row of their own before their end: whether they had begun shows inside.
    if (ROWLESS.has(step.kind) && !step.when) return undefined;
    if (this.isHalted) return HALTED;
    const excess = tooMuch(this.shared, path);
    if (excess) return this.refuse(step, path, excess);
    return step.when && this.condition(step, step.when, path);
  }

  /** A step whose `when` does not hold is journalled as skipped, so that re-walking skips it again. */
  private async condition(step: PlannedStep, when: CompiledExpression, path: string): Promise<StepSignal | undefined> {
    try {
      const holds = await evaluateCondition(when, this.scope, this.environment(path), 'when');
      if (!holds) this.note(this.ownRow(step, path, 'skipped'));
      else if (ROWLESS.has(step.kind)) this.note(this.ownRow(step, path, 'started'));
      return holds ? undefined : NEXT;
    } catch (thrown) {
      return this.refuse(step, path, errorRecord(thrown, path, 1));
    }
  }

  private refuse(step: PlannedStep, path: string, error: ErrorRecord): StepSignal {
    this.note({ ...this.ownRow(step, path, 'failed'), error });
    return { kind: 'failed', error };
  }

  private ownRow({ kind }: PlannedStep, path: string, status: StepRow['status']): StepRow {
    const now = this.clock.now();
    return { path, attempt: 1, kind: kind === 'use' ? 'when' : kind, status, startedAt: now, finishedAt: now };
  }

  private wentOn(inner: Walker, signal: StepSignal): StepSignal {
    this.joined(inner);
    this.now = Math.max(this.now, inner.now);
    return signal;
  }

  /** Strands that wait are woken to end, those that work end at their next write. */
  private breakOff(reason: unknown): void {
    this.shared.progress.breakOff(reason);
    this.shared.strands.end();
  }

  responded(response: FlowResponse): void {
    this.shared.response = response;
  }

  private passed(row: StepRow): void {
    this.touched += 1;
    if (row.status === 'succeeded' && SETS_THE_TIME.has(row.kind)) this.now = Math.max(this.now, row.finishedAt);
  }
}

/**
 * Rows that move `$now()` on: of steps that take time, and that every later walk meets again. An item's does not, for
 * its loop's does, and items in work have theirs from the cursor.
 */
const SETS_THE_TIME: ReadonlySet<string> = new Set(['use', 'call', 'wait', 'forEach', 'parallel']);

const ROWLESS: ReadonlySet<PlannedStep['kind']> = new Set(['try', 'parallel']);

function allOf(settled: readonly PromiseSettledResult<StepSignal>[]): StepSignal[] {
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** Flat, own properties only: expressions see nothing inherited. */
function copyOf(steps: RunScope['steps']): RunScope['steps'] {
  return Object.assign(Object.create(null) as Record<string, unknown>, steps);
}
