import {
  parseTrigger,
  walk,
  type BirthClaims,
  type Calls,
  type ClaimedRun,
  type ClaimedWork,
  type Clock,
  type CredentialRates,
  type Host,
  type Journal,
  type Limits,
  type Plan,
  type Reservation,
  type Resumptions,
  type RunClaims,
  type SliceOutcome,
  type TriggerView,
} from '@millrace/engine';
import { NotRunnable } from '@millrace/catalog';
import type { Log } from '@millrace/telemetry';
import { Alarm } from './alarm.js';
import type { ActiveRun, BegunWork, Lease } from './lease.js';
import { outagesOf, type ClaimKind, type Outages } from './outages.js';
import { persistentJournal } from './persistent-journal.js';
import { persistently, type Persistence } from './persistently.js';
import { Slots } from './slots.js';

/** How often due runs are looked for when nothing rings earlier. */
const POLL_MS = 1_000;
/** What is due and was not to be had is being claimed by another runner. */
const SHORTEST_SLEEP_MS = 20;
/** How many due runs are claimed by one statement. */
const CLAIM_SIZE = 100;

export interface RunnerParts {
  readonly claims: RunClaims;
  readonly journal: Journal;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  /** What a run asks for the rates of credentials. */
  rates?(persistence: Persistence): CredentialRates;
  readonly limits?: Limits;
  readonly lease: Lease;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  /** What a run follows; rejects with NotRunnable when its version is gone or no longer checks. */
  plan(run: ClaimedRun): Promise<Plan>;
  readonly slots: number;
  /** Whether the runs of some flow begin at a rate. */
  isPaced?(): boolean;
  /** Whether some flow goes before or after others. */
  isRanked?(): boolean;
}

