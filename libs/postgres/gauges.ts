import type { Pool } from 'pg';
import { IS_DEAD } from './sql/dead.js';

/** How much is under way, over all processes. */
export interface Active {
  /** Active runs by status as it is stored: `behind` stands in a lane, `paced` waits for the rate of its flow. */
  readonly runs: Readonly<Record<string, number>>;
  /** Collections of events that are not due yet. */
  readonly openCollections: number;
}

/** All that an operator watches. */
export interface Standing extends Active {
  /** Seconds since the oldest run that a runner may take became due; 0 when there is none. */
  readonly oldestDueSeconds: number;
  readonly deadLetters: number;
  /** Emitted events that were not delivered yet. */
  readonly undelivered: number;
}

const ACTIVE = `
  select
    (select coalesce(jsonb_object_agg(status, count), '{}') from (select status, count(*) from runs where not test group by status) by_status) as runs,
    (select count(*)::int from collections) as open_collections`;

const STANDING = `
  ${ACTIVE},
    (select coalesce(greatest(0, extract(epoch from now() - min(due_at))), 0)::float8 from runs where due_at <= now()) as oldest_due,
    (select count(*)::int from finished_runs where ${IS_DEAD}) as dead_letters,
    (select count(*)::int from outbox where delivered_at is null) as undelivered`;

interface ActiveRow {
  readonly runs: Record<string, number>;
  readonly open_collections: number;
}

interface StandingRow extends ActiveRow {
  readonly oldest_due: number;
  readonly dead_letters: number;
  readonly undelivered: number;
}

/** Reads it in one statement, without looking at what has ended. */
export async function readActive(pool: Pool): Promise<Active> {
  const { rows } = await pool.query<ActiveRow>(ACTIVE);
  return activeOf(rows[0]!);
}

/** Reads it all in one statement. */
export async function readStanding(pool: Pool): Promise<Standing> {
  const { rows } = await pool.query<StandingRow>(STANDING);
  const row = rows[0]!;
  return {
    ...activeOf(row),
    oldestDueSeconds: row.oldest_due,
    deadLetters: row.dead_letters,
    undelivered: row.undelivered,
  };
}

function activeOf({ runs, open_collections: openCollections }: ActiveRow): Active {
  return { runs, openCollections };
}
