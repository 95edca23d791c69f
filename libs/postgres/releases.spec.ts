import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import { eventOf, newId, queued, type StoreUnderTest } from '../engine/contract/index.js';
import { PostgresFlowStore, type Database } from './index.js';
import { PostgresReleases } from './releases.js';

let server: PrivatePostgres;
let database: Database;
let store: StoreUnderTest;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 60_000);
afterAll(() => server.stop(), 60_000);
beforeEach(async () => {
  store = await storeInPostgres(database);
});

/** So many runs of a flow, oldest first, stored in another order. */
async function stored(flowId: string, status: 'held' | 'paced', count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId).sort();
  for (const id of ids.toReversed()) await store.events.accept(queued({ event: eventOf(flowId), run: { id, version: 1, status } }));
  return ids;
}

async function statuses(ids: readonly string[]): Promise<unknown[]> {
  return Promise.all(ids.map(async (id) => (await store.activeRun(id))?.status));
}

const live = (flowId: string): Promise<unknown> => new PostgresFlowStore(database.dataSource).publish(flowId, `{"n":"${newId()}"}`, true);

describe('runs that nothing holds back any more', () => {
  it.each(['held', 'paced'] as const)('go on in pieces until none is left: %s', async (status) => {
    await live('many');
    const ids = await stored('many', status, 8);
    expect(await new PostgresReleases(database.pool, 3).of('many')).toBe(8);
    expect(await statuses(ids)).toEqual(ids.map(() => 'queued'));
  });

  it('go on the oldest first, for as long as there is time, and the rest with the next call', async () => {
    await live('long');
    const ids = await stored('long', 'held', 5);
    const releases = new PostgresReleases(database.pool, 2, 0);
    expect(await releases.of('long')).toBe(2);
    expect(await statuses(ids)).toEqual(['queued', 'queued', 'held', 'held', 'held']);
    expect([await releases.late(), await releases.late(), await releases.late()]).toEqual([2, 1, 0]);
  });

  it('are found in all flows, and left alone where a pause or a rate still holds', async () => {
    const flows = new PostgresFlowStore(database.dataSource);
    for (const flow of ['goes', 'stands', 'rated']) await live(flow);
    await flows.pause('stands', true);
    await flows.publish('rated', '{"rate":1}', true, { origin: 'folder', rate: { limit: 1, perMs: 60_000 } });
    const held = await Promise.all(['goes', 'stands'].map((flow) => stored(flow, 'held', 2)));
    const paced = await Promise.all(['goes', 'rated'].map((flow) => stored(flow, 'paced', 2)));
    expect(await new PostgresReleases(database.pool).late()).toBe(4);
    expect(await statuses([...held, ...paced].flat())).toEqual([
      ...['queued', 'queued', 'held', 'held'],
      ...['queued', 'queued', 'paced', 'paced'],
    ]);
  });

  it('go on in all their lanes, however many those are', async () => {
    await live('laned');
    const ids = Array.from({ length: 1_100 }, newId);
    const held = ids.map((id, n) => ({ id, version: 1, status: 'held' as const, lane: { key: `customer ${n}`, limit: 1 } }));
    await Promise.all(held.map((run) => store.events.accept(queued({ event: eventOf('laned'), run }))));
    await new PostgresFlowStore(database.dataSource).releaseHeld();
    const { rows } = await database.pool.query(`select status, count(*)::int as runs from runs where flow_id = 'laned' group by status`);
    expect(rows).toEqual([{ status: 'queued', runs: 1_100 }]);
  });

  it('go on with the version that has no rate any more', async () => {
    const flows = new PostgresFlowStore(database.dataSource);
    await flows.publish('ends', '{"rate":1}', true, { origin: 'folder', rate: { limit: 1, perMs: 60_000 } });
    const ids = await stored('ends', 'paced', 3);
    await flows.publish('ends', '{}', true);
    expect(await statuses(ids)).toEqual(['queued', 'queued', 'queued']);
  });
});
