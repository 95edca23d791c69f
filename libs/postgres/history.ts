import { itemsAround, type EventRecord, type FailureRow, type StepRow, type WaitingRow } from '@millrace/engine';
import type { Pool, QueryResult } from 'pg';
import { StepData, type Beginning, type ListedRow } from './blobs/step-data.js';
import { afterDeadlock } from './deadlock.js';
import { listEvents, type EventFilter, type EventSummary } from './event-list.js';
import { PostgresLanes, type HandedOver } from './lanes.js';
import { jsonBytes } from './packing.js';
import { listRefusals, oneRefusal, type RefusalFilter, type RefusalRow } from './refusal-list.js';
import { eventRecord, type EventRow, type JournalRow } from './rows.js';
import { listRuns, oneRun, type RunFilter } from './run-list.js';
import type { RunSummary } from './run-summary.js';
import { runTriggers } from './run-triggers.js';
import { failuresOf, holdsOf, waitsOf } from './told-rows.js';
import type { Found } from './scan.js';
import { CANCEL, JOURNAL_AT, JOURNAL_OF } from './sql/runs.js';

const EVENT_COLUMNS = `id as event_id, flow_id, request, (extract(epoch from received_at) * 1000)::float8 as received_at`;

/** Bytes of a body that come in one piece. */
const PIECE = 1024 * 1024;

/** A large body piece by piece and in Base64: as one column it takes four times as long. It is unpacked once for all its pieces. */
const BODY_PIECES = `
  with whole as materialized (select body || ''::bytea as body from events where id = $1)
  select encode(substring(body from n * ${PIECE} + 1 for ${PIECE}), 'base64') as piece
  from whole, generate_series(0, (octet_length(body) - 1) / ${PIECE}) n order by n`;

/** An event with the first bytes of its body; `size` is that of all of it. */
export interface BegunEvent extends EventRecord {
  readonly size: number;
}

/**
 * What happened: events, runs, journals and refusals, newest first. Reads only, apart from cancel. A page of a search may
 * hold fewer than asked for, even none, and still have a `next`: it takes no longer than a person waits.
 */
