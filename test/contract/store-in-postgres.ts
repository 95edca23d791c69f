import { PostgresEventStore, PostgresHistory, PostgresJournal, PostgresRunStore, type Database } from '@millrace/postgres';
import type { RunEnd } from '@millrace/engine';
import type { StoreUnderTest } from '../../libs/engine/contract/index.js';

/** Everything that a suite writes into. */
const TABLES = `events, runs, finished_runs, journal, dedupe_keys, runners, resumptions, lanes, flow_rates, flow_priorities,
  collections, collected`;

/** A database, emptied, as the suites of the engine's ports see a store. */
export async function storeInPostgres({ pool }: Database): Promise<StoreUnderTest> {
  await pool.query(`truncate ${TABLES}`);
  const runs = new PostgresRunStore(pool, 'contract/suite/1');
  const history = new PostgresHistory(pool);
  return {
    events: new PostgresEventStore(pool),
    journal: new PostgresJournal(pool),
    claims: runs,
    leases: runs,
    activeRun: async (id) => (await pool.query('select status, claim, crashes from runs where id = $1', [id])).rows[0],
    endOf: async (id) => {
      const active = await pool.query('select from runs where id = $1', [id]);
      const run = active.rowCount === 0 ? await history.run(id) : undefined;
      return run && { status: run.status as RunEnd, ...(run.error && { error: run.error }) };
    },
    event: (id) => history.event(id),
    rowsOf: (id) => history.journal(id),
  };
}
