import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import type { NewRun } from '../engine/accept.js';
import { inLane, newId, queued } from '../engine/contract/index.js';
import { PostgresEventStore, PostgresFlowStore, PostgresHolds, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;
let holds: PostgresHolds;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  holds = new PostgresHolds(database.pool);
}, 180_000);

beforeEach(() => storeInPostgres(database));

afterAll(() => server.stop(), 180_000);

async function accepted(...all: ReturnType<typeof queued>[]): Promise<string[]> {
  const events = new PostgresEventStore(database.pool);
  for (const each of all) await events.accept(each);
  return all.map(({ run }) => run.id);
}

const withStatus = (status: NewRun['status']): ReturnType<typeof queued> => queued({ run: { id: newId(), version: 1, status } });

describe('what holds a run back', () => {
  it('is a pause, as long as its flow is paused', async () => {
    const [held, free] = await accepted(withStatus('held'), withStatus('queued'));
    expect([await holds.isHeld(held!), await holds.isHeld(free!), await holds.isHeld(newId())]).toEqual([true, false, false]);
  });

  it('is its lane: where it stands, and behind which run', async () => {
    const [first, second, third] = await accepted(inLane('ada@example.com'), inLane('ada@example.com'), inLane('ada@example.com'));
    const lane = { key: 'ada@example.com', limit: 1 };
    expect(await holds.placeOf(first!)).toEqual({ ...lane, place: 0, behind: null });
    expect(await holds.placeOf(second!)).toEqual({ ...lane, place: 1, behind: first });
    expect(await holds.placeOf(third!)).toEqual({ ...lane, place: 2, behind: second });
    expect(await holds.placeOf(newId())).toBeUndefined();
  });

  it('is the rate of its flow: what that is, and how many wait that came before', async () => {
    const rate = { limit: 3, perMs: 60_000 };
    await new PostgresFlowStore(database.dataSource).publish('contract', '{}', true, { origin: 'folder', rate });
    const [first, second, free] = await accepted(withStatus('paced'), withStatus('paced'), withStatus('queued'));
    expect(await holds.paceOf(first!)).toEqual({ ...rate, before: 0 });
    expect(await holds.paceOf(second!)).toEqual({ ...rate, before: 1 });
    expect(await holds.paceOf(free!)).toBeUndefined();
  });
});
