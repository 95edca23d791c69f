import type { FailureRow, WaitingRow } from '@millrace/engine';
import type { Pool } from 'pg';
import { StepData } from './blobs/step-data.js';
import type { JournalRow } from './rows.js';

/** What of journals tells a list what happened in its runs: few rows, found by an index of their own. */
const TOLD = "status in ('failed', 'waiting', 'retrying')";

/**
 * What failed outside the items of loops, and which attempts of steps with steps inside were followed by another one. The failed
 * items of one loop are one row with their number: there may be thousands.
 */
const FAILURES = `
  select run_id, path, attempt, status, kind, 0::float8 as started_at, 0::float8 as finished_at, data, 1 as count
  from journal where run_id = any ($1::uuid[]) and ${TOLD} and kind <> 'item'
    and (status = 'failed' or (status = 'retrying' and kind = 'tries')) and strpos(path, '].') = 0
  union all
  select run_id, regexp_replace(path, '\\d+\\]$', '0]'), 1, 'failed', 'item', 0, 0, '{}'::bytea, count(*)::int
  from journal where run_id = any ($1::uuid[]) and ${TOLD} and kind = 'item' and status = 'failed' and strpos(path, '].') = 0
  group by 1, 2
  order by attempt`;

const WAITS = `
  select run_id, path, attempt, status, kind, 0::float8 as started_at, 0::float8 as finished_at, data
  from journal where run_id = any ($1::uuid[]) and ${TOLD} and status in ('waiting', 'retrying') order by attempt`;

const HOLDS = `select id, status from runs where id = any ($1::uuid[]) and status in ('held', 'behind', 'paced')`;

const data = new StepData();

/** What failed in runs and may have been passed over, by run; as `countPassedOver` takes it. */
export function failuresOf(pool: Pool, runIds: readonly string[]): Promise<ReadonlyMap<string, FailureRow[]>> {
  return byRun(pool, FAILURES, runIds, (row: JournalRow & { readonly count: number }) => ({ ...data.listed(row), count: row.count }));
}

/** What runs wait for, or waited for, by run; as `awaitedIn` takes it. */
export function waitsOf(pool: Pool, runIds: readonly string[]): Promise<ReadonlyMap<string, WaitingRow[]>> {
  return byRun(pool, WAITS, runIds, (row: JournalRow) => data.listed(row));
}

/** What keeps queued runs from beginning: a pause of their flow, their place in line, or the rate of their flow. */
export async function holdsOf(pool: Pool, runIds: readonly string[]): Promise<ReadonlyMap<string, 'held' | 'behind' | 'paced'>> {
  if (runIds.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; status: 'held' | 'behind' | 'paced' }>(HOLDS, [runIds]);
  return new Map(rows.map(({ id, status }) => [id, status]));
}

async function byRun<R extends { readonly run_id: string }, T>(
  pool: Pool,
  text: string,
  runIds: readonly string[],
  read: (row: R) => T,
): Promise<ReadonlyMap<string, T[]>> {
  const found = new Map<string, T[]>();
  if (runIds.length === 0) return found;
  const { rows } = await pool.query<R>(text, [runIds]);
  for (const row of rows) found.set(row.run_id, [...(found.get(row.run_id) ?? []), read(row)]);
  return found;
}
