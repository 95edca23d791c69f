import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import {
  describeLaneModel,
  describeLanes,
  describePriorities,
  describeRates,
  entry,
  inLane,
  newRunner,
  type LaneStore,
} from '../engine/contract/index.js';
import {
  PostgresEventStore,
  PostgresFlowStore,
  PostgresHistory,
  PostgresJournal,
  PostgresLanes,
  PostgresRunStore,
  type Database,
} from './index.js';

const DUE_AT_ONCE = `update runs set due_at = now()
  where id = any (array(select id from runs where status = 'queued' and due_at > now() for update skip locked))`;

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  await new PostgresFlowStore(database.dataSource).publish('contract', '{}', true);
}, 180_000);

afterAll(() => server.stop(), 180_000);

async function open(): Promise<LaneStore> {
  const { pool, dataSource } = database;
  const history = new PostgresHistory(pool);
  return {
    ...(await storeInPostgres(database)),
    cancel: (ids) => history.cancel(ids),
    setPriority: async (flowId, priority) => {
      await new PostgresFlowStore(dataSource).publish(flowId, '{}', true, { origin: 'folder', priority });
    },
    setRate: async (rate) => void (await new PostgresFlowStore(dataSource).publish('contract', '{}', true, { origin: 'folder', rate })),
    release: () => new PostgresFlowStore(dataSource).releaseHeld(),
  };
}

describeLanes('Postgres', open);
describeRates('Postgres', open);
describePriorities('Postgres', open);
describeLaneModel('Postgres', open, 40);

describe('lanes under concurrency', () => {
  /** Several processes, each with its batches, over the same keys: no deadlock, no limit passed, nothing left over. */
  it('keeps limit and order while many stores accept, claim, end and cancel at once', async () => {
    const base = await open();
    const { pool } = database;
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const going = new Map<string, number>();
    let ended = 0;
    let most = 0;
    const keyOf = new Map<string, string>();
    const all = Array.from({ length: 600 }, (_, i) => {
      const key = keys[(i * 7) % keys.length]!;
      const acceptance = inLane(key, 2);
      keyOf.set(acceptance.run.id, key);
      return acceptance;
    });
    const stores = Array.from({ length: 4 }, () => new PostgresEventStore(pool));
    const accepting = Promise.all(all.map((each, i) => stores[i % stores.length]!.accept(each)));
    const work = async (): Promise<void> => {
      const runner = await newRunner(base);
      const [claims, journal] = [new PostgresRunStore(pool, 'worker'), new PostgresJournal(pool)];
      while (ended < all.length) {
        const works = await claims.claimDue(runner, 4);
        await claims
          .claim(
            runner,
            all.slice(0, 50).map(({ run }) => run.id),
            4,
          )
          .then((more) => works.push(...more));
        for (const { run } of works) {
          const now = (going.get(keyOf.get(run.id)!) ?? 0) + 1;
          going.set(keyOf.get(run.id)!, now);
          most = Math.max(most, now);
        }
        await Promise.all(
          works.map(async ({ run }, i) => {
            going.set(keyOf.get(run.id)!, going.get(keyOf.get(run.id)!)! - 1);
            if (i % 5 === 4) expect(await base.cancel([run.id])).toEqual([run.id]);
            else expect(await journal.finish(run, entry([]), { status: 'succeeded' })).toBe(true);
            ended += 1;
          }),
        );
        // As hints and sweeps would; it waits for nobody, as claims do not.
        if (works.length === 0) await pool.query(DUE_AT_ONCE);
      }
    };
    await Promise.all([accepting, work(), work(), work(), work()]);
    expect(most).toBeLessThanOrEqual(2);
    expect((await pool.query('select from lanes')).rowCount).toBe(0);
    expect((await pool.query('select from finished_runs')).rowCount).toBe(all.length);
  }, 180_000);

  /** The end begins while an accept of the same lane is not committed yet, and sees the lane and its runs as they were before. */
  it('hands over to who came while the end waited for the lane', async () => {
    const store = await open();
    const { pool } = database;
    const [first, second, third] = [inLane('a'), inLane('a'), inLane('a')];
    await store.events.accept(first);
    const runner = await newRunner(store);
    const [work] = await store.claims.claim(runner, [first.run.id], 1);
    const client = await pool.connect();
    await client.query('begin');
    await new PostgresEventStore(client as unknown as typeof pool).accept(second);
    const finishing = store.journal.finish(work!.run, entry([]), { status: 'succeeded' });
    while ((await pool.query('select from pg_locks where not granted')).rowCount === 0);
    await client.query('commit');
    client.release();
    expect(await finishing).toBe(true);
    expect((await store.activeRun(second.run.id))?.status).toBe('queued');
    expect(await store.events.accept(third)).toEqual({ kind: 'stored', behind: [third.run.id] });
    expect(await new PostgresLanes(pool).recount()).toBe(0);
  });

  it('hands over by the sweep what a crash left standing, and counts again what does not add up', async () => {
    const store = await open();
    const { pool } = database;
    const lanes = new PostgresLanes(pool);
    const all = [inLane('a'), inLane('a'), inLane('a')];
    for (const each of all) await store.events.accept(each);
    // As if the statement that let the next one in had been cut off from its lane.
    await pool.query('delete from runs where id = $1', [all[0]!.run.id]);
    expect(await lanes.recount()).toBe(1);
    expect((await store.activeRun(all[1]!.run.id))?.status).toBe('behind');
    await lanes.sweep();
    expect((await store.activeRun(all[1]!.run.id))?.status).toBe('queued');
    expect((await store.activeRun(all[2]!.run.id))?.status).toBe('behind');
    expect(await lanes.recount()).toBe(0);
  });

  it('raises the limit of those that stand in line already', async () => {
    const store = await open();
    const lanes = new PostgresLanes(database.pool);
    const all = [inLane('a'), inLane('a'), inLane('a')];
    for (const each of all) await store.events.accept(each);
    await lanes.sweep(new Map([['contract', 2]]));
    const states = await Promise.all(all.map(async ({ run }) => (await store.activeRun(run.id))?.status));
    expect(states).toEqual(['queued', 'queued', 'behind']);
  });
});
