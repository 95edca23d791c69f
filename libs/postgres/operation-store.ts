import type { Pool, PoolClient } from 'pg';
import { StepData } from './blobs/step-data.js';
import { chosenIds, chosenVersions, type Chosen, type ChosenIds, type OperationKind } from './chosen.js';
import { afterDeadlock } from './deadlock.js';
import { isItemFault } from './errors.js';
import { isMissingPartition, mendingPartitions } from './partitions.js';
import { plainArray, textArray } from './packing.js';
import { insertRerun, type Rerun } from './rerun-rows.js';
import { COUNT_OUTDATED, RESOLVE } from './sql/operate.js';
import {
  BEGIN,
  CANCEL_OPERATION,
  CLOSE_ITEMS,
  END_TURN,
  ENDED_RUNS,
  LIST_ITEMS,
  NEXT_DUE,
  OPEN_ITEMS,
  OPERATION,
  ORDER,
  PROBLEMS,
  TAKE_TURN,
  TRIM_OPERATIONS,
} from './sql/operations.js';
import { lockLanesOf, PostgresLanes, withinLanes, type HandedOver } from './lanes.js';
import { CANCEL, LOCK_TO_CANCEL } from './sql/runs.js';
import { inTransaction } from './transaction.js';

/** What one operation does at the most. */
export const MAX_ITEMS = 100_000;
/** Counting what was chosen may read all of history, while others wait for the disk. */
const COUNT_MS = 20_000;

/** How it is done to each item. */
export interface OperationOptions {
  readonly version?: 'same' | 'live' | undefined;
  readonly from?: 'start' | 'failed' | undefined;
  /** Why dead letters are discarded. */
  readonly reason?: string | undefined;
}

export interface OperationOrder {
  readonly id: string;
  /** An order that is sent twice with one key is one order. */
  readonly key: string | undefined;
  readonly kind: OperationKind;
  readonly chosen: Chosen;
  readonly options: OperationOptions;
  /** Items a second, over all processes. */
  readonly perSecond: number;
  /** How many it may be about. */
  readonly confirm: number;
}

export interface StoredOperation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly options: OperationOptions;
  readonly perSecond: number;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Counts the pieces that are done. */
  readonly turn: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** What an order would be about. */
export interface Counted {
  readonly count: number;
  /** How many of these runs were on another version than the one that is live now; 0 for what is no ended run. */
  readonly outdated: number;
}

/** The runs that an operation started, by how they ended; those that history has forgotten are not among them. */
export interface EndedRuns {
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** The `when` of their trigger did not hold. */
  readonly filtered: number;
  /** Not ended yet. */
  readonly active: number;
}

export type Ordered =
  | { readonly kind: 'ordered'; readonly operation: StoredOperation }
  /** There are more by now than were confirmed, or than an operation may be about; nothing was written. */
  | { readonly kind: 'more'; readonly count: number };

export interface OperationItem {
  readonly position: number;
  /** Of the event or run. */
  readonly id: string;
}

/** What is to be done to one item, decided before the commit that does it. */
export type Deed =
  | {
      readonly kind: 'start';
      readonly runs: readonly Rerun[];
      /** The dead letter that this resolves: it must still be one. */ readonly resolves?: string;
    }
  | { readonly kind: 'discard'; readonly reason: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'problem'; readonly message: string };

/** The next piece of an operation. */
export interface Piece {
  readonly operation: StoredOperation;
  readonly items: readonly OperationItem[];
}

interface Outcome {
  readonly position: number;
  readonly problem: string | undefined;
  readonly runs: readonly string[];
  /** What its end did to its lane. */
  readonly handedOver: readonly HandedOver[];
}

type Done = Pick<Outcome, 'runs' | 'handedOver'>;