export class PostgresHistory {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
    private readonly lanes = new PostgresLanes(pool),
  ) {}

  runs(filter: RunFilter): Promise<Found<RunSummary>> {
    return listRuns(this.pool, filter);
  }

  /** What started runs, by the id of their event, with small bodies only; without what is not kept any more. */
  triggers(eventIds: readonly string[]): Promise<ReadonlyMap<string, EventRecord>> {
    return runTriggers(this.pool, eventIds);
  }

  /** What failed in runs that ended and may have been passed over, by run; a run without any is missing. */
  failures(runIds: readonly string[]): Promise<ReadonlyMap<string, FailureRow[]>> {
    return failuresOf(this.pool, runIds);
  }

  /** What waiting runs wait for, by run. */
  waits(runIds: readonly string[]): Promise<ReadonlyMap<string, WaitingRow[]>> {
    return waitsOf(this.pool, runIds);
  }

  /** What keeps queued runs from beginning, by run; a run that only has to be taken up is missing. */
  holds(runIds: readonly string[]): Promise<ReadonlyMap<string, 'held' | 'behind' | 'paced'>> {
    return holdsOf(this.pool, runIds);
  }

  run(id: string): Promise<RunSummary | undefined> {
    return oneRun(this.pool, id);
  }

  /** In order of time, every attempt a row. */
  async journal(runId: string): Promise<StepRow[]> {
    const rows = await this.journalRows(runId);
    return inOrder(await Promise.all(rows.map((row) => this.data.decode(row))));
  }

  /** Of several runs at once, by run; each in order of time. */
  async journals(runIds: readonly string[]): Promise<ReadonlyMap<string, StepRow[]>> {
    const journals = new Map<string, StepRow[]>(runIds.map((id) => [id, []]));
    const { rows } = await this.pool.query<JournalRow>(JOURNAL_OF, [runIds]);
    for (const row of rows) journals.get(row.run_id)?.push(await this.data.decode(row));
    return new Map([...journals].map(([id, own]) => [id, inOrder(own)]));
  }

  /** The same with large values as references, for whoever only shows them. */
  async listedJournal(runId: string): Promise<ListedRow[]> {
    return inOrder((await this.journalRows(runId)).map((row) => this.data.listed(row)));
  }

  /**
   * The newest row of the step at a path of the journal; rows that the engine keeps for itself are none. What went with a finished
   * item around it is stood for by the row of that item, of kind `item`.
   */
  async step(runId: string, path: string): Promise<StepRow | undefined> {
    const items = itemsAround(path).map((prefix) => prefix.slice(0, -1));
    const { rows } = await this.pool.query<JournalRow>({ name: 'journal-at', text: JOURNAL_AT, values: [runId, path, items] });
    const shown = rows.filter(({ kind }) => !INTERNAL_KINDS.has(kind));
    const row = shown.findLast((one) => one.path === path) ?? shown[0];
    return row && this.data.decode(row);
  }

  /** What a step was given or gave at last, as JSON text; undefined when there is nothing. */
  async stepValue(runId: string, path: string, name: 'input' | 'output'): Promise<Uint8Array | undefined> {
    const row = await this.stepRow(runId, path);
    const ref = row?.refs?.[name];
    if (ref) return this.data.fetch(ref);
    return row?.[name] === undefined ? undefined : jsonBytes(row[name]);
  }

  /** How that begins: its first `most` bytes, without fetching the rest; `size` is that of all of it. */
  async stepBeginning(runId: string, path: string, name: 'input' | 'output', most: number): Promise<Beginning | undefined> {
    const row = await this.stepRow(runId, path);
    const ref = row?.refs?.[name];
    if (ref) return this.data.fetchBeginning(ref, most);
    const bytes = row?.[name] === undefined ? undefined : jsonBytes(row[name]);
    return bytes && { bytes: bytes.subarray(0, most), size: bytes.length };
  }

  private async stepRow(runId: string, path: string): Promise<ListedRow | undefined> {
    return (await this.listedJournal(runId)).findLast((one) => one.path === path && !INTERNAL_KINDS.has(one.kind));
  }

  private async journalRows(runId: string): Promise<JournalRow[]> {
    const { rows } = await this.pool.query<JournalRow>(JOURNAL_OF, [[runId]]);
    return rows;
  }

  /** Without large bodies, which a list may not have the memory for. */
  events(filter: EventFilter): Promise<Found<EventSummary>> {
    return listEvents(this.pool, filter);
  }

  async event(id: string): Promise<EventRecord | undefined> {
    const begun = await this.eventBeginning(id, PIECE);
    if (!begun) return undefined;
    const { size, ...event } = begun;
    return size > PIECE ? { ...event, body: await this.largeBody(id) } : event;
  }

  private async largeBody(id: string): Promise<Uint8Array> {
    const { rows } = await this.pool.query<{ piece: string }>(BODY_PIECES, [id]);
    return Buffer.concat(rows.map(({ piece }) => Buffer.from(piece, 'base64')));
  }

  /** The same with `most` bytes of its body: what is large is neither unpacked nor sent. */
  async eventBeginning(id: string, most: number): Promise<BegunEvent | undefined> {
    const { rows } = await this.pool.query<EventRow & { size: number }>(
      `select ${EVENT_COLUMNS}, substring(body from 1 for $2::int) as body, octet_length(body) as size from events where id = $1`,
      [id, most],
    );
    return rows[0] && { ...eventRecord(rows[0]), size: rows[0].size };
  }

  refusals(filter: RefusalFilter): Promise<Found<RefusalRow>> {
    return listRefusals(this.pool, filter);
  }

  refusal(id: string): Promise<RefusalRow | undefined> {
    return oneRefusal(this.pool, id);
  }

  /** Ends active runs as cancelled; answers the ids of those that were active. */
  async cancel(ids: readonly string[]): Promise<string[]> {
    const write = (): Promise<QueryResult<HandedOver & { readonly id: string | null }>> => this.pool.query(CANCEL, [ids]);
    const { rows } = await afterDeadlock(write);
    await this.lanes.carryOn(rows);
    return rows.flatMap(({ id }) => id ?? []);
  }
}

/** Rows that the engine keeps for itself. */
const INTERNAL_KINDS: ReadonlySet<string> = new Set(['cursor', 'timer', 'tries', 'recorded']);

function inOrder<T extends StepRow>(rows: T[]): T[] {
  return rows.sort((a, b) => a.startedAt - b.startedAt || a.attempt - b.attempt);
}
