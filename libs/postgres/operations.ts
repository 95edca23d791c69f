import type { EventRecord, StepRow } from '@millrace/engine';
import type { Pool, PoolClient } from 'pg';
import { StepData } from './blobs/step-data.js';
import { runSummary, type RunRow, type RunSummary } from './run-summary.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import {
  ACTIVE_IDS,
  COUNT_ACTIVE,
  COUNT_DEAD_LETTERS,
  DEAD_LETTERS,
  INSERT_EVENT,
  INSERT_RERUN,
  INSERT_ROWS,
  RESOLVE,
} from './sql/operate.js';

/** A run that repeats another one, or an event. */
export interface Rerun {
  readonly id: string;
  readonly flowId: string;
  readonly version: number;
  readonly status: 'queued' | 'held';
  /** What it starts from: a kept event by its id, or a new one. */
  readonly event: string | EventRecord;
  /** The run that it repeats; none for a replay of an event. */
  readonly of?: string;
  /** What of that run is not done again. */
  readonly rows: readonly StepRow[];
  readonly dry: boolean;
}

export interface DeadLetterFilter {
  readonly flowId?: string;
  /** The code of the error. */
  readonly code?: string;
  /** Only runs older than this id. */
  readonly before?: string;
  /** ISO 8601; when the run failed. */
  readonly since?: string;
  readonly until?: string;
}

/** What people do to runs: start them again, resolve the failed ones. */
export class PostgresOperations {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
  ) {}

  /** Starts the run and, where it repeats a failed one, resolves that, as one commit. */
  async rerun(run: Rerun): Promise<void> {
    const data = await Promise.all(run.rows.map(async (row) => this.data.encode(run.id, row)));
    await mendingPartitions(this.pool, () => this.inTransaction((client) => insertRerun(client, run, data)));
  }

  /** Failed runs that nobody has seen to, newest first. */
  async deadLetters(filter: DeadLetterFilter, limit: number): Promise<RunSummary[]> {
    const { rows } = await this.pool.query<RunRow>(DEAD_LETTERS, [...filterValues(filter), limit]);
    return rows.map(runSummary);
  }

  async countDeadLetters(filter: DeadLetterFilter): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(COUNT_DEAD_LETTERS, filterValues(filter));
    return rows[0]?.count ?? 0;
  }

  /** Sets failed runs aside for good; answers the ids of those that were still dead letters. */
  async discard(ids: readonly string[], reason: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(RESOLVE, [ids, 'discarded', reason, null]);
    return rows.map(({ id }) => id);
  }

  async countActive(flowId: string | undefined, status: string | undefined): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(COUNT_ACTIVE, [flowId, status]);
    return rows[0]?.count ?? 0;
  }

  /** Active runs, the oldest first. */
  async activeIds(flowId: string | undefined, status: string | undefined, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(ACTIVE_IDS, [flowId, status, limit]);
    return rows.map(({ id }) => id);
  }

  private async inTransaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await work(client);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }
}

function filterValues({ flowId, code, before, since, until }: DeadLetterFilter): unknown[] {
  return [flowId, code, before, since, until];
}

async function insertRerun(client: PoolClient, run: Rerun, data: readonly Uint8Array[]): Promise<void> {
  if (typeof run.event !== 'string') {
    const { id, flowId, receivedAt, body } = run.event;
    await client.query(INSERT_EVENT, [id, flowId, receivedAt, jsonBytes(requestOf(run.event)), body]);
  }
  const eventId = typeof run.event === 'string' ? run.event : run.event.id;
  const grown = run.rows.length > 0 ? 1 : 0;
  await client.query(INSERT_RERUN, [run.id, eventId, run.flowId, run.version, run.status, run.of, run.dry, grown]);
  if (grown > 0) await client.query(INSERT_ROWS, rowColumns(run, data));
  if (run.of !== undefined && !run.dry) await client.query(RESOLVE, [[run.of], 'rerun', null, run.id]);
}

function rowColumns({ id, rows }: Rerun, data: readonly Uint8Array[]): unknown[] {
  const blob = new Blob();
  const offsets = data.map((bytes) => blob.add(bytes));
  return [
    blob.toBuffer(),
    id,
    textArray(rows.map(({ path }) => path)),
    plainArray(rows.map(({ attempt }) => attempt)),
    textArray(rows.map(({ status }) => status)),
    textArray(rows.map(({ kind }) => kind)),
    plainArray(rows.map(({ startedAt }) => startedAt)),
    plainArray(rows.map(({ finishedAt }) => finishedAt)),
    plainArray(offsets),
    plainArray(data.map((bytes) => bytes.length)),
  ];
}
