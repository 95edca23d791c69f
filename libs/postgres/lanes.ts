import { createHash } from 'node:crypto';
import type { Lane } from '@millrace/engine';
import type { Pool, PoolClient } from 'pg';
import { plainArray, textArray } from './packing.js';
import {
  CLOSE_EMPTY,
  DOUBTFUL_LANES,
  HAND_OVER,
  LOCK_LANES,
  LOCK_LANES_OF,
  OPEN_AND_LOCK,
  OPEN_LANES,
  RECOUNT,
  SET_LIMITS,
} from './sql/lanes.js';
import { inTransaction } from './transaction.js';

/** How much of a key is kept for people. */
const LONGEST_NAME = 200;
/** Another statement that was in between may hide who is next; what is missed after that is the sweep's. */
const ATTEMPTS = 3;

/** Lanes that one statement hands over: after a long pause every customer's may be open. */
const PIECE = 1_000;

/** What a statement says of lanes: a run that has its turn now, or a lane in which somebody may have been missed. */
export interface HandedOver {
  readonly next?: string | null;
  readonly lane?: string | null;
}

/** The limits that are live, by flow. */
export type LaneLimits = ReadonlyMap<string, number>;

/** Hands lanes over where the statement that ended a run could not, and keeps them true. */
export class PostgresLanes {
  constructor(
    private readonly pool: Pool,
    /** Some run has its turn: it is due now. */
    private readonly onTurn: () => void = () => undefined,
  ) {}

  /** Carries on from what a statement said. Whatever fails here the sweep does again. */
  async carryOn(said: readonly HandedOver[]): Promise<void> {
    if (said.some(({ next }) => next)) this.onTurn();
    const open = said.flatMap(({ lane }) => lane ?? []);
    if (open.length > 0) await this.handOver(open);
  }

  /** Lets in whoever may go, in these lanes. */
  async handOver(lanes: readonly string[]): Promise<void> {
    for (let at = 0; at < lanes.length; at += PIECE) await this.handOverPiece(lanes.slice(at, at + PIECE));
  }

  private async handOverPiece(lanes: readonly string[]): Promise<void> {
    for (let left = lanes, attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt += 1) {
      const { rows } = await this.pool.query<HandedOver>({ name: 'hand-over', text: HAND_OVER, values: [left] });
      if (rows.some(({ next }) => next)) this.onTurn();
      left = rows.flatMap(({ lane }) => lane ?? []);
    }
  }

  /** Lets in whoever may go among the runs of a flow. */
  async sweepFlow(flowId: string): Promise<void> {
    await this.handOver(await this.open(flowId));
  }

  /** Lets in whoever may go anywhere, by the limits that are live: a hand-over that a crash cut off, a limit that was raised. */
  async sweep(limits: LaneLimits = new Map()): Promise<void> {
    if (limits.size > 0) await this.pool.query(SET_LIMITS, [[...limits.keys()], [...limits.values()]]);
    await this.handOver(await this.open(null));
  }

  private async open(flowId: string | null): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>({ name: 'open-lanes', text: OPEN_LANES, values: [flowId] });
    return rows.map(({ id }) => id);
  }

  /** Counts again what does not add up. Answers how many lanes that were. */
  async recount(): Promise<number> {
    const { rows } = await this.pool.query<{ id: string }>(DOUBTFUL_LANES);
    if (rows.length === 0) return 0;
    const ids = rows.map(({ id }) => id);
    return inTransaction(this.pool, async (client) => {
      await client.query(LOCK_LANES, [ids]);
      return (await client.query(RECOUNT, [ids])).rowCount ?? 0;
    });
  }
}

/** A lane's name in the store: of any key, of the same length, and with no customer's data in an index. */
export function laneId(flowId: string, { key }: Lane): string {
  const hash = createHash('sha256').update(flowId).update('\n').update(key).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
}

/** What a statement needs to know of a run's lane: its id, its name, its limit. */
export function laneValues(flowId: string, lane: Lane | undefined): [string | undefined, string | undefined, number | undefined] {
  return lane ? [laneId(flowId, lane), nameOf(lane), lane.limit] : [undefined, undefined, undefined];
}

interface Lined {
  readonly flowId: string;
  readonly lane?: Lane | undefined;
}

/** Does what puts runs into lanes one by one within a transaction, all lanes locked first and in one order. */
export async function withinLanes<T>(client: PoolClient, runs: readonly Lined[], work: () => Promise<T>): Promise<T> {
  const lined = runs.filter(({ lane }) => lane);
  if (lined.length === 0) return work();
  const [ids, names, limits] = laneColumns(lined);
  await client.query(OPEN_AND_LOCK, [ids, textArray(lined.map(({ flowId }) => flowId)), names, limits]);
  const done = await work();
  await client.query(CLOSE_EMPTY, [ids]);
  return done;
}

/** Locks the lanes of runs that a transaction is to end one by one. */
export async function lockLanesOf(client: PoolClient, runIds: readonly string[]): Promise<void> {
  await client.query(LOCK_LANES_OF, [runIds]);
}

/** The same as array literals, for many runs. */
export function laneColumns(runs: readonly Lined[]): [string, string, string] {
  const all = runs.map(({ flowId, lane }) => laneValues(flowId, lane));
  return [plainArray(all.map(([id]) => id)), textArray(all.map(([, name]) => name)), plainArray(all.map(([, , limit]) => limit))];
}

function nameOf({ key }: Lane): string {
  return key.slice(0, LONGEST_NAME).replaceAll('\0', '\uFFFD');
}
