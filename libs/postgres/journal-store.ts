import type { ClaimedRun, Journal, RunResult, StepRow } from '@millrace/engine';
import type { Pool } from 'pg';
import { Batcher } from './batcher.js';
import { isItemFault } from './errors.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { FINISH, RECORD, SUSPEND } from './sql/runs.js';

interface Move {
  readonly run: ClaimedRun;
  readonly rows: readonly StepRow[];
  readonly at: number;
  readonly result?: RunResult;
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

  record(run: ClaimedRun, rows: readonly StepRow[]): Promise<boolean> {
    return this.recorded.add({ run, rows, at: 0 });
  }

  suspend(run: ClaimedRun, rows: readonly StepRow[], resumeAt: number): Promise<boolean> {
    return this.suspended.add({ run, rows, at: resumeAt });
  }

  finish(run: ClaimedRun, rows: readonly StepRow[], result: RunResult): Promise<boolean> {
    return this.finished.add({ run, rows, at: Date.now(), result });
  }

  async drained(): Promise<void> {
    await Promise.all([this.recorded.drained(), this.suspended.drained(), this.finished.drained()]);
  }

  private batcher(name: string, text: string): Batcher<Move, boolean> {
    return new Batcher<Move, boolean>({
      flush: (moves) => this.flush(name, text, moves),
      inFlight: 2,
      maxItems: 256,
      maxBytes: 16 * 1024 * 1024,
      bytes: ({ rows }) => 1024 * (rows.length + 1),
      isItemFault,
    });
  }

  private async flush(name: string, text: string, moves: readonly Move[]): Promise<readonly boolean[]> {
    const { rows } = await this.pool.query<{ id: string }>({ name, text, values: columns(moves) });
    const moved = new Set(rows.map((row) => row.id));
    return moves.map(({ run }) => moved.has(run.id));
  }
}

function columns(moves: readonly Move[]): unknown[] {
  const blob = new Blob();
  const errors = moves.map(({ result }) => (result?.error ? jsonBytes(result.error) : undefined));
  const errorOffsets = errors.map((error) => (error ? blob.add(error) : 1));
  const rows = moves.flatMap(({ run, rows: own }) => own.map((row) => ({ run, row, data: jsonBytes(dataOf(row)) })));
  const dataOffsets = rows.map(({ data }) => blob.add(data));
  return [
    blob.toBuffer(),
    plainArray(moves.map(({ run }) => run.id)),
    plainArray(moves.map(({ run }) => run.lease.runner)),
    plainArray(moves.map(({ run }) => run.lease.claim)),
    plainArray(moves.map(({ at }) => at)),
    plainArray(moves.map(({ result }) => result?.status)),
    plainArray(errorOffsets),
    plainArray(errors.map((error) => error?.length ?? 0)),
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

function dataOf({ input, output, error, retryAt }: StepRow): StoredStepData {
  return { input, output, error, retryAt };
}
