import type { Client, Pool } from 'pg';
import { unhurried } from './bounded.js';
import { lowestId, PARTITIONED, WEEK_MS, type PartitionedTable } from './partitions.js';
import { ACTIVE_WITHIN, CATCH_UP, CHANGED, NEEDED, PARTITIONS } from './sql/retention.js';

/** So that one process at a time drops history. */
const RETENTION_LOCK = 0x6d697272;
/** How long a drop waits for its locks: accepts queue up behind it meanwhile. */
const LOCK_TIMEOUT_MS = 200;

/** How often a drop that found somebody at work tries again, and after how long. */
export interface RetentionPatience {
  readonly tries: number;
  readonly pauseMs: number;
}

const PATIENCE: RetentionPatience = { tries: 5, pauseMs: 1_000 };

/** A connection that may take as long as it takes. */
export type Session = Pick<Client, 'query'>;

/** What a round did, as partitions. */
export interface RetentionRound {
  readonly dropped: readonly string[];
  /** Replaced by what must outlast them. */
  readonly shrunk: readonly string[];
  /** In use just now; the next round tries again. */
  readonly postponed: readonly string[];
}

interface Partition {
  readonly table: PartitionedTable;
  readonly name: string;
  /** A small one that holds only what must outlast its week. */
  readonly isKept: boolean;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

type Done = 'dropped' | 'shrunk' | 'postponed' | 'unchanged';

/**
 * Drops the weekly partitions of events, finished runs and journal that lie wholly before `horizon` (milliseconds since the
 * epoch). What active runs and dead letters need is copied into a small partition that takes the place of the old one.
 * Safe at any time, in several processes at once, and after a crash at any point.
 */
export async function dropHistory(pool: Pool, horizon: number): Promise<RetentionRound> {
  const client = await unhurried(pool);
  try {
    return await dropHistoryOn(client, horizon);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * The same on a connection of the caller's, who ends it: until then no other drops anything, for the lock goes with the
 * connection, as does a setting. Does nothing when another process is at it.
 */
export async function dropHistoryOn(client: Session, horizon: number, patience = PATIENCE): Promise<RetentionRound> {
  const round = { dropped: [] as string[], shrunk: [] as string[], postponed: [] as string[] };
  const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [RETENTION_LOCK]);
  if (!rows[0]?.ours) return round;
  // Elsewhere plans are pinned to indexes; here most of a table is read.
  await client.query('set enable_seqscan = on');
  const busy = new Set<PartitionedTable>();
  for (const partition of (await partitions(client)).filter(({ to }) => to <= horizon)) {
    // Who is at work in a table just now mostly is so in all of it.
    if (busy.has(partition.table)) continue;
    const done = await retire(client, partition, patience);
    if (done === 'postponed') busy.add(partition.table);
    if (done !== 'unchanged') round[done].push(partition.name);
  }
  return round;
}

async function partitions(client: Session): Promise<Partition[]> {
  const { rows } = await client.query<{ parent: PartitionedTable; name: string }>(PARTITIONS, [PARTITIONED]);
  return rows.flatMap(({ parent, name }) => {
    const [, year, month, day, kept] = /_(\d{4})(\d\d)(\d\d)(_kept)?$/.exec(name) ?? [];
    if (year === undefined) return [];
    const from = Date.UTC(Number(year), Number(month) - 1, Number(day));
    return [{ table: parent, name, isKept: kept !== undefined, from, to: from + WEEK_MS }];
  });
}

function retire(client: Session, partition: Partition, patience: RetentionPatience): Promise<Done> {
  return partition.isKept ? retireKept(client, partition, patience) : replace(client, partition, patience);
}

/** Of what was kept, drops what nobody needs any more, and in the end the whole. */
async function retireKept(client: Session, partition: Partition, patience: RetentionPatience): Promise<Done> {
  const { table, name } = partition;
  await client.query(`delete from ${name} p where not (${NEEDED[table]})`);
  return withShortLocks(client, patience, async () => {
    if (!(await isOver(client, partition, name))) return 'unchanged';
    await client.query(`alter table ${table} detach partition ${name}`);
    await client.query(`drop table ${name}`);
    return 'dropped';
  });
}

/** Copies what is needed while everybody works, then exchanges the two within a moment. */
async function replace(client: Session, partition: Partition, patience: RetentionPatience): Promise<Done> {
  const { table, name } = partition;
  const copy = `${name}_kept`;
  // Left over from a round that was cut off: a copy is attached only in the moment in which the old one goes.
  await client.query(`drop table if exists ${copy}`);
  await client.query(`create table ${copy} (like ${table} including all)`);
  const before = await activeWithin(client, partition);
  await client.query(`insert into ${copy} select p.* from ${name} p where ${NEEDED[table]}`);
  const done = await withShortLocks(client, patience, () => exchange(client, partition, copy, before));
  if (done === 'postponed') await client.query(`drop table if exists ${copy}`);
  return done;
}

async function exchange(client: Session, partition: Partition, copy: string, before: readonly ActiveRun[]): Promise<Done> {
  const { table, name } = partition;
  await client.query(`lock table ${table} in access exclusive mode`);
  await catchUp(client, partition, copy, before);
  const over = await isOver(client, partition, copy);
  await client.query(`alter table ${table} detach partition ${name}`);
  if (over) await client.query(`drop table ${copy}`);
  else await client.query(`alter table ${table} attach partition ${copy} for values from ('${bounds(partition).join("') to ('")}')`);
  await client.query(`drop table ${name}`);
  return over ? 'dropped' : 'shrunk';
}

/** Active runs went on since the copy, dead letters were resolved, old events were taken up again. */
async function catchUp(client: Session, partition: Partition, copy: string, before: readonly ActiveRun[]): Promise<void> {
  const snapshot = [before.map(({ id }) => id), before.map(({ journal_rows: rows }) => rows)];
  const { rows } = await client.query<{ id: string }>(CHANGED, snapshot);
  const values: Record<'changed' | 'bounds' | 'nothing', unknown[]> = {
    changed: [rows.map(({ id }) => id)],
    bounds: bounds(partition),
    nothing: [],
  };
  for (const { text, takes } of CATCH_UP[partition.table](partition.name, copy)) await client.query(text, values[takes]);
}

interface ActiveRun {
  readonly id: string;
  readonly journal_rows: number;
}

async function activeWithin(client: Session, partition: Partition): Promise<ActiveRun[]> {
  const { rows } = await client.query<ActiveRun>(ACTIVE_WITHIN, bounds(partition));
  return rows;
}

/** Nothing in it is needed, and no run will write there any more. */
async function isOver(client: Session, partition: Partition, name: string): Promise<boolean> {
  const { rowCount } = await client.query(`select from ${name} limit 1`);
  return rowCount === 0 && (partition.table === 'events' || (await activeWithin(client, partition)).length === 0);
}

function bounds({ from, to }: Partition): [string, string] {
  return [lowestId(from), lowestId(to)];
}

/** Who waits for a lock holds up everybody behind it: so it waits briefly, and tries again a little later. */
async function withShortLocks(client: Session, { tries, pauseMs }: RetentionPatience, work: () => Promise<Done>): Promise<Done> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query('begin');
      await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const done = await work();
      await client.query('commit');
      return done;
    } catch (error) {
      await client.query('rollback');
      if (!isLockTimeout(error)) throw error;
      if (attempt === tries) return 'postponed';
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** lock_not_available and deadlock_detected: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isLockTimeout(error: unknown): boolean {
  return ['55P03', '40P01'].includes((error as { code?: string }).code ?? '');
}
