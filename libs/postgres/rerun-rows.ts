import type { EventRecord, Lane, StepRow } from '@millrace/engine';
import type { PoolClient } from 'pg';
import { writeJournal } from './begun-journal.js';
import { laneValues } from './lanes.js';
import { jsonBytes } from './packing.js';
import { requestOf } from './rows.js';
import { INSERT_EVENT, INSERT_RERUN, RESOLVE } from './sql/operate.js';

/** A run that repeats another one, or an event. */
export interface Rerun {
  readonly id: string;
  readonly flowId: string;
  readonly version: number;
  readonly status: 'queued' | 'held' | 'paced';
  /** What it starts from: a kept event by its id, or a new one. */
  readonly event: string | EventRecord;
  /** The run that it repeats; none for a replay of an event. */
  readonly of?: string;
  /** What of that run is not done again. */
  readonly rows: readonly StepRow[];
  readonly dry: boolean;
  /** Where it stands in line; a rehearsal does not. */
  readonly lane?: Lane | undefined;
}

/** Writes the run with its journal within a transaction. Answers whether it resolved a dead letter. `data` is that of its rows. */
export async function insertRerun(client: PoolClient, run: Rerun, data: readonly Uint8Array[]): Promise<boolean> {
  if (typeof run.event !== 'string') {
    const { id, flowId, receivedAt, body } = run.event;
    await client.query(INSERT_EVENT, [id, flowId, receivedAt, jsonBytes(requestOf(run.event)), body]);
  }
  const eventId = typeof run.event === 'string' ? run.event : run.event.id;
  const grown = run.rows.length > 0 ? 1 : 0;
  const { id, flowId, version, status, of, dry, lane } = run;
  await client.query(INSERT_RERUN, [id, eventId, flowId, version, status, of, dry, grown, ...laneValues(flowId, lane)]);
  await writeJournal(client, { runId: run.id, rows: run.rows, data });
  if (run.of === undefined || run.dry) return false;
  const { rowCount } = await client.query(RESOLVE, [[run.of], 'rerun', null, run.id]);
  return rowCount === 1;
}
