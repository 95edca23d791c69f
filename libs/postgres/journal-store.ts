import type { ClaimedRun, Journal, RunResult, StepRow } from '@millrace/engine';
import type { Pool } from 'pg';
import { Batcher } from './batcher.js';
import { isItemFault } from './errors.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { FINISH, RECORD, SUSPEND } from './sql/runs.js';

interface Move {
  readonly run: ClaimedRun;
  readonly rows: readonly EncodedRow[];
  readonly at: number;
  readonly status?: RunResult['status'];
  readonly error?: Uint8Array;
}

interface EncodedRow {
  readonly row: StepRow;
  readonly data: Uint8Array;
}

/**
 * The journal. Each transition is a statement of its own kind, and those of concurrent
 * runs share commits.
 */
export class PostgresJournal implements Journal {
  private readonly recorded: Batcher<Move, boolean>;
  private readonly suspended: Batcher<Move, boolean>;
  private readonly finished: Batcher<Move, boolean>;

  constructor(private readonly pool: Pool) {
    this.recorded = this.batcher('record', RECORD);
    this.suspended = this.batcher('suspend', SUSPEND);
    this.finished = this.batcher('finish', FINISH);
  }

  async record(run: ClaimedRun, rows: readonly StepRow[]): Promise<boolean> {
    return this.recorded.add({ run, rows: rows.map(encoded), at: 0 });
  }

  async suspend(run: ClaimedRun, rows: readonly StepRow[], resumeAt: number): Promise<boolean> {
    return this.suspended.add({ run, rows: rows.map(encoded), at: resumeAt });
  }

  async finish(run: ClaimedRun, rows: readonly StepRow[], { status, error }: RunResult): Promise<boolean> {
    return this.finished.add({ run, rows: rows.map(encoded), at: Date.now(), status, error: error && jsonBytes(error) });
  }

  async drained(): Promise<void> {
    await Promise.all([this.recorded.drained(), this.suspended.drained(), this.finished.drained()]);
  }

  private batcher(name: string, text: string): Batcher<Move, boolean> {
    return new Batcher<Move, boolean>({
      flush: (moves) => this.flush(name, text, moves),
      inFlight: 1,
      maxItems: 256,
      maxBytes: 16 * 1024 * 1024,
      bytes: ({ rows }) => rows.reduce((size, { data }) => size + data.length + 256, 256),
      isItemFault,
    });
  }

  /** The statements tell runs apart, not claims of one run: where two of them meet, each has a statement of its own. */
  private async flush(name: string, text: string, moves: readonly Move[]): Promise<readonly boolean[]> {
    if (new Set(moves.map(({ run }) => run.id)).size === moves.length) return this.write(name, text, moves);
    const kept: boolean[] = [];
    for (const move of moves) kept.push(...(await this.write(name, text, [move])));
    return kept;
  }

  private async write(name: string, text: string, moves: readonly Move[]): Promise<readonly boolean[]> {
    const { rows } = await mendingPartitions(this.pool, () => this.pool.query<{ id: string }>({ name, text, values: columns(moves) }));
    const moved = new Set(rows.map((row) => row.id));
    return moves.map(({ run }) => moved.has(run.id));
  }
}

function columns(moves: readonly Move[]): unknown[] {
  const blob = new Blob();
  const errorOffsets = moves.map(({ error }) => (error ? blob.add(error) : 1));
  const rows = moves.flatMap(({ run, rows: own }) => own.map(({ row, data }) => ({ run, row, data })));
  const dataOffsets = rows.map(({ data }) => blob.add(data));
  return [
    blob.toBuffer(),
    plainArray(moves.map(({ run }) => run.id)),
    plainArray(moves.map(({ run }) => run.lease.runner)),
    plainArray(moves.map(({ run }) => run.lease.claim)),
    plainArray(moves.map(({ at }) => at)),
    plainArray(moves.map(({ status }) => status)),
    plainArray(errorOffsets),
    plainArray(moves.map(({ error }) => error?.length ?? 0)),
    plainArray(rows.map(({ run }) => run.id)),
    textArray(rows.map(({ row }) => row.path)),
    plainArray(rows.map(({ row }) => row.attempt)),
    plainArray(rows.map(({ row }) => row.status)),
    plainArray(rows.map(({ row }) => row.kind)),
    plainArray(rows.map(({ row }) => row.startedAt)),
    plainArray(rows.map(({ row }) => row.finishedAt)),
    plainArray(dataOffsets),
    plainArray(rows.map(({ data }) => data.length)),
  ];
}

/** What a journal row keeps as bytes. */
export type StoredStepData = Pick<StepRow, 'input' | 'output' | 'error' | 'retryAt'>;

/** Encoded before it is batched, so that batches know their size and a row that is not JSON fails alone. */
function encoded(row: StepRow): EncodedRow {
  const { input, output, error, retryAt } = row;
  const data: StoredStepData = { input, output, error, retryAt };
  return { row, data: jsonBytes(data) };
}
