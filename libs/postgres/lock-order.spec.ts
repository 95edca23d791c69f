import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import { entry, newId, newRunner, queued, useRow, type StoreUnderTest } from '../engine/contract/index.js';
import { afterDeadlock } from './deadlock.js';
import { lockLanesOf } from './lanes.js';
import { PostgresFlowStore, PostgresHistory, type Database } from './index.js';
import { LOCK_TO_CANCEL } from './sql/runs.js';

let server: PrivatePostgres;
let database: Database;
let store: StoreUnderTest;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  await new PostgresFlowStore(database.dataSource).publish('contract', '{}', true);
}, 60_000);
afterAll(() => server.stop(), 60_000);
beforeEach(async () => {
  store = await storeInPostgres(database);
});

/** Two runs of one runner that are stored in the order that is not that of their ids. */
async function twoRuns(
  status: 'queued' | 'held' = 'queued',
): Promise<{ runner: string; works: Awaited<ReturnType<StoreUnderTest['claims']['claim']>> }> {
  const runner = await newRunner(store);
  const [low, high] = [newId(), newId()];
  for (const id of [high, low]) await store.events.accept(queued({ run: { id, version: 1, status } }));
  const works = [];
  for (const id of [high, low]) works.push(...(await store.claims.claim(runner, [id], 1)));
  return { runner, works };
}

/** While somebody else has the lower id, a statement that is about both must not have the higher one. */
async function expectInOrder(statement: () => Promise<unknown>): Promise<void> {
  const { pool } = database;
  const [low, high] = (await pool.query<{ id: string }>('select id from runs order by id')).rows;
  const other = await pool.connect();
  await other.query('begin');
  await other.query('select from runs where id = $1 for update', [low!.id]);
  const doing = statement();
  await waiting(other);
  const free = await other.query('select from runs where id = $1 for update skip locked', [high!.id]);
  await other.query('rollback');
  other.release();
  await doing;
  expect(free.rowCount).toBe(1);
}

async function waiting(client: PoolClient): Promise<void> {
  while ((await client.query('select from pg_locks where not granted')).rowCount === 0);
}

describe('rows of runs are locked in the order of their ids', () => {
  it.each([
    ['record', (run) => store.journal.record(run, entry([useRow('a')]))],
    ['suspend', (run) => store.journal.suspend(run, entry([]), Date.now())],
    ['finish', (run) => store.journal.finish(run, entry([]), { status: 'succeeded' })],
    ['finish as failed', (run) => store.journal.finish(run, entry([]), { status: 'failed', error: { code: 'x', message: 'y' } })],
  ] as [string, (run: Parameters<StoreUnderTest['journal']['record']>[0]) => Promise<boolean>][])('by a batch of %s', async (_, write) => {
    const { works } = await twoRuns();
    await expectInOrder(async () => expect(await Promise.all(works.map(({ run }) => write(run)))).toEqual([true, true]));
  });

  it('by what gives back the runs of a dead runner', async () => {
    const { runner } = await twoRuns();
    await database.pool.query('update runners set lease_until = now() where id = $1', [runner]);
    await expectInOrder(async () => expect(await store.leases.reclaimExpired()).toBe(2));
  });

  it('by what gives back the runs of a runner that nobody knows', async () => {
    await twoRuns();
    await database.pool.query('delete from runners');
    await expectInOrder(async () => expect(await store.leases.reclaimOrphans()).toBe(2));
  });

  it('by a runner that retires, or gives back', async () => {
    const { runner, works } = await twoRuns();
    const claims = works.map(({ run }) => ({ runId: run.id, claim: run.lease.claim }));
    await expectInOrder(() => store.leases.giveBack(runner, claims));
    await store.claims.claimDue(runner, 2);
    await expectInOrder(() => store.leases.retire(runner));
  });

  it('by the release of what was held', async () => {
    await twoRuns('held');
    await expectInOrder(() => new PostgresFlowStore(database.dataSource).releaseHeld());
  });

  it('by cancellations, with the runs that await them', async () => {
    const { works } = await twoRuns();
    const [child, parent] = works.map(({ run }) => run.id);
    await database.pool.query('update runs set parent = $2, awaited = true where id = $1', [child, parent]);
    await expectInOrder(async () => expect(await new PostgresHistory(database.pool).cancel([child!])).toEqual([child]));
  });

  it('by a piece of an operation that cancels', async () => {
    const { works } = await twoRuns();
    const client = await database.pool.connect();
    const ids = works.map(({ run }) => run.id);
    await client.query('begin');
    await lockLanesOf(client, ids);
    await expectInOrder(() => client.query(LOCK_TO_CANCEL, [ids]));
    await client.query('rollback');
    client.release();
  });
});

describe('a statement that Postgres undid to end a deadlock', () => {
  it('is written again', async () => {
    let left = 2;
    const write = async (): Promise<string> => {
      if (left-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return 'written';
    };
    expect(await afterDeadlock(write)).toBe('written');
  });

  it('fails at last, and what failed for another reason at once', async () => {
    let tries = 0;
    const failing = (code: string) => () => {
      tries += 1;
      return Promise.reject(Object.assign(new Error(code), { code }));
    };
    await expect(afterDeadlock(failing('40P01'))).rejects.toThrow('40P01');
    expect(tries).toBe(5);
    await expect(afterDeadlock(failing('23505'))).rejects.toThrow('23505');
    expect(tries).toBe(6);
  });
});
