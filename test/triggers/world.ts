import type { LiveFlow } from '@millrace/catalog';
import { POISON_CRASHES, type ClaimedWork, type ErrorRecord, type EventRecord, type RunEnd } from '@millrace/engine';
import type { Trigger } from '@millrace/flow';
import {
  PostgresEventStore,
  PostgresHistory,
  PostgresJournal,
  PostgresOutbox,
  PostgresRunStarter,
  PostgresRunStore,
  PostgresScheduleStore,
  type Database,
} from '@millrace/postgres';
import { createLogger } from '@millrace/telemetry';
import { Emitter, Scheduler } from '@millrace/triggers';
import { v7 } from 'uuid';
import { parse } from './body.js';

/** One process's view of what is live: texts of flows that tests change as they like. */
export class Flows {
  private readonly live = new Map<string, LiveFlow>();

  set(id: string, trigger: Trigger, parts: Partial<LiveFlow> = {}): void {
    const version = (this.live.get(id)?.version ?? 0) + 1;
    this.live.set(id, {
      id,
      version,
      enabled: true,
      rules: undefined,
      credential: undefined,
      problems: [],
      trigger,
      declared: trigger,
      ...parts,
    });
  }

  remove(id: string): void {
    this.live.delete(id);
  }

  readonly all = (): readonly LiveFlow[] => [...this.live.values()];
}

/** Stores on a real database, a clock that passes when it is told to, and as many processes as a test wants. */
export class World {
  readonly flows = new Flows();
  readonly schedules: PostgresScheduleStore;
  readonly outbox: PostgresOutbox;
  readonly events: PostgresEventStore;
  readonly starter: PostgresRunStarter;
  private readonly history: PostgresHistory;
  private readonly runs: PostgresRunStore;
  private readonly journal: PostgresJournal;
  private readonly log = createLogger({ level: 'silent', format: 'json' });
  now = Date.UTC(2025, 0, 1);

  constructor(readonly database: Database) {
    const { pool } = database;
    this.schedules = new PostgresScheduleStore(pool);
    this.outbox = new PostgresOutbox(pool);
    this.events = new PostgresEventStore(pool);
    this.starter = new PostgresRunStarter(pool);
    this.history = new PostgresHistory(pool);
    this.runs = new PostgresRunStore(pool, 'test/world/1');
    this.journal = new PostgresJournal(pool);
  }

  async empty(): Promise<void> {
    await this.database.pool.query('truncate events, runs, finished_runs, journal, runners, schedules, outbox, failing_flows');
  }

  scheduler(flows: Flows = this.flows): Scheduler {
    return new Scheduler({
      store: this.schedules,
      flows: flows.all,
      now: () => Promise.resolve(this.now),
      newId: v7,
      ring: () => undefined,
      log: this.log,
    });
  }

  emitter(flows: Flows = this.flows, outbox: PostgresOutbox = this.outbox): Emitter {
    return new Emitter({
      outbox,
      flows: flows.all,
      newId: v7,
      publicUrl: () => 'https://millrace.example',
      ring: () => undefined,
      maxBytes: 10_000,
      log: this.log,
    });
  }

  at(iso: string): void {
    this.now = Date.parse(iso);
  }

  /** Ticks like a process that sleeps until the next time is due, ends each run at once, until the clock shows `iso`. */
  async liveUntil(iso: string, scheduler: Scheduler = this.scheduler()): Promise<void> {
    const end = Date.parse(iso);
    for (;;) {
      const sleep = (await scheduler.tick()) ?? Infinity;
      await this.endAll('succeeded');
      if (this.now + sleep > end) break;
      this.now += Math.max(sleep, 1);
    }
    this.now = end;
  }

  /** What the runs of a flow are for, oldest first: `trigger.body` of each. */
  async bodies(flowId: string): Promise<Body[]> {
    const { items: runs } = await this.history.runs({ flowId, limit: 1_000 });
    const events = await Promise.all(runs.map(({ eventId }) => this.history.event(eventId)));
    return events.reverse().map((event) => parse(event) as Body);
  }

  async times(flowId: string): Promise<string[]> {
    return (await this.bodies(flowId)).map(({ scheduledAt }) => scheduledAt);
  }

  async runsOf(flowId: string): Promise<{ readonly id: string; readonly status: string; readonly eventId: string }[]> {
    return (await this.history.runs({ flowId, limit: 1_000 })).items.reverse();
  }

  event(id: string): Promise<EventRecord | undefined> {
    return this.history.event(id);
  }

  /** Claims whatever is due and ends it; `failure` overlays the error of what fails. */
  async endAll(status: RunEnd, failure: Partial<ErrorRecord> = {}): Promise<ClaimedWork[]> {
    const runner = v7();
    await this.runs.register(runner, 60_000);
    const works = await this.runs.claimDue(runner, 1_000);
    const error = {
      code: 'http.500',
      message: 'It broke.',
      step: 'send',
      attempt: POISON_CRASHES,
      details: { secret: 'inner' },
      ...failure,
    };
    await Promise.all(
      works.map(({ run }) => this.journal.finish(run, { rows: [], drops: [] }, { status, ...(status === 'failed' && { error }) })),
    );
    return works;
  }
}

export interface Body {
  readonly scheduledAt: string;
  readonly previousAt: string | null;
}
