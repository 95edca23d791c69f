import type { StepRow } from '@millrace/engine';
import type { PoolClient } from 'pg';
import type { StepData } from './blobs/step-data.js';
import { Blob, plainArray, textArray } from './packing.js';
import { INSERT_ROWS } from './sql/operate.js';

/** The journal that a run begins with, large values safe already. */
export interface BegunJournal {
  readonly runId: string;
  readonly rows: readonly StepRow[];
  readonly data: readonly Uint8Array[];
}

export async function begunJournal(runId: string, rows: readonly StepRow[], data: StepData): Promise<BegunJournal> {
  return { runId, rows, data: await Promise.all(rows.map(async (row) => data.encode(runId, row))) };
}

/** Within the transaction that begins the run. */
export async function writeJournal(client: PoolClient, journal: BegunJournal): Promise<void> {
  if (journal.rows.length > 0) await client.query(INSERT_ROWS, rowColumns(journal));
}

function rowColumns({ runId, rows, data }: BegunJournal): unknown[] {
  const blob = new Blob();
  const offsets = data.map((bytes) => blob.add(bytes));
  return [
    blob.toBuffer(),
    runId,
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
