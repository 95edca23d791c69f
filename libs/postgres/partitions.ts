import type { Pool } from 'pg';

export const WEEK_MS = 7 * 24 * 3600 * 1000;
const WEEKS_AHEAD = 4;
export const PARTITIONED = ['events', 'finished_runs', 'journal'] as const;

export type PartitionedTable = (typeof PARTITIONED)[number];

/**
 * Makes the weekly partitions from the current week to four weeks ahead. Safe to call from several processes at
 * once and often: existing partitions are left alone.
 */
export async function ensurePartitions(pool: Pool, now: number): Promise<void> {
  const first = Math.floor(now / WEEK_MS);
  for (let week = first; week <= first + WEEKS_AHEAD; week += 1) {
    for (const table of PARTITIONED) await pool.query(createPartition(table, week));
  }
}

function createPartition(table: string, week: number): string {
  const name = `${table}_${new Date(week * WEEK_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;
  const [from, to] = [week, week + 1].map((boundary) => `'${lowestId(boundary * WEEK_MS)}'`);
  return `create table if not exists ${name} partition of ${table} for values from (${from}) to (${to})`;
}

/** The milliseconds that an id begins with, since the epoch (RFC 9562, section 5.7). */
export function idMs(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The lowest UUIDv7 of a millisecond (RFC 9562, section 5.7: 48 bits of Unix milliseconds lead). */
export function lowestId(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** Writes; where no partition takes a row, makes the partitions and writes again. */
export async function mendingPartitions<T>(pool: Pool, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isMissingPartition(error)) throw error;
    await ensurePartitions(pool, Date.now());
    return write();
  }
}

/** No partition takes a row: none was made for its week. */
export function isMissingPartition(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === '23514' && /no partition of relation/.test(message ?? '');
}
