import type { EventRecord } from '@millrace/engine';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import { describeCollections, eventOf, newId, type CollectingStore } from '../engine/contract/index.js';
import { dropHistory, ensurePartitions, PostgresCollections, PostgresEventStore, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);
afterAll(() => server.stop(), 180_000);

async function open(): Promise<CollectingStore> {
  const { pool } = database;
  return {
    ...(await storeInPostgres(database)),
    collections: new PostgresCollections(pool),
    runOf: async (eventId, flowId) => {
      const { rows } = await pool.query('select run_id from collected where event_id = $1 and flow_id = $2', [eventId, flowId]);
      return (rows[0] as { run_id: string | null } | undefined)?.run_id;
    },
  };
}

describeCollections('Postgres', open);

const collecting = { flowId: 'shop', version: 1, kind: 'batch', key: 'a', windowMs: 60_000, size: 100 } as const;

/** Closes what is full, a while; answers how many events that took. All runs are in one lane. */
async function closeAll(collections: PostgresCollections): Promise<number> {
  let taken = 0;
  for (let round = 0; round < 20; round += 1) {
    for (const due of await collections.due(50)) {
      const first = await collections.first(due);
      const run = { id: newId(), status: 'queued', event: eventOf('shop'), lane: { key: 'all', limit: 1 } } as const;
      if (first.count > 0 && (await collections.close(due, first, run))) taken += first.count;
    }
  }
  return taken;
}

it('accepts of two processes that collect for the same keys in different orders do not deadlock', async () => {
  await open();
  const stores = [new PostgresEventStore(database.pool), new PostgresEventStore(database.pool)];
  const accepts = Array.from({ length: 400 }, (_, n) =>
    stores[n % 2]!.accept({
      event: eventOf('shop'),
      collects: [{ ...collecting, key: String((n % 2 ? n : 400 - n) % 7), size: 3 }],
      listeners: [
        { id: newId(), flowId: 'laned', version: 1, status: 'queued', lane: { key: String((n % 2 ? 400 - n : n) % 5), limit: 1 } },
      ],
    }),
  );
  // Closing takes a collection and then a lane, too.
  const closing = closeAll(new PostgresCollections(database.pool));
  expect(new Set((await Promise.all(accepts)).map(({ kind }) => kind))).toEqual(new Set(['stored']));
  const taken = await closing;
  const { rows } = await database.pool.query(
    'select sum(count)::int as count, (select count(*)::int from collected) as rows from collections',
  );
  expect(rows).toEqual([{ count: taken < 400 ? 400 - taken : null, rows: 400 }]);
  const { rows: lanes } = await database.pool.query('select sum(taken)::int as taken, sum(waiting)::int as waiting from lanes');
  expect(lanes).toMatchObject([{ taken: 5 + (taken > 0 ? 1 : 0) }]);
});

it('retention keeps the events that are collected, and forgets what became of those that are gone', async () => {
  const store = await open();
  const old = Date.now() - 30 * 24 * 3_600_000;
  const { pool } = database;
  for (let week = 0; week < 5; week += 1) await ensurePartitions(pool, old + week * 7 * 24 * 3_600_000);
  const event = (id: string): EventRecord => eventOf('shop', { id, receivedAt: old });
  const [kept, gone] = [event(newId(old)), event(newId(old))];
  await store.events.accept({ event: kept, collects: [collecting] });
  await store.events.accept({ event: gone });
  await dropHistory(pool, Date.now() - 7 * 24 * 3_600_000);
  expect([(await store.event(kept.id))?.id, await store.event(gone.id)]).toEqual([kept.id, undefined]);

  const collections = new PostgresCollections(pool);
  const [due] = await collections.due(1);
  const runId = newId();
  await collections.close(due!, await collections.first(due!), { id: runId, status: 'queued', event: eventOf('shop') });
  expect(await collections.collectedBy(kept.id)).toEqual([{ flowId: 'shop', runId, dueAt: undefined }]);
  expect(await collections.collectedFor(runId, 10)).toEqual({ count: 1, ids: [kept.id] });
  await collections.forget(Date.now() - 7 * 24 * 3_600_000);
  expect(await collections.collectedBy(kept.id)).toEqual([]);
});
