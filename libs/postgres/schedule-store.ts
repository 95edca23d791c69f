import type { LeftOut, ScheduleTurn } from '@millrace/engine';
import type { Pool } from 'pg';
import { mendingPartitions } from './partitions.js';
import { BEGIN_SCHEDULE, CHANGE_SCHEDULE, END_SCHEDULES, SCHEDULES, TAKE_TURN } from './sql/schedules.js';
import { startColumns, type Start } from './starts.js';

/** The timing of a version of a flow, and when it is due next. Times are milliseconds since the epoch. */
export interface Timing {
  readonly flowId: string;
  readonly version: number;
  /** Differs when the times do. */
  readonly timing: string;
  /** Undefined when there is no further time. */
  readonly next: number | undefined;
}

/** A schedule as it is stored. */
export interface StoredSchedule extends Timing {
  /** Counts the changes: each is made by whoever saw the one before. */
  readonly turn: number;
  /** The time of the latest run. */
  readonly last: number | undefined;
  readonly lastRun: string | undefined;
  /** The latest run has not ended. */
  readonly busy: boolean;
  /** Times that start when the run before has ended. */
  readonly waiting: readonly number[];
  readonly leftOut: { readonly count: number; readonly at?: number; readonly because?: LeftOut['because'] };
  /** When it changed last, by the clock of whoever changed it. */
  readonly changedAt: number;
}

/** The times of schedules. Whoever is first takes a turn, everybody else is told that it is taken. */
export class PostgresScheduleStore {
  constructor(private readonly pool: Pool) {}

  /** Of these flows, or of all. */
  async list(flowIds?: readonly string[]): Promise<StoredSchedule[]> {
    const { rows } = await this.pool.query<ScheduleRow>({ name: 'schedules', text: SCHEDULES, values: [flowIds ?? null] });
    return rows.map(stored);
  }

  /** The database's clock, which all processes share. */
  async now(): Promise<number> {
    const { rows } = await this.pool.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
    return Math.floor(rows[0]?.now ?? Date.now());
  }

  /** Begins the schedule of a flow that has none. */
  async begin({ flowId, version, timing, next }: Timing, now: number): Promise<void> {
    await this.pool.query(BEGIN_SCHEDULE, [flowId, version, timing, next, now]);
  }

  /** Gives a schedule another version or another next time. False: somebody else was first. */
  async change({ turn }: StoredSchedule, { flowId, version, timing, next }: Timing, now: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(CHANGE_SCHEDULE, [flowId, turn, version, timing, next, now]);
    return rowCount === 1;
  }

  /** Moves a schedule on and starts the runs of that turn, one for each of its times, in one commit. False: somebody else was first. */
  async take({ flowId, turn }: StoredSchedule, decided: ScheduleTurn, runs: readonly Start[], now: number): Promise<boolean> {
    const { next, waiting, start, leftOut } = decided;
    const latest = leftOut.at(-1);
    const guard = [flowId, turn, now, next, waiting, start.at(-1), runs.at(-1)?.runs[0]?.id, leftOut.length, latest?.at, latest?.because];
    const values = [...startColumns(runs), ...guard];
    const { rowCount } = await mendingPartitions(this.pool, () => this.pool.query({ name: 'take-turn', text: TAKE_TURN, values }));
    return rowCount === 1;
  }

  /** Forgets schedules of flows that are archived, or whose newer version, named here, something else starts. */
  async end(others: readonly { readonly id: string; readonly version: number }[]): Promise<void> {
    await this.pool.query(END_SCHEDULES, [others.map(({ id }) => id), others.map(({ version }) => version)]);
  }
}

interface ScheduleRow {
  readonly flow_id: string;
  readonly version: number;
  readonly timing: string;
  readonly turn: number;
  readonly next_at: number | null;
  readonly last_at: number | null;
  readonly last_run: string | null;
  readonly busy: boolean;
  readonly waiting: number[];
  readonly left_out: number;
  readonly left_out_at: number | null;
  readonly left_out_because: LeftOut['because'] | null;
  readonly changed_at: number;
}

function stored(row: ScheduleRow): StoredSchedule {
  const { version, timing, turn, busy, waiting } = row;
  return {
    flowId: row.flow_id,
    version,
    timing,
    turn,
    next: whole(row.next_at),
    last: whole(row.last_at),
    lastRun: row.last_run ?? undefined,
    busy,
    waiting: waiting.map(Math.round),
    leftOut: { count: row.left_out, at: whole(row.left_out_at), because: row.left_out_because ?? undefined },
    changedAt: row.changed_at,
  };
}

/** Postgres keeps microseconds, and what went through a fraction of seconds may come back a hair off. */
function whole(time: number | null): number | undefined {
  return time === null ? undefined : Math.round(time);
}
