import type { Awaited, RunStatus } from '@millrace/engine';
import type { Pool } from 'pg';
import { Conditions } from './conditions.js';
import { endsWith, idsBeginning } from './id-search.js';
import { bounds, type ListFilter } from './list-filter.js';
import { runSummary, type RunRow, type RunSummary } from './run-summary.js';
import { firstPage, MOST_ROWS, scan, type Found, type Window } from './scan.js';
import { SHOWN_STATUS } from './sql/status.js';
import { mayWaitFor } from './sql/waits.js';

/** The text may stand in the event of the run. */
export interface RunFilter extends ListFilter {
  readonly status?: RunStatus | undefined;
  readonly eventId?: string | undefined;
  /** Only runs that repeat this one. */
  readonly rerunOf?: string | undefined;
  /** Only tests, or only what is none. */
  readonly test?: boolean | undefined;
  /** Only runs that this operation started, or that it was done to. */
  readonly operation?: string | undefined;
  /** Of runs that wait, only those that wait for this. */
  readonly waits?: WaitFilter | undefined;
}

/** What journals say narrows the waiting runs that are looked at; which of them are meant, the plans of their flows tell. */
export interface WaitFilter {
  readonly for: Awaited['for'];
  /** The runs that are meant, in the same order. */
  meant(runs: readonly RunSummary[]): Promise<readonly RunSummary[]>;
}

const ACTIVE: readonly RunStatus[] = ['queued', 'running', 'waiting'];
/** Found by an index of their own; other ends are nearly everything, or nearly nothing. */
const INDEXED: readonly RunStatus[] = [...ACTIVE, 'failed'];

/** Held runs are queued ones to whoever looks. */
const ACTIVE_COLUMNS = `id, flow_id, version, event_id, ${SHOWN_STATUS} as status,
  parent, rerun_of, dry, test, null as resolution, started_at, null::timestamptz as finished_at,
  case when status = 'waiting' then due_at end as due_at, null::bytea as error from runs`;
const ENDED_COLUMNS = `id, flow_id, version, event_id, status,
  parent, rerun_of, dry, test, resolution, started_at, finished_at, null::timestamptz as due_at, error from finished_runs`;

/** Runs, newest first. */
export async function listRuns(pool: Pool, filter: RunFilter): Promise<Found<RunSummary>> {
  const { before, limit, search, status, waits } = filter;
  const find = (window: Window, most: number): Promise<readonly RunSummary[]> => meantRuns(pool, filter, window, most);
  const byId = search === undefined ? undefined : idsBeginning(search);
  if (byId) {
    const found = await meantRuns(pool, { ...filter, search: undefined }, { before: undefined, downTo: undefined }, limit, byId);
    if (found.length > 0) return { items: [...found], next: null };
  }
  const narrow = [filter.eventId, filter.rerunOf, filter.operation].some((id) => id !== undefined);
  const isDirect = search === undefined && waits === undefined && (narrow || status === undefined || INDEXED.includes(status));
  if (isDirect) return firstPage(limit, (most) => find({ before, downTo: undefined }, most));
  return scan({ before, limit }, { find, reach: (from, rows) => reach(pool, filter, from, rows) });
}

/** One run, whether it has ended or not. */
export async function oneRun(pool: Pool, id: string): Promise<RunSummary | undefined> {
  const text = `select ${ACTIVE_COLUMNS} where id = $1 union all select ${ENDED_COLUMNS} where id = $1`;
  const { rows } = await pool.query<RunRow>(text, [id]);
  return rows[0] && runSummary(rows[0]);
}

type Ids = NonNullable<ReturnType<typeof idsBeginning>>;

/** The newest of a window; where plans decide, all that may be meant is read for them. */
async function meantRuns(pool: Pool, filter: RunFilter, window: Window, limit: number, ids?: Ids): Promise<readonly RunSummary[]> {
  const { waits } = filter;
  if (!waits) return findRuns(pool, filter, window, limit, ids);
  return (await waits.meant(await findRuns(pool, filter, window, MOST_ROWS, ids))).slice(0, limit);
}

async function findRuns(pool: Pool, filter: RunFilter, window: Window, limit: number, ids?: Ids): Promise<RunSummary[]> {
  const values: unknown[] = [];
  const halves = halvesOf(filter).map((half) => {
    const where = conditions(half, filter, window, new Conditions(values));
    if (filter.search !== undefined) searched(where, half, filter.search);
    if (ids) between(where, half, ids);
    return `(select ${half === 'runs' ? ACTIVE_COLUMNS : ENDED_COLUMNS} ${where.where} order by id desc limit ${limit})`;
  });
  const { rows } = await pool.query<RunRow>(
    `select * from (${halves.join(' union all ')}) both_halves order by id desc limit ${limit}`,
    values,
  );
  return rows.map(runSummary);
}

/** What bounds a window, so that it is found in an index: what is looked for within it comes later. */
async function reach(pool: Pool, filter: RunFilter, before: string | undefined, rows: number): Promise<string | undefined> {
  const values: unknown[] = [];
  const halves = halvesOf(filter).map((half) => {
    const where = bounds(filter, { before, downTo: undefined }, new Conditions(values));
    return `(select id from ${half} ${where.where} order by id desc limit ${rows})`;
  });
  const text = `select id from (${halves.join(' union all ')}) both_halves order by id desc offset ${rows - 1} limit 1`;
  const found = await pool.query<{ id: string }>(text, values);
  return found.rows[0]?.id;
}

type Half = 'runs' | 'finished_runs';

/** Where runs in this state are. */
function halvesOf({ status, waits }: RunFilter): readonly Half[] {
  if (waits) return ['runs'];
  if (status === undefined) return ['runs', 'finished_runs'];
  return ACTIVE.includes(status) ? ['runs'] : ['finished_runs'];
}

function conditions(half: Half, filter: RunFilter, window: Window, where: Conditions): Conditions {
  const { status, eventId, rerunOf, operation, test, waits } = filter;
  bounds(filter, window, where)
    .add(test, (p) => `test = ${p}`)
    .add(eventId, (p) => `event_id = ${p}::uuid`)
    .add(rerunOf, (p) => `rerun_of = ${p}::uuid`)
    .add(operation, (p) => `id in (select unnest(runs) from operation_items where operation_id = ${p}::uuid)`);
  if (waits) where.always("status = 'waiting'").always(mayWaitFor(waits.for));
  // Named in the text, so that the index of failed runs can be used.
  if (status === 'failed') return where.always("status = 'failed'");
  if (half === 'runs' && status === 'queued') return where.always("status in ('queued', 'held', 'behind', 'paced')");
  return where.add(status, (p) => `status = ${p}`);
}

function searched(where: Conditions, half: Half, text: string): void {
  const p = where.parameter(text);
  const ends = [endsWith(where, `${half}.id`, text), endsWith(where, 'event_id', text)].join(' or ');
  // A value of a row, no `exists`: that may be answered by reading all events there are, once, whatever the window.
  where.always(`(${ends} or (select position(convert_to(${p}, 'UTF8') in e.body) > 0 or position(convert_to(${p}, 'UTF8') in e.request) > 0
    from events e where e.id = event_id))`);
}

/** By their own id, or by that of their event. */
function between(where: Conditions, half: Half, { lowest, highest }: Ids): void {
  const [low, high] = [where.parameter(lowest), where.parameter(highest)];
  const range = (column: string): string => `${column} between ${low}::uuid and ${high}::uuid`;
  where.always(`(${range(`${half}.id`)} or ${range('event_id')})`);
}