/** Orders to do something to many events or runs, done piece by piece: each item once, whatever stops in between. */
export class PostgresOperationStore {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
    private readonly lanes = new PostgresLanes(pool),
  ) {}

  /** How many are chosen; counts no further than one more than an operation may be about. Rejects when that takes too long. */
  async count(kind: OperationKind, chosen: Chosen): Promise<Counted> {
    const { text, values } = countOf(kind, chosen);
    return inTransaction(this.pool, async (client) => {
      await client.query(`set local statement_timeout = ${COUNT_MS}`);
      const { rows } = await client.query<Counted>(text, values);
      return rows[0]!;
    });
  }

  /** Writes down what is to be done and to which items, in one commit. */
  async order(order: OperationOrder): Promise<Ordered> {
    const count = await inTransaction(this.pool, (client) => insertOrder(client, order)).catch((error: unknown) => {
      if (error instanceof TooMany) return error.count;
      throw error;
    });
    if (count !== undefined) return { kind: 'more', count };
    return { kind: 'ordered', operation: (await this.ordered(order))! };
  }

  async list(before: string | undefined, limit: number): Promise<StoredOperation[]> {
    const { rows } = await this.pool.query<OperationRow>(
      `select ${OPERATION} where $1::uuid is null or id < $1 order by id desc limit $2`,
      [before, limit],
    );
    return rows.map(stored);
  }

  async find(id: string): Promise<StoredOperation | undefined> {
    const { rows } = await this.pool.query<OperationRow>(`select ${OPERATION} where id = $1`, [id]);
    return rows[0] && stored(rows[0]);
  }

  /** The first of what it could not be done to, as sentences. */
  async problems(id: string, limit: number): Promise<{ id: string; message: string }[]> {
    const { rows } = await this.pool.query<{ id: string; message: string }>(PROBLEMS, [id, limit]);
    return rows;
  }

  /** How the runs that it started have ended so far; undefined for what starts none. */
  async ended({ id, kind }: Pick<StoredOperation, 'id' | 'kind'>): Promise<EndedRuns | undefined> {
    if (kind === 'discard' || kind === 'cancel') return undefined;
    const { rows } = await this.pool.query<EndedRuns>(ENDED_RUNS, [id]);
    return rows[0];
  }

  /** Nothing more is done from now on. False: it had ended already. */
  async cancel(id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(CANCEL_OPERATION, [id]);
    return rowCount === 1;
  }

  /** Forgets operations that ended a month ago. */
  async trim(): Promise<void> {
    await this.pool.query(TRIM_OPERATIONS);
  }

  /** The next piece that is due, of `size` items of it; or in how many milliseconds one is; undefined when none runs. */
  async next(size: (operation: StoredOperation) => number): Promise<Piece | number | undefined> {
    const { rows } = await this.pool.query<OperationRow & { overdue: number }>(NEXT_DUE);
    const [row] = rows;
    if (!row) return undefined;
    if (row.overdue < 0) return -row.overdue;
    const operation = stored(row);
    const items = await this.pool.query<{ position: number; item_id: string }>(OPEN_ITEMS, [operation.id, size(operation)]);
    return { operation, items: items.rows.map(({ position, item_id: id }) => ({ position, id })) };
  }

  /** Does to the items what was decided, in one commit with the record of it. False: another process was first, or it was cancelled. */
  async apply({ operation, items }: Piece, deeds: readonly Deed[]): Promise<boolean> {
    const encoded = await Promise.all(deeds.map((deed) => this.encode(deed)));
    const apply = (): Promise<Outcome[] | undefined> =>
      inTransaction(this.pool, async (client) => {
        const { rowCount } = await client.query(TAKE_TURN, [operation.id, operation.turn]);
        if (rowCount === 0) return undefined;
        if (operation.kind === 'cancel') await lockToCancel(client, items);
        const runs = deeds.flatMap((deed) => (deed.kind === 'start' ? deed.runs : []));
        const outcomes = await withinLanes(client, runs, () => performAll(client, items, deeds, encoded));
        await close(client, operation.id, outcomes);
        return outcomes;
      });
    const applied = await mendingPartitions(this.pool, () => afterDeadlock(apply));
    await this.lanes.carryOn(applied?.flatMap(({ handedOver }) => handedOver) ?? []);
    return applied !== undefined;
  }

  private encode(deed: Deed): Promise<Uint8Array[][]> {
    if (deed.kind !== 'start') return Promise.resolve([]);
    return Promise.all(deed.runs.map((run) => Promise.all(run.rows.map(async (row) => this.data.encode(run.id, row)))));
  }

  private async ordered({ id, key }: OperationOrder): Promise<StoredOperation | undefined> {
    const { rows } = await this.pool.query<OperationRow>(`select ${OPERATION} where id = $1 or key = $2`, [id, key]);
    return rows[0] && stored(rows[0]);
  }
}

function countOf(kind: OperationKind, chosen: Chosen): ChosenIds {
  if (kind === 'rerun' || kind === 'retry') {
    const { text, values } = chosenVersions(kind, chosen);
    return { text: COUNT_OUTDATED(`${text} limit ${MAX_ITEMS + 1}`), values };
  }
  const { text, values } = chosenIds(kind, chosen);
  return { text: `select count(*)::int as count, 0 as outdated from (${text} limit ${MAX_ITEMS + 1}) chosen`, values };
}