/** Walks claimed runs, as many at a time as it has slots. Knows three ways to come by a run: born here, hinted, due. */
export class Runner implements BirthClaims {
  private readonly slots: Slots;
  private readonly alarm = new Alarm(POLL_MS);
  private readonly journal: Journal;
  private readonly outages: Outages;
  private backlog = false;
  /** Hints that are being worked on. */
  private hinting = 0;
  private draining = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly parts: RunnerParts) {
    this.slots = new Slots(parts.slots);
    this.outages = outagesOf(parts.log, parts.lease);
    this.journal = persistentJournal(parts.journal, this.outages.journal, (run) => parts.lease.covers(run));
  }

  async start(): Promise<void> {
    await this.parts.lease.start();
    this.loop = this.takeDue();
  }

  /** Hands runs over at their next step boundary, waits for the steps in flight, and gives everything back. */
  async drain(graceMs: number): Promise<void> {
    this.draining = true;
    this.alarm.ring(0);
    await this.parts.lease.drain(graceMs);
    await this.loop;
  }

  /** Something became due: looks for it without waiting for the next round. */
  ring(): void {
    this.alarm.ring(Date.now());
  }

  /** Places that are taken, by runs or for runs that may be claimed. */
  get busy(): number {
    return this.slots.capacity - this.slots.free;
  }

  /** True from the moment the process was asked to stop. */
  get isDraining(): boolean {
    return this.draining;
  }

  reserve(runId: string): Reservation | undefined {
    const { runner } = this.parts.lease;
    if (this.draining || this.backlog || this.slots.contended || this.slots.free <= 0 || runner === undefined) return undefined;
    this.slots.take();
    const active = this.parts.lease.begin(runId);
    return {
      runner,
      start: (work, trigger) => this.work(work, active, trigger),
      release: () => this.leave(active),
      doubt: () => {
        this.leave(active);
        this.parts.lease.doubt();
      },
    };
  }

  /** Claims those of the hinted runs that are still queued, as room allows. Resolves when all have been offered a slot. */
  async takeHinted(ids: readonly string[]): Promise<void> {
    this.hinting += 1;
    await this.takeAll(ids).finally(() => (this.hinting -= 1));
  }

  private async takeAll(ids: readonly string[]): Promise<void> {
    for (let next = 0; next < ids.length && !this.draining;) {
      const runner = await this.ready();
      if (runner === undefined) return;
      if (this.parts.isRanked?.() && (await this.dueFirst(runner))) continue;
      const some = ids.slice(next, next + Math.min(this.slots.free, CLAIM_SIZE));
      if (some.length === 0) continue;
      next += some.length;
      await this.claimed(some.length, () => this.parts.claims.claim(runner, some, some.length));
    }
  }

  /** Where flows have priorities, what is due goes before what was hinted. Answers whether that took all the room. */
  private async dueFirst(runner: string): Promise<boolean> {
    const limit = Math.min(this.slots.free, CLAIM_SIZE);
    await this.claimed(limit, () => this.parts.claims.claimDue(runner, limit));
    return this.slots.free <= 0;
  }

  /** Runs of low priority, while nobody else wants the room. Answers whether there may be more. */
  private async takeEarly(runner: string): Promise<boolean> {
    const limit = Math.min(this.slots.free, CLAIM_SIZE);
    if (!this.parts.isRanked?.() || limit <= 0 || this.backlog || this.hinting > 0 || this.slots.contended || this.draining) return false;
    return (await this.tried('early', limit, () => this.parts.claims.claimEarly(runner, limit))) === limit;
  }

  private async takeDue(): Promise<void> {
    while (!this.draining) {
      const runner = await this.ready();
      if (runner === undefined) return;
      const limit = Math.min(this.slots.free, CLAIM_SIZE);
      if (limit <= 0) continue;
      this.backlog = (await this.tried('due', limit, () => this.parts.claims.claimDue(runner, limit))) === limit;
      await this.takePaced(runner);
      const more = await this.takeEarly(runner);
      if (!this.backlog && !more) await this.sleep();
    }
  }

  /** What begins by the rate of its flow; one run also where there is no room, or what is due would keep it out for ever. */
  private async takePaced(runner: string): Promise<void> {
    if (!this.parts.isPaced?.() || this.draining) return;
    const limit = Math.min(Math.max(1, this.slots.free), CLAIM_SIZE);
    const claim = async (): Promise<readonly ClaimedWork[]> => {
      const { works, nextInMs } = await this.parts.claims.claimPaced(runner, limit);
      if (nextInMs !== undefined) this.alarm.ring(this.parts.clock.now() + nextInMs);
      return works;
    };
    await this.tried('paced', limit, claim);
  }

  /** Until the next run is due, be it one that waits here, that another process gave up, or that waited before a restart. */
  private async sleep(): Promise<void> {
    const ms = await this.parts.claims.dueIn().catch(() => undefined);
    if (ms !== undefined) this.alarm.ring(Date.now() + Math.max(ms, SHORTEST_SLEEP_MS));
    await this.alarm.sleep();
  }

  /** Our name once there is room and a lease, or undefined when draining. */
  private async ready(): Promise<string | undefined> {
    for (;;) {
      await this.slots.room();
      if (this.draining) return undefined;
      const { runner } = this.parts.lease;
      if (runner !== undefined) return runner;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** A claim that the next round tries again if it fails. Answers how many runs it brought. */
  private async tried(kind: ClaimKind, count: number, claim: () => Promise<readonly ClaimedWork[]>): Promise<number> {
    try {
      const brought = await this.claimed(count, claim);
      this.outages[kind].worked(this);
      return brought;
    } catch (error) {
      this.outages[kind].failed(this, error as Error);
      return 0;
    }
  }

  /** Slots are taken before the claim, for births may want them while the statement runs. */
  private async claimed(count: number, claim: () => Promise<readonly ClaimedWork[]>): Promise<number> {
    for (let i = 0; i < count; i += 1) this.slots.take();
    let begun: BegunWork[] = [];
    try {
      begun = await this.parts.lease.watch(claim());
    } finally {
      for (let i = begun.length; i < count; i += 1) this.slots.release();
    }
    for (const { work, active } of begun) this.work(work, active);
    return begun.length;
  }

  private work(work: ClaimedWork, active: ActiveRun, trigger?: TriggerView): void {
    this.slice(work, trigger, active)
      .catch((error: unknown) => this.brokenOff(work.run, error))
      .catch((error: unknown) => this.parts.log.error({ runId: work.run.id, err: error }, 'A run could not be ended'))
      .finally(() => this.leave(active));
  }

  /**
   * A slice breaks off when its lease is gone, and the run then goes on elsewhere, or by a defect of ours. Such a run
   * would break off again wherever it is tried, repeating its step each time, so it ends for a person to look at.
   */
  private async brokenOff(run: ClaimedRun, error: unknown): Promise<void> {
    const { log, lease } = this.parts;
    const [about, reason] = [{ flow: run.flowId, runId: run.id }, (error as Error).message];
    if (!lease.covers(run)) return log.warn({ ...about, reason }, 'A run was given up with its lease; whoever claims it goes on with it');
    log.error({ ...about, err: error }, 'A slice broke off');
    await this.fail(run, 'run.broken-off', `The run could not be carried on: ${reason}`);
  }

  private leave(active: ActiveRun): void {
    active.end();
    this.slots.release();
  }

  private async slice(work: ClaimedWork, trigger: TriggerView | undefined, active: ActiveRun): Promise<void> {
    const { run, journal } = work;
    const plan = await this.planOf(run);
    if (!plan) return;
    const { host, clock, calls, resumptions, limits } = this.parts;
    const view = trigger ?? (await parseTrigger(work.event));
    const rates = this.parts.rates?.({ isFinal: () => !this.parts.lease.covers(run), outage: this.outages.rates });
    const outcome = await walk(
      { run, plan, journal, giveUp: active, trigger: view, shouldYield: () => this.draining },
      { journal: this.journal, host, clock, calls, resumptions, rates, limits },
    );
    this.ended(run, outcome);
  }

  private ended(run: ClaimedRun, outcome: SliceOutcome): void {
    if (outcome.kind === 'suspended' && !this.draining) this.alarm.ring(outcome.resumeAt);
    if (outcome.kind === 'ended' && run.awaited) this.ring();
    if (outcome.kind === 'ended' && outcome.result.status === 'failed') {
      const { code, step, message } = outcome.result.error ?? {};
      this.parts.log[run.test ? 'info' : 'warn'](
        { flow: run.flowId, runId: run.id, step, code },
        `${run.test ? 'Test' : 'Run'} failed: ${message}`,
      );
    }
    if (outcome.kind === 'lost') this.parts.log.warn({ runId: run.id }, 'The claim on a run was lost; another runner has it');
  }

  /** A version that cannot be planned any more (its plugin is gone) fails its runs instead of taking them for ever. */
  private async planOf(run: ClaimedRun): Promise<Plan | undefined> {
    try {
      return await this.plans(run);
    } catch (error) {
      if (!(error instanceof NotRunnable)) throw error;
      await this.fail(run, 'flow.not-runnable', `${planWords(run)} cannot be run here: ${error.message}`);
      return undefined;
    }
  }

  /** A database that is away says nothing about the version. */
  private plans(run: ClaimedRun): Promise<Plan> {
    const { lease, plan } = this.parts;
    const isFinal = (error: unknown): boolean => error instanceof NotRunnable || !lease.covers(run);
    return persistently(() => plan(run), { isFinal, outage: this.outages.versions });
  }

  private async fail(run: ClaimedRun, code: string, message: string): Promise<void> {
    this.parts.log.warn({ flow: run.flowId, runId: run.id, code }, message);
    await this.journal.finish(run, { rows: [], drops: [] }, { status: 'failed', error: { code, message, blame: 'operator' } });
  }
}

function planWords({ flowId, version }: ClaimedRun): string {
  return version === 0 ? `The draft of ${flowId}` : `Version ${version} of ${flowId}`;
}
