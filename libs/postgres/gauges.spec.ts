import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import { claimedRun, entry, newId, newRunner, queued } from '../engine/contract/index.js';
import { readActive, readStanding, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  const store = await storeInPostgres(database);
  const runner = await newRunner(store);
  const { run } = await claimedRun(store, runner);
  await store.journal.finish(run, entry([]), { status: 'failed', error: { code: 'x', message: 'It broke.' } });
  for (const status of ['queued', 'paced', 'paced', 'held'] as const)
    await store.events.accept(queued({ run: { id: newId(), version: 1, status } }));
}, 60_000);
afterAll(() => server.stop(), 60_000);

const RUNS = { queued: 1, paced: 2, held: 1 };

describe('what stands', () => {
  it('is counted by status, with what has ended and waits for a person', async () => {
    expect(await readStanding(database.pool)).toMatchObject({ runs: RUNS, openCollections: 0, deadLetters: 1 });
  });

  it('and is active is counted without what has ended: neither its size nor its locks are waited for', async () => {
    const other = await database.pool.connect();
    try {
      await other.query('begin');
      await other.query('lock table finished_runs, outbox in access exclusive mode');
      expect(await readActive(database.pool)).toEqual({ runs: RUNS, openCollections: 0 });
    } finally {
      await other.query('rollback');
      other.release();
    }
  }, 10_000);
});
