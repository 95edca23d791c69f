import type { ClaimedRun, ClaimedWork, HeldClaim, RunnerLeases } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { isDeadProcess, newId } from '@millrace/platform';
import { Outage } from './outage.js';

/** How long the runs of a silent runner stay its own. */
const TTL_MS = 15_000;
const HEARTBEAT_MS = 3_000;
const RENEWING = { failing: 'The runner cannot renew its lease', over: 'The runner renews its lease again' };
/** Heartbeats between two looks for runs that the store says we hold but nobody here works on. */
const AUDIT_EVERY = 10;

/**
 * This runner's identity and the lease over all the runs it holds. Whoever cannot renew in time counts itself out:
 * its slices are aborted before another runner may take their runs, and it goes on under a new name.
 */
export class Lease {
  private name: string | undefined;
  private renewedAt = 0;
  private beats = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private expiry: NodeJS.Timeout | undefined;
  private readonly active = new Map<string, ActiveRun>();
  private readonly claiming = new Set<Promise<unknown>>();
  private audit: Audit | undefined;
  private doubted = false;
  private idle: (() => void) | undefined;
  private readonly outage: Outage;

  constructor(
    private readonly leases: RunnerLeases,
    private readonly log: Log,
  ) {
    this.outage = new Outage(log, RENEWING, () => this.endsAt);
  }

  /** What claims are made under; undefined while there is no lease. */
  get runner(): string | undefined {
    return this.endsAt === undefined ? undefined : this.name;
  }

  /** When the lease is over unless it is renewed (milliseconds since the epoch); undefined while there is none. */
  get endsAt(): number | undefined {
    const at = this.renewedAt + TTL_MS;
    return this.name !== undefined && Date.now() < at ? at : undefined;
  }

  covers(run: ClaimedRun): boolean {
    return run.lease.runner === this.runner;
  }

  async start(): Promise<void> {
    await this.leases.expireDead(isDeadProcess);
    await this.leases.reclaimExpired();
    await this.leases.reclaimOrphans();
    await this.renew();
    this.schedule();
  }

  /** Counts a run as worked on here; the signal aborts when the lease is lost. */
  begin(runId: string): ActiveRun {
    const active = new Activity(() => this.end(runId, active));
    this.active.set(runId, active);
    return active;
  }

  /** Begins what a claim brings, and lets audit and drain know of it while its runs are not known yet. */
  async watch(claim: Promise<readonly ClaimedWork[]>): Promise<BegunWork[]> {
    this.claiming.add(claim);
    try {
      return (await claim).map((work) => ({ work, active: this.begin(work.run.id) }));
    } catch (error) {
      this.doubt();
      throw error;
    } finally {
      this.claiming.delete(claim);
    }
  }

  /** A statement may have been carried out although its answer was lost: the next heartbeat looks for strays. */
  doubt(): void {
    this.doubted = true;
  }

  /** Waits for the claims and slices in flight, aborts what is left after `graceMs`, and gives the runs back. */
  async drain(graceMs: number): Promise<void> {
    this.stopped = true;
    const late = setTimeout(() => this.abortAll('The runner is shutting down.'), graceMs);
    while (this.active.size > 0 || this.claiming.size > 0) {
      await Promise.allSettled(this.claiming);
      if (this.active.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    }
    for (const timer of [late, this.timer, this.expiry]) clearTimeout(timer);
    if (this.name) await this.leases.retire(this.name).catch(() => undefined);
    this.name = undefined;
  }

  private end(id: string, run: ActiveRun): void {
    if (this.active.get(id) === run) this.active.delete(id);
    if (this.active.size === 0) this.idle?.();
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.beat().finally(() => !this.stoppedAndIdle() && this.schedule()), HEARTBEAT_MS);
  }

  private stoppedAndIdle(): boolean {
    return this.stopped && this.active.size === 0;
  }

  private async beat(): Promise<void> {
    try {
      await this.renew();
      await this.leases.reclaimExpired();
      this.beats += 1;
      if (this.audit || this.doubted || this.beats % AUDIT_EVERY === 0) await this.look();
      if (this.beats % AUDIT_EVERY === 0) await this.leases.reclaimOrphans();
      this.outage.worked(this);
    } catch (error) {
      this.outage.failed(this, error as Error);
      if (!this.runner) this.lose();
    }
  }

  private async renew(): Promise<void> {
    if (!this.runner) this.lose();
    const asked = Date.now();
    const name = this.name ?? newId();
    if (this.name === undefined) await this.leases.register(name, TTL_MS);
    else if (!(await this.leases.renew(name, TTL_MS))) return this.lose();
    this.name = name;
    this.renewedAt = asked;
    this.loseAt(asked + TTL_MS);
  }

  /** Not left to the heartbeat, which may hang in a statement that is never answered. */
  private loseAt(at: number): void {
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.lose(), at - Date.now());
  }

  private lose(): void {
    if (this.name === undefined) return;
    this.log.warn({ runner: this.name }, 'The lease ran out; its runs go to whoever claims them next');
    this.name = undefined;
    this.renewedAt = 0;
    this.audit = undefined;
    this.abortAll('The runner lost its lease.');
  }

  private abortAll(reason: string): void {
    for (const run of this.active.values()) run.abort(new Error(reason));
  }

  /**
   * An accept or a transition whose answer was lost can leave a run with us in the store only. What is missing here
   * in two looks is given back, the second one not before every claim that was under way at the first has been answered.
   */
  private async look(): Promise<void> {
    const { runner, audit } = this;
    if (runner === undefined || (audit && !audit.calm)) return;
    this.doubted = false;
    const missing = (await this.leases.held(runner)).filter(({ runId }) => !this.active.has(runId));
    const strays = missing.filter(({ runId, claim }) => audit?.missing.get(runId) === claim);
    this.audit = audit || missing.length === 0 ? undefined : this.openAudit(missing);
    if (strays.length === 0) return;
    this.log.warn({ runs: strays.length }, 'Runs that nobody worked on go back to the queue');
    await this.leases.giveBack(runner, strays);
  }

  private openAudit(missing: readonly HeldClaim[]): Audit {
    const audit: Audit = { missing: new Map(missing.map(({ runId, claim }) => [runId, claim])), calm: false };
    void Promise.allSettled(this.claiming).then(() => (audit.calm = true));
    return audit;
  }
}

/** A run that is worked on here. */
export interface ActiveRun {
  readonly signal: AbortSignal;
  abort(reason: Error): void;
  end(): void;
}

/** What a claim brought, already counted as worked on. */
export interface BegunWork {
  readonly work: ClaimedWork;
  readonly active: ActiveRun;
}

interface Audit {
  /** The claim that was missing, by run. */
  readonly missing: ReadonlyMap<string, number>;
  calm: boolean;
}

/** Makes its signal when it is first asked for: it costs more than the rest of a run that has no component steps. */
class Activity implements ActiveRun {
  private controller: AbortController | undefined;

  constructor(readonly end: () => void) {}

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  abort(reason: Error): void {
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }
}
