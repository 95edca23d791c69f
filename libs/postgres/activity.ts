import type { ErrorRecord, RunStatus } from '@millrace/engine';
import type { Pool } from 'pg';
import { parseJsonBytes } from './packing.js';
import { lowestId } from './partitions.js';
import { ASKS } from './sql/waits.js';

const HOUR_MS = 3_600_000;

/** What one flow did within the hours that were asked for. */
export interface FlowActivity {
  readonly flowId: string;
  /** Runs that began and ended in each hour, the oldest first. */
  readonly hours: readonly { readonly runs: number; readonly failed: number }[];
  readonly runs: number;
  readonly failed: number;
  /** Requests that were turned away. */
  readonly refused: number;
  /** Milliseconds from begin to end of the runs that succeeded; null without any. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastRun: { readonly id: string; readonly status: RunStatus } | null;
  readonly lastFailure: { readonly id: string; readonly error: ErrorRecord | null } | null;
  /** Failed runs since the last one that succeeded, and the id of the first of them. */
  readonly failing: { readonly runs: number; readonly since: string } | null;
}

/** The milliseconds that lead a UUIDv7, in SQL that PostgreSQL 13 knows as well. */
export const ID_MS = `('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint`;

const HOURS = `
  select flow_id, ((${ID_MS} - $2::bigint) / ${HOUR_MS})::int as hour, count(*)::int as runs,
    count(*) filter (where status = 'failed')::int as failed
  from finished_runs where id >= $1 and not dry and not test group by 1, 2`;

const TOTALS = `
  with recent as (
    select flow_id, id, status, extract(epoch from finished_at - started_at) * 1000 as ms from finished_runs where id >= $1 and not dry and not test
  ), good as (
    select flow_id, max(id::text)::uuid as id from recent where status = 'succeeded' group by flow_id
  ), last as (
    select flow_id, max(id::text)::uuid as id, max(id::text) filter (where status = 'failed')::uuid as failed_id,
      percentile_cont(0.5) within group (order by ms) filter (where status = 'succeeded') as p50,
      percentile_cont(0.95) within group (order by ms) filter (where status = 'succeeded') as p95
    from recent group by flow_id
  ), failing as (
    select r.flow_id, count(*)::int as runs, min(r.id::text) as since
    from recent r left join good on good.flow_id = r.flow_id
    where r.status = 'failed' and (good.id is null or r.id > good.id) group by r.flow_id
  )
  select last.flow_id, last.id, last.failed_id, last.p50, last.p95, ended.status, failed.error, failing.runs as failing, failing.since
  from last join finished_runs ended on ended.id = last.id
  left join finished_runs failed on failed.id = last.failed_id
  left join failing on failing.flow_id = last.flow_id`;

const REFUSED = `select flow_id, count(*)::int as refused from refusals where id >= $1 group by flow_id`;

/** From the acceptance of the event, whose time its run's id begins with, to the end of the run. */
const DELIVERY = `
  select percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.95) within group (order by ms) as p95
  from (select extract(epoch from finished_at) * 1000 - ${ID_MS} as ms from finished_runs
    where id >= $1 and status = 'succeeded' and rerun_of is null and not dry and not test) ended`;

/** Waiting runs are looked at one by one, the newest first; more than these are said to be as many. */
const MOST_WAITING = 10_000;

/** Runs that wait for another attempt of a step: one that failed and was not tried again yet. */
const RETRIES = `
  select count(*)::int as retries from (select id from runs where status = 'waiting' and not test order by id desc limit ${MOST_WAITING}) r
  where exists (
    select from journal j where j.run_id = r.id and j.status = 'retrying'
      and not exists (select from journal later where later.run_id = j.run_id and later.path = j.path and later.attempt > j.attempt))`;

/** Questions that wait for the answer of a person; 50 ms for ten among 100,000 waiting runs. */
const QUESTIONS = `
  select count(*)::int as questions from (select id from runs where status = 'waiting' and not test) waiting
  join journal on run_id = waiting.id and ${ASKS}`;

const SIZE = 'select pg_database_size(current_database())::float8 as bytes';

