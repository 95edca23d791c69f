import { isResponse, type ClaimedRun, type Entry, type Journal, type RunResult, type StepKey, type StepRow } from '@millrace/engine';
import type { Pool, QueryResult } from 'pg';
import { StepData } from './blobs/step-data.js';
import { Batcher } from './batcher.js';
import { bounded } from './bounded.js';
import { afterDeadlock } from './deadlock.js';
import { isItemFault } from './errors.js';
import { PostgresLanes, type HandedOver } from './lanes.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import type { JournalRow } from './rows.js';
import { ITEM_OF, ITEMS_OF } from './sql/runs.js';
import { FINISH, RECORD, SUSPEND, type TransitionTexts } from './sql/transitions.js';

interface Move {
  readonly run: ClaimedRun;
  readonly rows: readonly EncodedRow[];
  readonly drops: readonly StepKey[];
  readonly at: number;
  readonly status?: RunResult['status'];
  readonly error?: Uint8Array;
  readonly output?: Uint8Array;
}

interface EncodedRow {
  readonly row: StepRow;
  readonly data: Uint8Array;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * The journal. Each transition is a statement of its own kind, and those of concurrent
 * runs share commits.
 */
export class PostgresJournal implements Journal {
  private readonly recorded: Batcher<Move, boolean>;
  private readonly suspended: Batcher<Move, boolean>;
  private readonly finished: Batcher<Move, boolean>;

  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
    /** This process, which need not be rung by its own NOTIFY. */
    private readonly instance: string = NOBODY,
    private readonly lanes = new PostgresLanes(pool),
  ) {
    this.recorded = this.batcher('record', RECORD);
    this.suspended = this.batcher('suspend', SUSPEND);
    this.finished = this.batcher('finish', FINISH);
  }

  async record(run: ClaimedRun, { rows, drops }: Entry): Promise<boolean> {
    return this.recorded.add({ run, rows: await this.encoded(run, rows), drops, at: 0 });
  }

  async suspend(run: ClaimedRun, { rows, drops }: Entry, resumeAt: number): Promise<boolean> {
    return this.suspended.add({ run, rows: await this.encoded(run, rows), drops, at: resumeAt });
  }

  async finish(run: ClaimedRun, { rows, drops }: Entry, { status, error, output }: RunResult): Promise<boolean> {
    const kept = { error: error && jsonBytes(error), output: output === undefined ? undefined : jsonBytes(output) };
    return this.finished.add({ run, rows: await this.encoded(run, rows), drops, at: Date.now(), status, ...kept });
  }

  async items(run: ClaimedRun, path: string, index?: number): Promise<StepRow[]> {
    const query =
      index === undefined
        ? { name: 'items-of', text: ITEMS_OF, values: [run.id, path] }
        : { name: 'item-of', text: ITEM_OF, values: [run.id, `${path}[${index}]`] };
    const { rows } = await this.pool.query<JournalRow>(query);
    return Promise.all(rows.map((row) => this.data.decode(row)));
  }

  async drained(): Promise<void> {
    await Promise.all([this.recorded.drained(), this.suspended.drained(), this.finished.drained()]);
  }

  /** Encoded before it is batched, so that batches know their size and a row that is not JSON fails alone. */
  private async encoded({ id }: ClaimedRun, rows: readonly StepRow[]): Promise<EncodedRow[]> {
    const encoded: EncodedRow[] = [];
    for (const row of rows) {
      const data = this.data.encode(id, row);
      encoded.push({ row, data: data instanceof Uint8Array ? data : await data });
    }
    return encoded;
  }

  private batcher(name: string, texts: Texts): Batcher<Move, boolean> {
    return new Batcher<Move, boolean>({
      flush: (moves) => this.flush(name, texts, moves),
      inFlight: 1,
      maxItems: 256,
      maxBytes: 16 * 1024 * 1024,
      bytes: ({ rows }) => rows.reduce((size, { data }) => size + data.length + 256, 256),
      isItemFault,
    });
  }