/** Takes the order back. */
class TooMany extends Error {
  constructor(readonly count: number) {
    super(`${count} are more than were confirmed`);
  }
}

async function insertOrder(client: PoolClient, { id, key, kind, options, perSecond, chosen, confirm }: OperationOrder): Promise<undefined> {
  const { rowCount } = await client.query(ORDER, [id, key, kind, JSON.stringify(options), perSecond]);
  if (rowCount === 0) return;
  await client.query(`set local statement_timeout = ${COUNT_MS}`);
  const { text, values } = chosenIds(kind, chosen, [id]);
  const listed = await client.query(LIST_ITEMS(`${text} limit ${MAX_ITEMS + 1}`, '$1'), values);
  const count = listed.rowCount ?? 0;
  if (count > Math.min(confirm, MAX_ITEMS)) throw new TooMany(count);
  await client.query(BEGIN, [id, count]);
}

/** One after the other, in their order. */
async function performAll(
  client: PoolClient,
  items: readonly OperationItem[],
  deeds: readonly Deed[],
  encoded: readonly (readonly Uint8Array[][])[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, item] of items.entries()) outcomes.push(await perform(client, item, deeds[index]!, encoded[index]!));
  return outcomes;
}

/** What the database refuses of one item's data is that item's problem; everything else takes the whole piece back. */
async function perform(client: PoolClient, { position, id }: OperationItem, deed: Deed, data: readonly Uint8Array[][]): Promise<Outcome> {
  await client.query('savepoint item');
  try {
    return { position, problem: undefined, ...(await act(client, id, deed, data)) };
  } catch (error) {
    if (!(error instanceof NotDone) && (!isItemFault(error) || isMissingPartition(error))) throw error;
    await client.query('rollback to savepoint item');
    return { position, problem: (error as Error).message, runs: [], handedOver: [] };
  }
}

/** Said of the item, in a sentence. */
class NotDone extends Error {}

async function act(client: PoolClient, id: string, deed: Deed, data: readonly Uint8Array[][]): Promise<Done> {
  if (deed.kind === 'problem') throw new NotDone(deed.message);
  if (deed.kind === 'cancel') return cancel(client, id);
  if (deed.kind === 'discard') {
    return orNotDone(id, (await client.query(RESOLVE, [[id], 'discarded', deed.reason, null])).rowCount, NO_LETTER);
  }
  for (const [index, run] of deed.runs.entries()) {
    const resolved = await insertRerun(client, run, data[index]!);
    if (deed.resolves !== undefined && !resolved) throw new NotDone(NO_LETTER);
  }
  return { runs: deed.runs.map((run) => run.id), handedOver: [] };
}

/** All of them at once and in the order in which others lock them, for they are cancelled in the order of the list. */
async function lockToCancel(client: PoolClient, items: readonly OperationItem[]): Promise<void> {
  const ids = items.map(({ id }) => id);
  await lockLanesOf(client, ids);
  await client.query(LOCK_TO_CANCEL, [ids]);
}

async function cancel(client: PoolClient, id: string): Promise<Done> {
  const { rows } = await client.query<HandedOver & { readonly id: string | null }>(CANCEL, [[id]]);
  const done = orNotDone(id, rows.filter((row) => row.id !== null).length, 'It had ended already.');
  return { ...done, handedOver: rows };
}

const NO_LETTER = 'It is no dead letter any more: somebody has re-run or discarded it.';

function orNotDone(id: string, rowCount: number | null, problem: string): Done {
  if (rowCount === 0) throw new NotDone(problem);
  return { runs: [id], handedOver: [] };
}

async function close(client: PoolClient, id: string, outcomes: readonly Outcome[]): Promise<void> {
  const failed = outcomes.filter(({ problem }) => problem !== undefined).length;
  await client.query(CLOSE_ITEMS, [
    id,
    plainArray(outcomes.map(({ position }) => position)),
    textArray(outcomes.map(({ problem }) => (problem === undefined ? 'done' : 'failed'))),
    textArray(outcomes.map(({ problem }) => problem)),
    textArray(outcomes.map(({ runs }) => runs.join(' '))),
  ]);
  await client.query(END_TURN, [id, outcomes.length - failed, failed]);
}

interface OperationRow {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: StoredOperation['state'];
  readonly options: OperationOptions;
  readonly per_second: number;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly turn: number;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

function stored({ per_second: perSecond, created_at: createdAt, finished_at: finishedAt, ...rest }: OperationRow): StoredOperation {
  const { id, kind, state, options, total, done, failed, turn } = rest;
  const times = { createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
  return { id, kind, state, options, perSecond, total, done, failed, turn, ...times };
}