const OLDEST = `select id, flow_id as "flowId" from runs where status = 'queued' and not test order by id limit 1`;

/** What the flows did lately, for the pages that say what needs attention. Reads only. */
export class PostgresActivity {
  constructor(private readonly pool: Pool) {}

  /** One entry for each flow that did anything since `from` (milliseconds), which begins the first of `hours` hours. */
  async since(from: number, hours: number): Promise<FlowActivity[]> {
    const first = lowestId(from);
    const [byHour, totals, refused] = await Promise.all([
      this.pool.query<HourRow>(HOURS, [first, from]),
      this.pool.query<TotalRow>(TOTALS, [first]),
      this.pool.query<{ flow_id: string; refused: number }>(REFUSED, [first]),
    ]);
    const flows = new Set([...totals.rows, ...refused.rows].map((row) => row.flow_id));
    return [...flows].sort().map((flowId) => {
      const mine = <T extends { flow_id: string }>({ rows }: { rows: T[] }): T[] => rows.filter((row) => row.flow_id === flowId);
      return activity(flowId, hoursOf(mine(byHour), hours), mine(totals)[0], mine(refused)[0]?.refused ?? 0);
    });
  }

  /** Milliseconds from acceptance to end of the runs that succeeded since then, re-runs left out; null without any. */
  async delivery(from: number): Promise<{ readonly p50Ms: number | null; readonly p95Ms: number | null }> {
    const { rows } = await this.pool.query<{ p50: number | null; p95: number | null }>(DELIVERY, [lowestId(from)]);
    return { p50Ms: rows[0]?.p50 ?? null, p95Ms: rows[0]?.p95 ?? null };
  }

  /** How many runs wait for another attempt of a step. */
  async retries(): Promise<number> {
    const { rows } = await this.pool.query<{ retries: number }>(RETRIES);
    return rows[0]?.retries ?? 0;
  }

  /** How many questions wait for the answer of a person. */
  async questions(): Promise<number> {
    const { rows } = await this.pool.query<{ questions: number }>(QUESTIONS);
    return rows[0]?.questions ?? 0;
  }

  /** What the database takes on its disk, in bytes. */
  async databaseBytes(): Promise<number> {
    const { rows } = await this.pool.query<{ bytes: number }>(SIZE);
    return rows[0]?.bytes ?? 0;
  }

  /** The run that waits longest for a runner. */
  async oldestQueued(): Promise<{ id: string; flowId: string } | undefined> {
    const { rows } = await this.pool.query<{ id: string; flowId: string }>(OLDEST);
    return rows[0];
  }
}

interface HourRow {
  readonly flow_id: string;
  readonly hour: number;
  readonly runs: number;
  readonly failed: number;
}

interface TotalRow {
  readonly flow_id: string;
  readonly id: string;
  readonly status: RunStatus;
  readonly failed_id: string | null;
  readonly error: Buffer | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly failing: number | null;
  readonly since: string | null;
}

function hoursOf(rows: readonly HourRow[], hours: number): FlowActivity['hours'] {
  const cells = Array.from({ length: hours }, () => ({ runs: 0, failed: 0 }));
  for (const { hour, runs, failed } of rows) if (cells[hour]) cells[hour] = { runs, failed };
  return cells;
}

function activity(flowId: string, hours: FlowActivity['hours'], total: TotalRow | undefined, refused: number): FlowActivity {
  const sum = (pick: (cell: { runs: number; failed: number }) => number): number => hours.reduce((all, cell) => all + pick(cell), 0);
  return {
    flowId,
    hours,
    runs: sum(({ runs }) => runs),
    failed: sum(({ failed }) => failed),
    refused,
    p50Ms: total?.p50 ?? null,
    p95Ms: total?.p95 ?? null,
    lastRun: total ? { id: total.id, status: total.status } : null,
    lastFailure: total?.failed_id ? { id: total.failed_id, error: total.error && parseJsonBytes<ErrorRecord>(total.error) } : null,
    failing: total?.failing && total.since ? { runs: total.failing, since: total.since } : null,
  };
}