  /** The statements tell runs apart, not claims of one run: where two of them meet, each has a statement of its own. */
  private async flush(name: string, texts: Texts, moves: readonly Move[]): Promise<readonly boolean[]> {
    if (new Set(moves.map(({ run }) => run.id)).size === moves.length) return this.write(name, texts, moves);
    const kept: boolean[] = [];
    for (const move of moves) kept.push(...(await this.write(name, texts, [move])));
    return kept;
  }

  private async write(name: string, texts: Texts, moves: readonly Move[]): Promise<readonly boolean[]> {
    const kind = kindOf(moves, texts);
    const values = columns([...moves].sort(byRun), kind, this.instance);
    const statement = { name: `${name}-${kind}`, text: texts[kind] ?? texts.dropping, values };
    const write = (): Promise<QueryResult<MovedRow>> => this.pool.query<MovedRow>(bounded(statement));
    const { rows } = await mendingPartitions(this.pool, () => afterDeadlock(write));
    // What is missed here the sweep finds; the ends are committed.
    if (kind === 'laned') await this.lanes.carryOn(rows).catch(() => undefined);
    const moved = new Set(rows.map((row) => row.id));
    return moves.map(({ run }) => moved.has(run.id));
  }
}

type MovedRow = HandedOver & { readonly id: string };

/** Rows of runs are locked in the order in which a statement names them: see sql/lock-order.ts. */
function byRun({ run: one }: Move, { run: other }: Move): number {
  return one.id < other.id ? -1 : 1;
}

type Kind = 'plain' | 'dropping' | 'awaited' | 'failed' | 'laned';
type Texts = TransitionTexts & { readonly awaited?: string; readonly failed?: string; readonly laned?: string };

/** The simplest statement that does for all of them. */
function kindOf(moves: readonly Move[], { awaited }: Texts): Kind {
  if (moves.some(({ status, run }) => status !== undefined && run.laned)) return 'laned';
  if (moves.some(({ status }) => status === 'failed')) return 'failed';
  if (awaited !== undefined && moves.some(isAwaited)) return 'awaited';
  return moves.some(({ drops }) => drops.length > 0) ? 'dropping' : 'plain';
}

/** Somebody may wait for what it says: the end of the run, or what its `respond` step answers. */
function isAwaited({ run, status, rows }: Move): boolean {
  return run.awaited === true && (status !== undefined || rows.some(({ row }) => isResponse(row)));
}

function columns(moves: readonly Move[], kind: Kind, instance: string): unknown[] {
  const blob = new Blob();
  const errorOffsets = moves.map(({ error }) => (error ? blob.add(error) : 1));
  const rows = moves.flatMap(({ run, rows: own }) => own.map(({ row, data }) => ({ run, row, data })));
  const dataOffsets = rows.map(({ data }) => blob.add(data));
  const ends = moves.some(({ status }) => status !== undefined);
  const awaited =
    kind === 'awaited' || kind === 'failed' || kind === 'laned' ? [...(ends ? outputColumns(moves, blob) : []), instance] : [];
  const more = kind === 'plain' ? [] : [...dropColumns(moves), ...awaited];
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
    ...more,
  ];
}

function dropColumns(moves: readonly Move[]): unknown[] {
  const drops = moves.flatMap(({ run, drops: own }) => own.map((key) => ({ ...key, runId: run.id })));
  return [
    plainArray(drops.map(({ runId }) => runId)),
    textArray(drops.map(({ path }) => path)),
    plainArray(drops.map(({ attempt }) => attempt)),
  ];
}

function outputColumns(moves: readonly Move[], blob: Blob): unknown[] {
  const offsets = moves.map(({ output }) => (output ? blob.add(output) : 1));
  return [plainArray(offsets), plainArray(moves.map(({ output }) => output?.length ?? 0))];
}
