import type { Json } from '@millrace/component-sdk';
import type { BlockParts, BlockWalk } from './blocks.js';
import { finallyPath, type Deadline } from './deadline.js';
import { stepEnvironment, type StepEnvironment } from './determinism.js';
import { tooMuch, type Limits } from './limits.js';
import type { PlannedStep } from './plan.js';
import type { Calls, Clock, CredentialRates, Host, Resumptions } from './ports.js';
import { bytesOf } from './size.js';
import type { Shared } from './shared.js';
import type { ClaimedRun, ErrorRecord, FlowResponse, RunScope, StepRow } from './records.js';
import { walkList, type ListWalk } from './step-walk.js';
import { HALTED, NEXT, type InnerWalk, type StepSignal } from './steps/step.js';
import { Halt } from './strands.js';
import type { Trail } from './trail.js';

/** Where a walker stands: what its expressions see, what stands before its step ids, who may stop it. */
interface Place {
  readonly scope: RunScope;
  readonly prefix: string;
  readonly halt: Halt | undefined;
  readonly deadline: Deadline | undefined;
  /** In a later attempt of a step with steps inside: where that step's own rows are. */
  readonly own?: { readonly id: string; readonly path: string };
  /** Of the item of a loop that this is in. */
  readonly trail: Trail | undefined;
  readonly now: number;
}

/** Walks lists of steps in one scope. Branches and items get walkers of their own, which share the run's progress. */
export class Walker implements ListWalk {
  output: Json = null;
  now: number;

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

  get rates(): CredentialRates {
    return this.shared.rates;
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

  get deadline(): number {
    return this.place.deadline?.next ?? Infinity;
  }

  /** Looks at the clock as well: whose time is over begins nothing more. */
  get isHalted(): boolean {
    this.place.deadline?.check(this.clock.now());
    return this.place.halt?.isSet ?? false;
  }

  get isLoaded(): boolean {
    return this.shared.progress.isLarge;
  }

  get hasResponded(): boolean {
    return this.shared.response !== undefined;
  }

  get around(): Deadline | undefined {
    return this.place.deadline;
  }

  path(id: string): string {
    return id === this.place.own?.id ? this.place.own.path : this.place.prefix + id;
  }

  row(path: string): StepRow | undefined {
    const row = this.shared.progress.row(path);
    if (row) this.passed(row);
    return row;
  }

  seed(path: string): StepRow | undefined {
    return this.shared.progress.row(path);
  }

  excess(path: string): ErrorRecord | undefined {
    return tooMuch(this.shared, path);
  }

  note(row: StepRow): void {
    const bytes = bytesOf(row);
    this.shared.progress.note(row);
    this.shared.noted?.(row);
    this.place.trail?.note(row, bytes);
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
    if (this.isHalted) return HALTED;
    const until = Math.min(time, this.deadline);
    const woken = await strands.park(until, this.place.halt);
    if (woken === 'halted' || this.isHalted) return HALTED;
    return woken === 'due' ? NEXT : { kind: 'suspended', resumeAt: until };
  }

  items(path: string, index?: number): Promise<StepRow[]> {
    return this.shared.journal.items(this.run, path, index);
  }

  list(steps: readonly PlannedStep[]): Promise<StepSignal> {
    return walkList(steps, this);
  }

  inner(parts: InnerWalk): Walker {
    const { scope, prefix, halt, trail, deadline } = this.place;
    return new Walker(this.shared, {
      deadline,
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

  begins(path: string): boolean {
    if (!this.place.halt || this.row(finallyPath(path))) return true;
    if (this.isHalted) return false;
    this.noteFinally(path, 'started');
    return true;
  }

  async shielded(path: string, steps: readonly PlannedStep[]): Promise<StepSignal> {
    const now = this.place.deadline && steps.length > 0 ? this.momentOf(path) : this.now;
    const shielded = new Walker(this.shared, { ...this.place, halt: undefined, deadline: undefined, now });
    return this.wentOn(shielded, await shielded.list(steps));
  }

  halting(): Halt {
    return new Halt(this.place.halt);
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

  async within({ halt, deadline, attempt, output }: BlockParts, walk: (inner: BlockWalk) => Promise<StepSignal>): Promise<StepSignal> {
    const { place } = this;
    const limits = { halt: halt ?? place.halt, deadline: deadline ?? place.deadline };
    const inner = new Walker(this.shared, { ...place, ...(attempt && this.again(attempt)), ...limits, now: this.now });
    inner.output = output === undefined ? this.output : output;
    const signal = await walk(inner);
    this.output = inner.output;
    return this.wentOn(inner, signal);
  }

  /** Another attempt: what is inside has paths and resume URLs of its own. */
  private again({ id, path, resumable }: NonNullable<BlockParts['attempt']>): Pick<Place, 'own' | 'prefix' | 'scope'> {
    const prefix = `${path}.`;
    const urls = resumable.map((wait) => [wait, { url: this.resumptions.url(this.run.id, prefix + wait) }]);
    const resume = { ...this.scope.resume, ...(Object.fromEntries(urls) as RunScope['resume']) };
    return { own: { id, path }, prefix, scope: urls.length > 0 ? { ...this.scope, resume } : this.scope };
  }

  private wentOn(inner: Walker, signal: StepSignal): StepSignal {
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

  /**
   * What time it is for steps that run although a time around them may be over: written down before they begin. A walk after a
   * crash may notice that it is over sooner than this one, and then leave out what they saw.
   */
  private momentOf(path: string): number {
    const known = this.row(finallyPath(path));
    if (known?.status === 'succeeded') return known.finishedAt;
    this.noteFinally(path, 'succeeded');
    return this.now;
  }

  private noteFinally(path: string, status: 'started' | 'succeeded'): void {
    this.note({ path: finallyPath(path), attempt: 1, kind: 'timer', status, startedAt: this.now, finishedAt: this.now });
  }

  private passed(row: StepRow): void {
    const isTimeOver = row.kind === 'timer' && row.status === 'failed';
    const hasTried = row.kind === 'tries' && row.status !== 'started';
    if (isTimeOver || hasTried || (row.status === 'succeeded' && SETS_THE_TIME.has(row.kind)))
      this.now = Math.max(this.now, row.finishedAt);
  }
}

/**
 * Rows that move `$now()` on: of steps that take time, and that every later walk meets again. An item's does not, for
 * its loop's does, and items in work have theirs from the cursor.
 */
const SETS_THE_TIME: ReadonlySet<string> = new Set(['use', 'call', 'wait', 'forEach', 'repeat', 'parallel']);

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
