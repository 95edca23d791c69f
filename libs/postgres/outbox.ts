import { createHash } from 'node:crypto';
import type { Collecting, Emission } from '@millrace/engine';
import type { Pool } from 'pg';
import { jsonBytes, parseJsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { collectColumns } from './collect-columns.js';
import {
  DELIVER,
  DELIVER_COLLECTED,
  DELIVER_FAILURE,
  DELIVER_FAILURE_COLLECTED,
  EMIT,
  EMITTED_BEFORE,
  TELL_OF_RECOVERIES,
  TRIM_OUTBOX,
  UNDELIVERED,
} from './sql/outbox.js';
import { startColumns, type Start } from './starts.js';

/** An emission as it is stored. */
export interface StoredEmission extends Emission {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly emittedAt: number;
  readonly eventId: string | undefined;
  /** Of the flows that listened, once it is delivered. */
  readonly runIds: readonly string[];
  readonly delivered: boolean;
}

/** What becomes of an emission. */
export interface Delivery {
  /** Kept even when no flow listened; undefined where that is not worth a record. */
  readonly start: Start | undefined;
  readonly eventId: string | undefined;
  /** The flows that collect it; none without an event. */
  readonly collects?: readonly Collecting[];
}

/** Emitted events on their way to the flows that listen. */
export class PostgresOutbox {
  constructor(private readonly pool: Pool) {}

  /** Resolves after the commit. With a key that was used before: the emission that used it. */
  async emit(emission: Emission, eventId: string): Promise<StoredEmission> {
    const { name, data, key, flowId, runId, depth } = emission;
    const hashed = key === undefined ? null : hash(key);
    const values = [name, hashed, flowId, runId, depth, Buffer.from(jsonBytes(data)), eventId];
    const { rows } = await this.pool.query<{ id: number }>({ name: 'emit', text: EMIT, values });
    if (rows[0]) return { ...emission, id: rows[0].id, emittedAt: Date.now(), eventId, runIds: [], delivered: false };
    const { rows: before } = await this.pool.query<OutboxRow>(EMITTED_BEFORE, [hashed]);
    if (!before[0]) throw new Error('The event that was emitted under this key was forgotten meanwhile; emit it again.');
    return emissionOf(before[0]);
  }

  /** The oldest ones that nobody has delivered. */
  async undelivered(limit: number): Promise<StoredEmission[]> {
    const { rows } = await this.pool.query<OutboxRow>({ name: 'undelivered', text: UNDELIVERED, values: [limit] });
    return rows.map(emissionOf);
  }

  /** Writes the event and the runs it starts, unless somebody else has: then false, and nothing was changed. */
  async deliver({ id, name }: StoredEmission, { start, eventId, collects = [] }: Delivery): Promise<boolean> {
    const runIds = start?.runs.map((run) => run.id) ?? [];
    const more = collects.length === 0 ? [] : deliveryColumns(collects);
    const values = [...startColumns(start ? [start] : []), id, eventId, runIds, ...more];
    const statement = deliveryStatement(name === 'flow.failed', collects.length > 0);
    const { rowCount } = await mendingPartitions(this.pool, () => this.pool.query({ ...statement, values }));
    return rowCount === 1;
  }

  /** The runs that an emission started. */
  async runsOf(id: number): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ run_ids: string[] }>('select run_ids from outbox where id = $1::bigint', [id]);
    return rows[0]?.run_ids ?? [];
  }

  /** Emits `flow.recovered` for failing flows that have succeeded since. */
  async tellOfRecoveries(): Promise<void> {
    await this.pool.query({ name: 'tell-of-recoveries', text: TELL_OF_RECOVERIES });
  }

  /** Forgets what was delivered; what has a key, after a week. */
  async trim(): Promise<void> {
    await this.pool.query(TRIM_OUTBOX);
  }
}

function deliveryStatement(failure: boolean, collected: boolean): { readonly name: string; readonly text: string } {
  if (failure && collected) return { name: 'deliver-failure-collected', text: DELIVER_FAILURE_COLLECTED };
  if (collected) return { name: 'deliver-collected', text: DELIVER_COLLECTED };
  return failure ? { name: 'deliver-failure', text: DELIVER_FAILURE } : { name: 'deliver', text: DELIVER };
}

function deliveryColumns(collects: readonly Collecting[]): unknown[] {
  const flows = [textArray(collects.map(({ flowId }) => flowId)), plainArray(collects.map(({ version }) => version))];
  return [...flows, ...collectColumns(collects)];
}

interface OutboxRow {
  readonly id: number;
  readonly name: string;
  readonly flow_id: string | null;
  readonly run_id: string | null;
  readonly depth: number;
  readonly data: Buffer;
  readonly event_id: string | null;
  readonly run_ids: string[];
  readonly emitted_at: number;
  readonly delivered: boolean;
}

/** Keys are stored hashed: any length, any characters. */
function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function emissionOf(row: OutboxRow): StoredEmission {
  return {
    id: row.id,
    name: row.name,
    data: parseJsonBytes<Emission['data']>(row.data),
    flowId: row.flow_id ?? undefined,
    runId: row.run_id ?? undefined,
    depth: row.depth,
    emittedAt: row.emitted_at,
    eventId: row.event_id ?? undefined,
    runIds: row.run_ids,
    delivered: row.delivered,
  };
}
