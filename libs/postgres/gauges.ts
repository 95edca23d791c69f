import type { Pool } from 'pg';

/** How much there is of what an operator watches, over all processes. */
export interface Standing {
  /** Active runs by status as it is stored: `behind` stands in a lane, `paced` waits for the rate of its flow. */
  readonly runs: Readonly<Record<string, number>>;
  /** Seconds since the oldest run that a runner may take became due; 0 when there is none. */
  readonly oldestDueSeconds: number;
  readonly deadLetters: number;
  /** Collections of events that are not due yet. */
  readonly openCollections: number;
  /** Emitted events that were not delivered yet. */
  readonly undelivered: number;
}

const STANDING = `
  select
    (select coalesce(jsonb_object_agg(status, count), '{}') from (select status, count(*) from runs where not test group by status) by_status) as runs,
    (select coalesce(greatest(0, extract(epoch from now() - min(due_at))), 0)::float8 from runs where due_at <= now()) as oldest_due,
    (select count(*)::int from finished_runs where status = 'failed' and resolution is null and not dry and not test) as dead_letters,
    (select count(*)::int from collections) as open_collections,
    (select count(*)::int from outbox where delivered_at is null) as undelivered`;

interface StandingRow {
  readonly runs: Record<string, number>;
  readonly oldest_due: number;
  readonly dead_letters: number;
  readonly open_collections: number;
  readonly undelivered: number;
}

/** Reads it all in one statement. */
export async function readStanding(pool: Pool): Promise<Standing> {
  const { rows } = await pool.query<StandingRow>(STANDING);
  const row = rows[0]!;
  return {
    runs: row.runs,
    oldestDueSeconds: row.oldest_due,
    deadLetters: row.dead_letters,
    openCollections: row.open_collections,
    undelivered: row.undelivered,
  };
}
