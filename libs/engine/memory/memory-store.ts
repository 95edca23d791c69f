import { StepError, type Json } from '@millrace/component-sdk';
import type { Acceptance, Accepted, EventStore, NewRun } from '../accept.js';
import type {
  Call,
  CallOutcome,
  Calls,
  ClaimedWork,
  Entry,
  HeldClaim,
  Journal,
  Resumption,
  Resumptions,
  RunClaims,
  RunnerLeases,
} from '../ports.js';
import type { ClaimedRun, ErrorRecord, EventRecord, RunEnd, RunResult, StepRow } from '../records.js';

/** How long a queued run waits for its hint before it counts as due. */
const HINT_GRACE_MS = 5_000;

/** An active run as the store keeps it. */
export interface MemoryRun {
  readonly id: string;
  readonly eventId: string;
  readonly flowId: string;
  readonly version: number;
  status: 'queued' | 'running' | 'waiting' | 'held';
  runner: string | undefined;
  claim: number;
  dueAt: number | undefined;
  startedAt: number | undefined;
  crashes: number;
  journalRows: number;
  journalRowsAtClaim: number;
  /** Something the run may wait for has come since its claim. */
  woken: boolean;
  readonly depth: number;
  /** The run to be woken by this one's end. */
  readonly caller: string | undefined;
}

/** How a run ended, as the store keeps it. */
export interface MemoryEnd {
  readonly status: RunEnd;
  readonly error: ErrorRecord | undefined;
  readonly output?: Json;
}

/**
 * The reference of the store ports: everything in memory, every method one indivisible change. What it does is what
 * the SQL of a real store has to do; tests of the engine run on it.
 */
export class MemoryStore implements EventStore, Journal, Calls, Resumptions, RunClaims, RunnerLeases {
  readonly events = new Map<string, EventRecord>();
  readonly active = new Map<string, MemoryRun>();
  readonly ended = new Map<string, MemoryEnd>();
  private readonly journals = new Map<string, Map<string, StepRow>>();
  private readonly leases = new Map<string, { name: string; until: number }>();
  private readonly dedupe = new Map<string, { eventId: string; until: number }>();
  private readonly resumptions = new Map<string, Resumption>();
  /** Flows that may be called, and the version that is live. */
  readonly callable = new Map<string, number>();

  constructor(
    /** Milliseconds since the epoch. */
    private readonly now: () => number = Date.now,
    private readonly runnerName = 'memory',
  ) {}

  async accept({ event, run, dedupe }: Acceptance): Promise<Accepted> {
    if (dedupe) {
      const key = `${event.flowId}\n${dedupe.key}`;
      const first = this.dedupe.get(key);
      if (first && first.until > this.now()) return { kind: 'duplicate', eventId: first.eventId };
      this.dedupe.set(key, { eventId: event.id, until: event.receivedAt + dedupe.windowMs });
    }
    this.events.set(event.id, { ...event, body: Uint8Array.from(event.body) });
    if (run) this.bear(event, run);
    return { kind: 'stored' };
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
    this.active.delete(run.id);
    this.ended.set(run.id, { status, error, output });
    if (held.caller) this.wake(held.caller);
    return true;
  }

  async items({ id }: ClaimedRun, path: string): Promise<StepRow[]> {
    return this.journal(id).filter(
      (row) => row.kind === 'item' && row.path.startsWith(`${path}[`) && /^\[\d+\]$/.test(row.path.slice(path.length)),
    );
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
    this.bear(event, { id: runId, version, status: 'queued' }, { depth: (caller.depth ?? 0) + 1, caller: awaited ? caller.id : undefined });
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
    return structuredClone([...(this.journals.get(runId)?.values() ?? [])]);
  }

  private bear(event: EventRecord, { id, version, status, lease, error }: NewRun, call?: Pick<MemoryRun, 'depth' | 'caller'>): void {
    if (status === 'failed') return void this.ended.set(id, { status, error });
    this.active.set(id, {
      id,
      eventId: event.id,
      flowId: event.flowId,
      version,
      status,
      runner: lease?.runner,
      claim: lease?.claim ?? 0,
      dueAt: status === 'queued' ? event.receivedAt + HINT_GRACE_MS : undefined,
      startedAt: status === 'running' ? event.receivedAt : undefined,
      crashes: 0,
      journalRows: 0,
      journalRowsAtClaim: 0,
      woken: false,
      depth: call?.depth ?? 0,
      caller: call?.caller,
    });
  }

  private take(run: MemoryRun, runner: string): ClaimedWork {
    const { id, flowId, version, eventId, crashes, journalRows } = run;
    const startedAt = run.startedAt ?? this.now();
    Object.assign(run, {
      status: 'running',
      runner,
      claim: run.claim + 1,
      dueAt: undefined,
      startedAt,
      journalRowsAtClaim: journalRows,
      woken: false,
    });
    const lease = { runner, claim: run.claim };
    return {
      run: { id, flowId, version, eventId, crashes, startedAt, lease, depth: run.depth, awaited: run.caller !== undefined },
      event: this.events.get(eventId)!,
      journal: this.journal(id).filter(({ kind }) => kind !== 'item'),
    };
  }

  /** The run, if it still belongs to this very claim. */
  private ours({ id, lease }: ClaimedRun): MemoryRun | undefined {
    const run = this.active.get(id);
    return run && run.runner === lease.runner && run.claim === lease.claim ? run : undefined;
  }

  private write(run: MemoryRun, { rows, drops }: Entry): void {
    run.journalRows += 1;
    const journal = this.journals.get(run.id) ?? new Map<string, StepRow>();
    this.journals.set(run.id, journal);
    for (const { path, attempt } of drops) journal.delete(`${path}#${attempt}`);
    for (const row of rows) journal.set(`${row.path}#${row.attempt}`, structuredClone(row));
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
