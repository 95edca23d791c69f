import { StepError, type Json } from '@millrace/component-sdk';
import type { Acceptance, Accepted, EventStore, NewRun } from '../accept.js';
import type {
  Call,
  CallOutcome,
  Calls,
  ClaimedWork,
  Entry,
  HeldClaim,
  PacedWork,
  Journal,
  Resumption,
  Resumptions,
  RunClaims,
  RunnerLeases,
} from '../ports.js';
import { MemoryCollections } from './memory-collections.js';
import type { UseRate } from '../allowances.js';
import { MemoryJournals } from './journals.js';
import { MemoryLanes } from './lanes.js';
import { MemoryRates } from './rates.js';
import { claimed, HINT_GRACE_MS, newborn, type MemoryEnd, type MemoryRun } from './run.js';
import type { ClaimedRun, EventRecord, RunResult, StepRow } from '../records.js';

/**
 * The reference of the store ports: everything in memory, every method one indivisible change. What it does is what
 * the SQL of a real store has to do; tests of the engine run on it.
 */
export class MemoryStore implements EventStore, Journal, Calls, Resumptions, RunClaims, RunnerLeases {
  readonly events = new Map<string, EventRecord>();
  readonly active = new Map<string, MemoryRun>();
  readonly ended = new Map<string, MemoryEnd>();
  private readonly journals = new MemoryJournals();
  private readonly leases = new Map<string, { name: string; until: number }>();
  private readonly dedupe = new Map<string, { eventId: string; until: number }>();
  private readonly resumptions = new Map<string, Resumption>();
  private readonly lanes: MemoryLanes<MemoryRun>;
  private readonly rates: MemoryRates;
  /** Flows that may be called, and the version that is live. */
  readonly callable = new Map<string, number>();
  readonly collections = new MemoryCollections(this.events, (event, flowId, run, depth) =>
    this.bear(event, flowId, run, { depth, caller: undefined, test: false }),
  );

  constructor(
    /** Milliseconds since the epoch. */
    private readonly now: () => number = Date.now,
    private readonly runnerName = 'memory',
  ) {
    this.lanes = new MemoryLanes((run) => this.letGo(run));
    this.rates = new MemoryRates(now);
  }

  async accept({ event, run, listeners = [], collects = [], dedupe }: Acceptance): Promise<Accepted> {
    if (dedupe) {
      const key = `${event.flowId}\n${dedupe.key}`;
      const first = this.dedupe.get(key);
      if (first && first.until > this.now()) return { kind: 'duplicate', eventId: first.eventId };
      this.dedupe.set(key, { eventId: event.id, until: event.receivedAt + dedupe.windowMs });
    }
    this.events.set(event.id, { ...event, body: Uint8Array.from(event.body) });
    const runs = [...(run ? [{ ...run, flowId: event.flowId }] : []), ...listeners];
    for (const each of runs) this.bear(event, each.flowId, each);
    for (const each of collects) this.collections.gather(event, each);
    const behind = runs.map(({ id }) => id).filter((id) => this.active.get(id)?.status === 'behind');
    return { kind: 'stored', ...(behind.length > 0 && { behind }) };
  }

  async record(run: ClaimedRun, entry: Entry): Promise<boolean> {
    const held = this.ours(run);
    if (held) this.write(held, entry);
    return held !== undefined;
  }

  async suspend(run: ClaimedRun, entry: Entry, resumeAt: number): Promise<boolean> {
    const held = this.ours(run);
    if (!held) return false;
    this.write(held, entry);
    const dueAt = held.woken ? this.now() : resumeAt;
    Object.assign(held, { status: 'waiting', runner: undefined, dueAt, crashes: 0, woken: false });
    return true;
  }

  async finish(run: ClaimedRun, entry: Entry, { status, error, output }: RunResult): Promise<boolean> {
    const held = this.ours(run);
    if (!held) return false;
    this.write(held, entry);
    this.end(held, { status, error, output });
    return true;
  }

  /** Ends active runs without their runners' consent; answers which were active. */
  async cancel(ids: readonly string[]): Promise<string[]> {
    const runs = ids.flatMap((id) => this.active.get(id) ?? []);
    // Off the line first: none of them is let in on the way.
    for (const run of runs) run.status = run.status === 'behind' ? 'held' : run.status;
    for (const run of runs) this.end(run, { status: 'cancelled', error: undefined });
    return runs.map(({ id }) => id);
  }

