import {
  parseTrigger,
  walk,
  type BirthClaims,
  type Calls,
  type ClaimedRun,
  type ClaimedWork,
  type Clock,
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
import { persistentJournal } from './persistent-journal.js';
import { persistently } from './persistently.js';
import { Slots } from './slots.js';

/** How often due runs are looked for when nothing rings earlier. */
const POLL_MS = 1_000;
/** How many due runs are claimed by one statement. */
const CLAIM_SIZE = 100;

export interface RunnerParts {
  readonly claims: RunClaims;
  readonly journal: Journal;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  readonly limits?: Limits;
  readonly lease: Lease;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  /** The plan of a version; rejects with NotRunnable when the version is gone or no longer checks. */
  plan(flowId: string, version: number): Promise<Plan>;
  readonly slots: number;
}

/** Walks claimed runs, as many at a time as it has slots. Knows three ways to come by a run: born here, hinted, due. */
export class Runner implements BirthClaims {
  private readonly slots: Slots;
  private readonly alarm = new Alarm(POLL_MS);
  private readonly journal: Journal;
  private backlog = false;
  private draining = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly parts: RunnerParts) {
    this.slots = new Slots(parts.slots);
    this.journal = persistentJournal(parts.journal, parts.log, (run) => parts.lease.covers(run));
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
    for (let next = 0; next < ids.length && !this.draining;) {
      const runner = await this.ready();
      if (runner === undefined) return;
      const some = ids.slice(next, next + Math.min(this.slots.free, CLAIM_SIZE));
      if (some.length === 0) continue;
      next += some.length;
      await this.claimed(some.length, () => this.parts.claims.claim(runner, some, some.length));
    }
  }

  private async takeDue(): Promise<void> {
    while (!this.draining) {
      const runner = await this.ready();
      if (runner === undefined) return;
      const limit = Math.min(this.slots.free, CLAIM_SIZE);
      if (limit <= 0) continue;
      const count = await this.claimed(limit, () => this.parts.claims.claimDue(runner, limit)).catch((error: unknown) => {
        this.parts.log.warn({ reason: (error as Error).message }, 'Due runs cannot be claimed; trying again');
        return 0;
      });
      this.backlog = count === limit;
      if (!this.backlog) await this.alarm.sleep();
    }
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

  /** Slots are taken before the claim, for births may want them while the statement runs. */
  private async claimed(count: number, claim: () => Promise<ClaimedWork[]>): Promise<number> {
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
    this.parts.log.error({ flow: run.flowId, runId: run.id, err: error }, 'A slice broke off');
    if (this.parts.lease.covers(run))
      await this.fail(run, 'run.broken-off', `The run could not be carried on: ${(error as Error).message}`);
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
    const outcome = await walk(
      { run, plan, journal, giveUp: active, trigger: view, shouldYield: () => this.draining },
      { journal: this.journal, host, clock, calls, resumptions, limits },
    );
    this.ended(run, outcome);
  }

  private ended(run: ClaimedRun, outcome: SliceOutcome): void {
    if (outcome.kind === 'suspended' && !this.draining) this.alarm.ring(outcome.resumeAt);
    if (outcome.kind === 'ended' && run.awaited) this.ring();
    if (outcome.kind === 'ended' && outcome.result.status === 'failed') {
      const { code, step, message } = outcome.result.error ?? {};
      this.parts.log.warn({ flow: run.flowId, runId: run.id, step, code }, `Run failed: ${message}`);
    }
    if (outcome.kind === 'lost') this.parts.log.warn({ runId: run.id }, 'The claim on a run was lost; another runner has it');
  }

  /** A version that cannot be planned any more (its plugin is gone) fails its runs instead of taking them for ever. */
  private async planOf(run: ClaimedRun): Promise<Plan | undefined> {
    try {
      return await this.plans(run);
    } catch (error) {
      if (!(error instanceof NotRunnable)) throw error;
      await this.fail(run, 'flow.not-runnable', `Version ${run.version} of ${run.flowId} cannot be run here: ${error.message}`);
      return undefined;
    }
  }

  /** A database that is away says nothing about the version. */
  private plans(run: ClaimedRun): Promise<Plan> {
    const { lease, log, plan } = this.parts;
    return persistently(() => plan(run.flowId, run.version), {
      isFinal: (error) => error instanceof NotRunnable || !lease.covers(run),
      onRetry: (error) => log.warn({ runId: run.id, reason: error.message }, 'The version of a run cannot be read; trying again'),
    });
  }

  private async fail(run: ClaimedRun, code: string, message: string): Promise<void> {
    this.parts.log.warn({ flow: run.flowId, runId: run.id, code }, message);
    await this.journal.finish(run, { rows: [], drops: [] }, { status: 'failed', error: { code, message, blame: 'operator' } });
  }
}
