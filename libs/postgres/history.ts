import type { EventRecord, RunStatus, StepRow } from '@millrace/engine';
import type { Pool } from 'pg';
import { StepData, type ListedRow } from './blobs/step-data.js';
import { jsonBytes, parseJsonBytes } from './packing.js';
import { eventRecord, type EventRow, type JournalRow } from './rows.js';
import { runSummary, type RunRow, type RunSummary } from './run-summary.js';
import { lowestId } from './partitions.js';
import { CANCEL, JOURNAL_OF } from './sql/runs.js';

export interface RunFilter {
  readonly flowId?: string;
  readonly status?: RunStatus;
  readonly eventId?: string;
  /** Only runs older than this id. */
  readonly before?: string;
  /** Only runs of this moment and later, in milliseconds. */
  readonly since?: number;
  /** Only runs whose id, event id or event body contains this text; the case of letters counts. */
  readonly search?: string;
  readonly limit: number;
}

/** Of events and of refusals; `before`, `since` and `search` as for runs, the latter over the request. */
export interface EventFilter {
  readonly flowId?: string;
  readonly before?: string;
  readonly since?: number;
  readonly search?: string;
  readonly limit: number;
}

/** A refusal as the log keeps it. */
export interface RefusalRow {
  readonly id: string;
  readonly flowId: string;
  readonly at: string;
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  readonly request: Record<string, unknown>;
}

/** An event as lists show it: its body only by size in bytes. */
export interface EventSummary extends Omit<EventRecord, 'body'> {
  readonly size: number;
}

const EVENT_COLUMNS = `id as event_id, flow_id, request, body, (extract(epoch from received_at) * 1000)::float8 as received_at`;

/** $8 begins the id of the run or of its event, or stands in the body of the event. */
const FOUND = (runs: string): string => `($8::text is null or starts_with(${runs}.id::text, $8) or starts_with(event_id::text, $8)
         or exists (select from events e where e.id = event_id and position(convert_to($8, 'UTF8') in e.body) > 0))`;

/** Each half is ordered and cut by itself, so that neither reads more rows than are asked for. */
const RUNS = `
  select * from (
    (select id, flow_id, version, event_id, case when status = 'held' then 'queued' else status end as status,
       parent, rerun_of, dry, null as resolution, started_at, null::timestamptz as finished_at, case when status = 'waiting' then due_at end as due_at, null::bytea as error
     from runs
     where ($1::text is null or flow_id = $1) and ($2::text is null or case when status = 'held' then 'queued' else status end = $2)
       and ($3::uuid is null or event_id = $3) and ($4::uuid is null or id < $4) and ($5::uuid is null or id = $5)
       and ($7::uuid is null or id >= $7) and ${FOUND('runs')}
     order by id desc limit $6)
    union all
    (select id, flow_id, version, event_id, status, parent, rerun_of, dry, resolution, started_at, finished_at, null, error from finished_runs
     where ($1::text is null or flow_id = $1) and ($2::text is null or status = $2)
       and ($3::uuid is null or event_id = $3) and ($4::uuid is null or id < $4) and ($5::uuid is null or id = $5)
       and ($7::uuid is null or id >= $7) and ${FOUND('finished_runs')}
     order by id desc limit $6)
  ) both_halves order by id desc limit $6`;

