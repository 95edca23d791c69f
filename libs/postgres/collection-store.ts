import {
  MOST_BATCH_BYTES,
  type CollectedEvents,
  type CollectedRun,
  type Collections,
  type DueCollection,
  type EventRecord,
} from '@millrace/engine';
import type { Pool } from 'pg';
import { lowestId, mendingPartitions } from './partitions.js';
import { eventRecord, type EventRow } from './rows.js';
import {
  CLOSE_COLLECTION,
  COLLECTED_BY,
  COLLECTED_EVENTS,
  COLLECTED_FOR,
  DUE_COLLECTIONS,
  FIRST_COLLECTED,
  FORGET_COLLECTED,
  LAST_COLLECTED,
  UNTIL_NEXT_COLLECTION,
} from './sql/collections.js';
import { startColumns } from './starts.js';

/** A flow that collects an event, and the run that took it. */
export interface CollectedBy {
  readonly flowId: string;
  /** Undefined while it is collected. */
  readonly runId: string | undefined;
  /** ISO 8601; when it is due, while it is collected. */
  readonly dueAt: string | undefined;
}

/** Collected events. What adds to them is the accept and the delivery of emitted events: see sql/collections.ts. */
export class PostgresCollections implements Collections {
  constructor(private readonly pool: Pool) {}

  async due(limit: number, now?: number): Promise<DueCollection[]> {
    const { rows } = await this.pool.query<CollectionRow>({ name: 'due-collections', text: DUE_COLLECTIONS, values: [limit, now] });
    return rows.map(dueCollection);
  }

  async untilNext(now?: number): Promise<number | undefined> {
    const statement = { name: 'until-next-collection', text: UNTIL_NEXT_COLLECTION, values: [now] };
    const { rows } = await this.pool.query<{ wait: number }>(statement);
    return rows[0] && Math.max(0, Math.ceil(rows[0].wait));
  }

  async first(collection: DueCollection): Promise<CollectedEvents> {
    return collection.kind === 'debounce' ? this.burst(collection) : this.batch(collection);
  }

  async events(ids: readonly string[]): Promise<EventRecord[]> {
    const { rows } = await this.pool.query<EventRow>(COLLECTED_EVENTS, [ids]);
    const events = new Map(rows.map((row) => [row.event_id, eventRecord(row)]));
    return ids.flatMap((id) => events.get(id) ?? []);
  }

  async close(collection: DueCollection, { count, bytes, upTo, nextAt }: CollectedEvents, run: CollectedRun): Promise<boolean> {
    const { flowId, version, key, turn, depth } = collection;
    const start = { event: run.event, runs: [{ id: run.id, flowId, version, status: run.status, depth, lane: run.lane }] };
    const values = [...startColumns([start]), flowId, version, key, turn, count, bytes, nextAt, run.id, upTo];
    const statement = { name: 'close-collection', text: CLOSE_COLLECTION, values };
    const { rowCount } = await mendingPartitions(this.pool, () => this.pool.query(statement));
    return rowCount === 1;
  }

  /** The flows that an event was collected for. */
  async collectedBy(eventId: string): Promise<CollectedBy[]> {
    const { rows } = await this.pool.query<{ flow_id: string; run_id: string | null; due_at: Date | null }>(COLLECTED_BY, [eventId]);
    return rows.map((row) => ({ flowId: row.flow_id, runId: row.run_id ?? undefined, dueAt: row.due_at?.toISOString() }));
  }

  /** The first events that a run was made of, and how many they are. */
  async collectedFor(runId: string, limit: number): Promise<{ readonly count: number; readonly ids: readonly string[] }> {
    const { rows } = await this.pool.query<{ event_id: string; count: number }>(COLLECTED_FOR, [runId, limit]);
    return { count: rows[0]?.count ?? 0, ids: rows.map((row) => row.event_id) };
  }

  /** Forgets what became of events that are older than a time. */
  async forget(before: number): Promise<void> {
    await this.pool.query(FORGET_COLLECTED, [lowestId(before)]);
  }

  private async burst({ flowId, version, key }: DueCollection): Promise<CollectedEvents> {
    const values = [flowId, version, key];
    const { rows } = await this.pool.query<MemberRow & { count: number }>({ name: 'last-collected', text: LAST_COLLECTED, values });
    const [last] = rows;
    if (!last) return NOTHING;
    return { ids: [last.event_id], count: last.count, bytes: last.bytes, upTo: last.place, nextAt: undefined };
  }

  private async batch({ flowId, version, key, size = Infinity }: DueCollection): Promise<CollectedEvents> {
    const values = [flowId, version, key, size + 1];
    const { rows } = await this.pool.query<MemberRow & { at: number }>({ name: 'first-collected', text: FIRST_COLLECTED, values });
    const some = fitting(rows, size);
    const bytes = some.reduce((sum, row) => sum + row.bytes, 0);
    const ids = some.map((row) => row.event_id);
    return { ids, count: some.length, bytes, upTo: some.at(-1)?.place ?? 0, nextAt: rows[some.length]?.at };
  }
}

const NOTHING: CollectedEvents = { ids: [], count: 0, bytes: 0, upTo: 0, nextAt: undefined };

/** The first ones, as many as fit into one batch; one always does. */
function fitting<T extends { readonly bytes: number }>(rows: readonly T[], size: number): readonly T[] {
  let bytes = 0;
  const over = rows.findIndex((row, index) => index >= size || ((bytes += row.bytes) > MOST_BATCH_BYTES && index > 0));
  return over < 0 ? rows : rows.slice(0, over);
}

interface MemberRow {
  readonly event_id: string;
  readonly place: number;
  readonly bytes: number;
}

interface CollectionRow {
  readonly flow_id: string;
  readonly version: number;
  readonly key: string;
  readonly turn: string;
  readonly kind: 'debounce' | 'batch';
  readonly window_ms: number;
  readonly max_wait_ms: number | null;
  readonly size: number | null;
  readonly depth: number;
}

function dueCollection(row: CollectionRow): DueCollection {
  const { version, key, turn, kind, depth } = row;
  const optional = { maxWaitMs: row.max_wait_ms ?? undefined, size: row.size ?? undefined };
  return { flowId: row.flow_id, version, key, turn, kind, depth, windowMs: row.window_ms, ...optional };
}
