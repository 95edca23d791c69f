import type { EventRecord, RunStatus } from '@millrace/engine';
import type { Pool } from 'pg';
import type { Conditions } from './conditions.js';
import { endsWith, idsBeginning } from './id-search.js';
import { bounds, type ListFilter } from './list-filter.js';
import { eventRecord, SMALL_BODIES, type EventRow } from './rows.js';
import { firstPage, scan, type Found, type Window } from './scan.js';
import { SHOWN_STATUS } from './sql/status.js';

/** What became of an event, tests aside: it made no run, or one of its runs is active, failed or succeeded. */
export type Outcome = 'none' | 'active' | 'failed' | 'succeeded';

export interface EventFilter extends ListFilter {
  readonly outcome?: Outcome | undefined;
}

/** A run as the list of events names it. */
export interface EventRun {
  readonly id: string;
  readonly flowId: string;
  readonly status: RunStatus;
}

/** An event as lists show it: a body that is not small is left empty. */
export interface EventSummary extends EventRecord {
  /** Of the body, in bytes. */
  readonly size: number;
  /** The newest first; no more than a list can show. */
  readonly runs: readonly EventRun[];
}

/** Of each event. */
const RUNS_SHOWN = 8;
/** How much of bodies one window may hold, in bytes: a window that is begun is looked through. */
const WINDOW_BYTES = 16 * 1024 * 1024;

const COLUMNS = `id as event_id, flow_id, request, ${SMALL_BODIES}, octet_length(body) as size,
  (extract(epoch from received_at) * 1000)::float8 as received_at from events`;

/** Events, newest first. */
export async function listEvents(pool: Pool, filter: EventFilter): Promise<Found<EventSummary>> {
  const { items, next } = await found(pool, filter);
  const runs = await runsOf(
    pool,
    items.map(({ id }) => id),
  );
  return { items: items.map((event) => ({ ...event, runs: runs.get(event.id) ?? [] })), next };
}

type Bare = Omit<EventSummary, 'runs'>;

async function found(pool: Pool, filter: EventFilter): Promise<Found<Bare>> {
  const { before, limit, search, outcome } = filter;
  const find = (window: Window, most: number): Promise<Bare[]> => findEvents(pool, filter, window, most);
  const byId = search === undefined ? undefined : idsBeginning(search);
  if (byId) {
    const items = await findEvents(pool, { ...filter, search: undefined }, { before: undefined, downTo: undefined }, limit, byId);
    if (items.length > 0) return { items, next: null };
  }
  if (search === undefined && outcome === undefined) return firstPage(limit, (most) => find({ before, downTo: undefined }, most));
  return scan({ before, limit }, { find, reach: (from, rows) => reach(pool, filter, from, rows) });
}

async function findEvents(
  pool: Pool,
  filter: EventFilter,
  window: Window,
  limit: number,
  ids?: ReturnType<typeof idsBeginning>,
): Promise<Bare[]> {
  const where = bounds(filter, window);
  if (filter.search !== undefined) searched(where, filter.search);
  if (filter.outcome !== undefined) where.always(OUTCOMES[filter.outcome]);
  where.add(ids?.lowest, (p) => `id >= ${p}::uuid`).add(ids?.highest, (p) => `id <= ${p}::uuid`);
  const { rows } = await pool.query<EventRow & { size: number }>(
    `select ${COLUMNS} ${where.where} order by id desc limit ${limit}`,
    where.values,
  );
  return rows.map((row) => ({ ...eventRecord(row), size: row.size }));
}

function searched(where: Conditions, text: string): void {
  const p = where.parameter(text);
  const [inBody, inRequest] = ['body', 'request'].map((column) => `position(convert_to(${p}, 'UTF8') in ${column}) > 0`);
  where.always(`(${endsWith(where, 'id', text)} or ${inBody} or ${inRequest})`);
}

/** Conditions on `events`. */
const ENDED = (status: string): string =>
  `exists (select from finished_runs f where f.event_id = events.id and f.status = '${status}' and not f.test)`;
const IS_ACTIVE = 'id in (select event_id from runs where not test)';

export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  none: `not ${IS_ACTIVE} and not exists (select from finished_runs f where f.event_id = events.id and not f.test)`,
  active: IS_ACTIVE,
  failed: ENDED('failed'),
  succeeded: ENDED('succeeded'),
};

/** A window of rows whose bodies together are no more than can be looked through at once; of one row whatever its size. */
async function reach(pool: Pool, filter: EventFilter, before: string | undefined, rows: number): Promise<string | undefined> {
  for (let most = rows; ;) {
    const downTo = await rowsAhead(pool, filter, before, most);
    const bytes = await bytesOf(pool, filter, { before, downTo });
    if (bytes <= WINDOW_BYTES || most === 1) return downTo;
    most = Math.max(1, Math.floor((most * WINDOW_BYTES) / bytes / 8));
  }
}

async function rowsAhead(pool: Pool, filter: EventFilter, before: string | undefined, rows: number): Promise<string | undefined> {
  const where = bounds(filter, { before, downTo: undefined });
  const found = await pool.query<{ id: string }>(
    `select id from events ${where.where} order by id desc offset ${rows - 1} limit 1`,
    where.values,
  );
  return found.rows[0]?.id;
}

/** The size of a body is known without unpacking it. */
async function bytesOf(pool: Pool, filter: EventFilter, window: Window): Promise<number> {
  const where = bounds(filter, window);
  const { rows } = await pool.query<{ bytes: string | null }>(
    `select sum(octet_length(body)) as bytes from events ${where.where}`,
    where.values,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Of many events in one statement, by the index; active runs are few. */
async function runsOf(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, EventRun[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query<{ event_id: string; runs: EventRun[] }>(
    `select event_id, json_agg(json_build_object('id', id, 'flowId', flow_id, 'status', status) order by id desc) as runs from (
       select id, flow_id, status, event_id, row_number() over (partition by event_id order by id desc) as place from (
         select id, flow_id, ${SHOWN_STATUS} as status, event_id from runs where event_id = any ($1::uuid[]) and not test
         union all
         select id, flow_id, status, event_id from finished_runs where event_id = any ($1::uuid[]) and not test
       ) all_runs
     ) ranked where place <= ${RUNS_SHOWN} group by event_id`,
    [ids],
  );
  return new Map(rows.map(({ event_id: eventId, runs }) => [eventId, runs]));
}