  /** Lets go what was held of a flow. */
  async release(flowId: string): Promise<void> {
    for (const run of this.active.values()) {
      if (run.flowId !== flowId || run.status !== 'held') continue;
      if (this.lanes.has(run)) this.lanes.release(run);
      else this.letGo(run);
    }
  }

  /** What a version that goes live says of its rate; undefined: it has none, and what waits is due. */
  setRate(flowId: string, rate: UseRate | undefined): void {
    this.rates.set(flowId, rate);
    if (rate) return;
    for (const run of this.active.values()) if (run.flowId === flowId && run.status === 'paced') this.letGo(run);
  }

  async items({ id }: ClaimedRun, path: string, index?: number): Promise<StepRow[]> {
    return this.journals.items(id, path, index);
  }

  async begin(caller: ClaimedRun, { runId, flowId, input, awaited }: Call): Promise<void> {
    if (this.active.has(runId) || this.ended.has(runId)) return;
    const version = this.callable.get(flowId);
    if (version === undefined) {
      throw new StepError({ code: 'call.unknown-flow', message: `There is no flow ${flowId}.`, blame: 'author' });
    }
    const event = {
      id: runId,
      flowId,
      receivedAt: this.now(),
      method: 'CALL',
      url: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(input)),
    };
    this.events.set(event.id, event);
    this.bear(
      event,
      flowId,
      { id: runId, version, status: 'queued' },
      { depth: (caller.depth ?? 0) + 1, caller: awaited ? caller.id : undefined, test: caller.test ?? false },
    );
    this.active.get(runId)!.dueAt = this.now();
  }

  async outcome(runId: string): Promise<CallOutcome | undefined> {
    return this.ended.get(runId);
  }

  url(runId: string, path: string): string {
    return `memory:${runId}/${path}`;
  }

  async find(runId: string, path: string): Promise<Resumption | undefined> {
    return this.resumptions.get(this.url(runId, path));
  }

  /** What a front door does with a request that resumes a step: the first one counts. */
  resume(runId: string, path: string, body: Json): void {
    const url = this.url(runId, path);
    if (!this.resumptions.has(url)) this.resumptions.set(url, { body, receivedAt: this.now() });
    this.wake(runId);
  }

  async claim(runner: string, ids: readonly string[], limit: number): Promise<ClaimedWork[]> {
    const queued = ids.flatMap((id) => this.active.get(id) ?? []).filter(({ status }) => status === 'queued');
    return queued.slice(0, limit).map((run) => this.take(run, runner));
  }

  async claimDue(runner: string, limit: number): Promise<ClaimedWork[]> {
    const due = [...this.active.values()].filter(({ dueAt }) => dueAt !== undefined && dueAt <= this.now());
    due.sort((a, b) => a.dueAt! - b.dueAt!);
    return due.slice(0, limit).map((run) => this.take(run, runner));
  }

  async claimPaced(runner: string, limit: number): Promise<PacedWork> {
    const works: ClaimedWork[] = [];
    const flows = new Set([...this.active.values()].filter(({ status }) => status === 'paced').map(({ flowId }) => flowId));
    for (const flowId of flows) {
      const waiting = [...this.active.values()].filter((run) => run.flowId === flowId && run.status === 'paced');
      waiting.sort((a, b) => (a.id < b.id ? -1 : 1));
      const count = this.rates.take(flowId, Math.min(limit - works.length, waiting.length));
      works.push(...waiting.slice(0, count).map((run) => this.take(run, runner)));
    }
    const waits = [...flows].filter((flowId) => this.rates.has(flowId)).map((flowId) => this.rates.waitOf(flowId));
    return { works, nextInMs: waits.length === 0 ? undefined : Math.min(...waits) };
  }

  async claimEarly(runner: string, limit: number): Promise<ClaimedWork[]> {
    const queued = [...this.active.values()].filter(({ status }) => status === 'queued');
    const low = queued.filter(({ dueAt = 0 }) => dueAt > this.now() + HINT_GRACE_MS);
    // Another waits for its hint.
    if (low.length < queued.length) return [];
    low.sort((a, b) => a.dueAt! - b.dueAt!);
    return low.slice(0, limit).map((run) => this.take(run, runner));
  }

  async dueIn(): Promise<number | undefined> {
    const times = [...this.active.values()].flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]));
    return times.length === 0 ? undefined : Math.min(...times) - this.now();
  }

  async register(runner: string, ttlMs: number): Promise<void> {
    this.leases.set(runner, { name: this.runnerName, until: this.now() + ttlMs });
  }

  async renew(runner: string, ttlMs: number): Promise<boolean> {
    const lease = this.leases.get(runner);
    if (!lease || lease.until <= this.now()) return false;
    lease.until = this.now() + ttlMs;
    return true;
  }

  async reclaimExpired(): Promise<number> {
    const expired = new Set([...this.leases].filter(([, { until }]) => until <= this.now()).map(([runner]) => runner));
    for (const runner of expired) this.leases.delete(runner);
    return this.queueAgain(
      ({ runner }) => runner !== undefined && expired.has(runner),
      (run) => (run.crashes = run.journalRows > run.journalRowsAtClaim ? 1 : run.crashes + 1),
    );
  }

  async reclaimOrphans(): Promise<number> {
    return this.queueAgain(
      ({ runner }) => runner !== undefined && !this.leases.has(runner),
      (run) => (run.crashes += 1),
    );
  }

  async expireDead(isDead: (runnerName: string) => boolean): Promise<void> {
    for (const lease of this.leases.values()) if (isDead(lease.name)) lease.until = this.now();
  }

  async giveBack(runner: string, claims: readonly HeldClaim[]): Promise<void> {
    this.queueAgain((run) => run.runner === runner && claims.some(({ runId, claim }) => runId === run.id && claim === run.claim));
  }

  async held(runner: string): Promise<HeldClaim[]> {
    return [...this.active.values()].filter((run) => run.runner === runner).map(({ id, claim }) => ({ runId: id, claim }));
  }

  async retire(runner: string): Promise<void> {
    this.leases.delete(runner);
    this.queueAgain((run) => run.runner === runner);
  }

  /** In the order in which rows were first written. */
  journal(runId: string): StepRow[] {
    return this.journals.rows(runId);
  }

  private bear(event: EventRecord, flowId: string, asked: NewRun, call?: Pick<MemoryRun, 'depth' | 'caller' | 'test'>): void {
    const { id, status, error, lane } = asked;
    if (status === 'failed') return void this.ended.set(id, { status, error });
    const run = newborn(event, flowId, asked, call);
    this.active.set(id, run);
    if (lane) this.lanes.enter(run, lane);
  }

  private letGo(run: MemoryRun): void {
    if (this.rates.has(run.flowId)) Object.assign(run, { status: 'paced', dueAt: undefined });
    else Object.assign(run, { status: 'queued', dueAt: this.now() });
  }

  private end(run: MemoryRun, end: MemoryEnd): void {
    this.active.delete(run.id);
    this.ended.set(run.id, end);
    this.lanes.leave(run);
    if (run.caller) this.wake(run.caller);
  }

  private take(run: MemoryRun, runner: string): ClaimedWork {
    return {
      run: claimed(run, { runner, now: this.now(), laned: this.lanes.has(run) }),
      event: this.events.get(run.eventId)!,
      journal: this.journal(run.id).filter(({ kind }) => kind !== 'item'),
    };
  }

  /** The run, if it still belongs to this very claim. */
  private ours({ id, lease }: ClaimedRun): MemoryRun | undefined {
    const run = this.active.get(id);
    return run && run.runner === lease.runner && run.claim === lease.claim ? run : undefined;
  }

  private write(run: MemoryRun, entry: Entry): void {
    run.journalRows += 1;
    this.journals.write(run.id, entry);
  }

  /** A run that is in work learns of it when it suspends. */
  private wake(runId: string): void {
    const run = this.active.get(runId);
    if (run?.status === 'waiting') run.dueAt = this.now();
    else if (run) run.woken = true;
  }

  private queueAgain(which: (run: MemoryRun) => boolean, mark: (run: MemoryRun) => void = () => undefined): number {
    const runs = [...this.active.values()].filter(which);
    for (const run of runs) {
      mark(run);
      Object.assign(run, { status: 'queued', runner: undefined, dueAt: this.now() });
    }
    return runs.length;
  }
}
