import { charge, roomIn, type RateState } from '@millrace/engine';
import type { Pool, PoolClient } from 'pg';
import { KEEP_RATE, LOCK_RATE, PACED_FLOWS } from './sql/rates.js';
import { CLAIM_PACED } from './sql/runs.js';
import { inTransaction } from './transaction.js';

interface RateRow {
  readonly most: number;
  readonly per_ms: number;
  readonly state: RateState;
  readonly now: number;
}

/** Rows of runs that were claimed, and in how many milliseconds there may be room for more. */
export interface PacedRows<Row> {
  readonly rows: readonly Row[];
  readonly nextInMs: number | undefined;
}

/**
 * Claims what waits for the rates of its flows, `limit` runs at the most. Counting and claiming are one commit under the lock
 * of the rate's row, so that a rate holds over all processes, and what was counted has begun.
 */
export async function claimPaced<Row extends object>(pool: Pool, runner: string, limit: number): Promise<PacedRows<Row>> {
  const flows = await pool.query<{ flow_id: string; wait_ms: number }>({ name: 'paced-flows', text: PACED_FLOWS, values: [] });
  const rows: Row[] = [];
  let nextInMs: number | undefined;
  for (const { flow_id: flowId, wait_ms: waitMs } of flows.rows) {
    if (rows.length >= limit) return { rows, nextInMs: 0 };
    const paced = waitMs > 0 ? { rows: [], nextInMs: waitMs } : await paceFlow<Row>(pool, flowId, { runner, limit: limit - rows.length });
    rows.push(...paced.rows);
    nextInMs = Math.min(nextInMs ?? Infinity, paced.nextInMs ?? Infinity);
  }
  return { rows, nextInMs: nextInMs === Infinity ? undefined : nextInMs };
}

interface Claimant {
  readonly runner: string;
  readonly limit: number;
}

function paceFlow<Row extends object>(pool: Pool, flowId: string, { runner, limit }: Claimant): Promise<PacedRows<Row>> {
  return inTransaction(pool, async (client) => {
    const { rows: found } = await client.query<RateRow>({ name: 'lock-rate', text: LOCK_RATE, values: [flowId] });
    if (!found[0]) return { rows: [], nextInMs: undefined };
    const { most, per_ms: perMs, state, now } = found[0];
    const rate = { limit: most, perMs };
    const { room } = roomIn(state, rate, now);
    const rows = room === 0 ? [] : await claim<Row>(client, [runner, flowId, Math.min(room, limit)]);
    const after = rows.length === 0 ? state : charge(state, rate, rows.length, now);
    const { waitMs } = roomIn(after, rate, now);
    await client.query({ name: 'keep-rate', text: KEEP_RATE, values: [flowId, JSON.stringify(after), waitMs] });
    return { rows, nextInMs: waitMs };
  });
}

async function claim<Row extends object>(client: PoolClient, values: readonly unknown[]): Promise<Row[]> {
  const { rows } = await client.query<Row>({ name: 'claim-paced', text: CLAIM_PACED, values: [...values] });
  return rows;
}