/** What happened: events, runs, journals and refusals, newest first. Reads only, apart from cancel. */
export class PostgresHistory {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
  ) {}

  async runs(filter: RunFilter): Promise<RunSummary[]> {
    const { flowId, status, eventId, before, since, search, limit } = filter;
    const { rows } = await this.pool.query<RunRow>(RUNS, [flowId, status, eventId, before, null, limit, from(since), search]);
    return rows.map(runSummary);
  }

  async run(id: string): Promise<RunSummary | undefined> {
    const { rows } = await this.pool.query<RunRow>(RUNS, [null, null, null, null, id, 1, null, null]);
    return rows[0] && runSummary(rows[0]);
  }

  /** In order of time, every attempt a row. */
  async journal(runId: string): Promise<StepRow[]> {
    const rows = await this.journalRows(runId);
    return inOrder(await Promise.all(rows.map((row) => this.data.decode(row))));
  }

  /** The same with large values as references, for whoever only shows them. */
  async listedJournal(runId: string): Promise<ListedRow[]> {
    return inOrder((await this.journalRows(runId)).map((row) => this.data.listed(row)));
  }

  /** What a step was given or gave at last, as JSON text; undefined when there is nothing. */
  async stepValue(runId: string, path: string, name: 'input' | 'output'): Promise<Uint8Array | undefined> {
    const row = (await this.listedJournal(runId)).findLast((one) => one.path === path && !INTERNAL_KINDS.has(one.kind));
    const ref = row?.refs?.[name];
    if (ref) return this.data.fetch(ref);
    return row?.[name] === undefined ? undefined : jsonBytes(row[name]);
  }

  private async journalRows(runId: string): Promise<JournalRow[]> {
    const { rows } = await this.pool.query<JournalRow>(JOURNAL_OF, [[runId]]);
    return rows;
  }

  /** Without their bodies, which a list may not have the memory for. */
  async events({ flowId, before, limit, since, search }: EventFilter): Promise<EventSummary[]> {
    const { rows } = await this.pool.query<EventRow & { size: number }>(
      `select ${EVENT_COLUMNS.replace(' body,', " ''::bytea as body, octet_length(body) as size,")} from events
       where ($1::text is null or flow_id = $1) and ($2::uuid is null or id < $2) and ($4::uuid is null or id >= $4)
         and ($5::text is null or starts_with(id::text, $5)
           or position(convert_to($5, 'UTF8') in body) > 0 or position(convert_to($5, 'UTF8') in request) > 0)
       order by id desc limit $3`,
      [flowId, before, limit, from(since), search],
    );
    return rows.map((row) => ({ ...eventRecord(row), size: row.size }));
  }

  async event(id: string): Promise<EventRecord | undefined> {
    const { rows } = await this.pool.query<EventRow>(`select ${EVENT_COLUMNS} from events where id = $1`, [id]);
    return rows[0] && eventRecord(rows[0]);
  }

  async refusals({ flowId, before, limit, since, search }: EventFilter): Promise<RefusalRow[]> {
    const { rows } = await this.pool.query<StoredRefusalRow>(
      `select id, flow_id, at, status, code, reason, request from refusals
       where ($1::text is null or flow_id = $1) and ($2::uuid is null or id < $2) and ($4::uuid is null or id >= $4)
         and ($5::text is null or starts_with(id::text, $5) or code = $5 or status::text = $5
           or position($5 in reason) > 0 or position(convert_to($5, 'UTF8') in request) > 0)
       order by id desc limit $3`,
      [flowId, before, limit, from(since), search],
    );
    return rows.map(refusalRow);
  }

  async refusal(id: string): Promise<RefusalRow | undefined> {
    const { rows } = await this.pool.query<StoredRefusalRow>(
      'select id, flow_id, at, status, code, reason, request from refusals where id = $1',
      [id],
    );
    return rows[0] && refusalRow(rows[0]);
  }

  /** Ends active runs as cancelled; answers the ids of those that were active. */
  async cancel(ids: readonly string[]): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(CANCEL, [ids]);
    return rows.map((row) => row.id);
  }

  /** How many runs are active, by status. */
  async active(): Promise<Record<string, number>> {
    const { rows } = await this.pool.query<{ status: string; count: string }>('select status, count(*) from runs group by status');
    return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  }
}

/** Rows that the engine keeps for itself. */
const INTERNAL_KINDS: ReadonlySet<string> = new Set(['cursor', 'recorded']);

function inOrder<T extends StepRow>(rows: T[]): T[] {
  return rows.sort((a, b) => a.startedAt - b.startedAt || a.attempt - b.attempt);
}

interface StoredRefusalRow extends Omit<RefusalRow, 'flowId' | 'at' | 'request'> {
  readonly flow_id: string;
  readonly at: Date;
  readonly request: Buffer;
}

function refusalRow({ flow_id: flowId, at, request, ...rest }: StoredRefusalRow): RefusalRow {
  return { ...rest, flowId, at: at.toISOString(), request: parseJsonBytes(request) };
}

/** Ids begin with their time, so that a time is a bound on ids. */
function from(since: number | undefined): string | undefined {
  return since === undefined ? undefined : lowestId(since);
}
