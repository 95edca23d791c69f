import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import { entry, eventOf, inLane, newId, newRunner, type StoreUnderTest } from '../engine/contract/index.js';
import { PostgresFlowStore, PostgresOperationStore, type Database, type Deed } from './index.js';
import type { Piece } from './operation-store.js';

let server: PrivatePostgres;
let database: Database;
let store: StoreUnderTest;
let orders: PostgresOperationStore;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  await new PostgresFlowStore(database.dataSource).publish('contract', '{}', true);
}, 60_000);
afterAll(() => server.stop(), 60_000);
beforeEach(async () => {
  store = await storeInPostgres(database);
  await database.pool.query('truncate operations, operation_items');
  orders = new PostgresOperationStore(database.pool);
});

const KEYS = ['a', 'b', 'c'];
const LIMIT = 2;

/** Events without runs, in the order of their ids, each with the lane that its replay stands in. */
async function eventsToReplay(count: number): Promise<Map<string, string>> {
  const lanes = new Map<string, string>();
  for (let n = 0; n < count; n += 1) {
    const event = eventOf();
    await store.events.accept({ event });
    lanes.set(event.id, KEYS[n % KEYS.length]!);
  }
  return lanes;
}

function replays({ items }: Piece, lanes: ReadonlyMap<string, string>): Deed[] {
  return items.map(({ id: event }) => ({
    kind: 'start',
    runs: [
      {
        id: newId(),
        flowId: 'contract',
        version: 1,
        status: 'queued',
        event,
        rows: [],
        dry: false,
        lane: { key: lanes.get(event)!, limit: LIMIT },
      },
    ],
  }));
}

/** Works on the operation to its end, some items at a time. */
async function operate(lanes: ReadonlyMap<string, string>): Promise<void> {
  for (;;) {
    const piece = await orders.next(() => 7);
    if (piece === undefined) return;
    if (typeof piece === 'number') await database.pool.query('update operations set due_at = now()');
    else expect(await orders.apply(piece, replays(piece, lanes))).toBe(true);
  }
}

async function order(kind: 'replay' | 'cancel', ids: readonly string[]): Promise<void> {
  const order = { id: newId(), key: undefined, kind, chosen: { ids }, options: {}, perSecond: 1_000, confirm: ids.length };
  expect((await orders.order(order)).kind).toBe('ordered');
}

describe('an operation on many whose flow has lanes', () => {
  it('keeps the limit and the order of the events while others accept, claim and end', async () => {
    const lanes = await eventsToReplay(60);
    await order('replay', [...lanes.keys()].reverse());
    const begun = new Map<string, string[]>(KEYS.map((key) => [key, []]));
    const going = new Map<string, number>(KEYS.map((key) => [key, 0]));
    let [most, ended] = [0, 0];
    const accepted = KEYS.flatMap((key) => Array.from({ length: 5 }, () => ({ key, acceptance: inLane(key, LIMIT) })));
    const keyOf = new Map([...lanes, ...accepted.map(({ key, acceptance }) => [acceptance.event.id, key] as const)]);
    const work = async (): Promise<void> => {
      const runner = await newRunner(store);
      while (ended < lanes.size + accepted.length) {
        await database.pool.query(`update runs set due_at = now() where id = any (array(
          select id from runs where status = 'queued' and due_at > now() for update skip locked))`);
        const works = await store.claims.claimDue(runner, 20);
        for (const { event } of works) {
          const key = keyOf.get(event.id)!;
          begun.get(key)!.push(event.id);
          going.set(key, going.get(key)! + 1);
          most = Math.max(most, going.get(key)!);
        }
        for (const { run, event } of works) {
          going.set(keyOf.get(event.id)!, going.get(keyOf.get(event.id)!)! - 1);
          expect(await store.journal.finish(run, entry([]), { status: 'succeeded' })).toBe(true);
          ended += 1;
        }
      }
    };
    await Promise.all([operate(lanes), work(), work(), ...accepted.map(({ acceptance }) => store.events.accept(acceptance))]);
    expect(most).toBeLessThanOrEqual(LIMIT);
    for (const [key, ids] of begun) {
      const replayed = ids.filter((id) => lanes.has(id));
      expect(replayed).toHaveLength(20);
      // Two have their turn at a time, so that neighbours may change places, and nobody else.
      const places = replayed.map((id) => [...lanes].filter(([, of]) => of === key).findIndex(([event]) => event === id));
      places.forEach((place, at) => expect(Math.abs(place - at)).toBeLessThanOrEqual(LIMIT - 1));
    }
    expect((await database.pool.query('select from lanes')).rowCount).toBe(0);
  }, 60_000);

  it('lets the next ones in when it cancels those that have their turn, and leaves no lane behind', async () => {
    const all = Array.from({ length: 12 }, (_, n) => inLane(KEYS[n % 2]!, LIMIT));
    for (const each of all) await store.events.accept(each);
    await order(
      'cancel',
      all.slice(0, 8).map(({ run }) => run.id),
    );
    for (let piece = await orders.next(() => 3); piece !== undefined; piece = await orders.next(() => 3)) {
      if (typeof piece === 'number') await database.pool.query('update operations set due_at = now()');
      else
        await orders.apply(
          piece,
          piece.items.map(() => ({ kind: 'cancel' })),
        );
    }
    const states = await Promise.all(all.map(async ({ run }) => (await store.activeRun(run.id))?.status));
    expect(states).toEqual([...Array<undefined>(8).fill(undefined), ...Array<string>(4).fill('queued')]);
    const { rows } = await database.pool.query('select sum(taken)::int as taken, sum(waiting)::int as waiting from lanes');
    expect(rows).toEqual([{ taken: 4, waiting: 0 }]);
  }, 60_000);
});
