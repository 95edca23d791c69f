import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { newId } from '../engine/contract/index.js';
import { idsBeginning } from './id-search.js';
import { PostgresHistory, type Database, type Found } from './index.js';
import { scan } from './scan.js';

const EVENTS = 6_000;

describe('a search through history', () => {
  const rows = Array.from({ length: 10_000 }, (_, n) => ({ id: String(900_000 - n), matches: n % 997 === 0 }));
  const looked = {
    find: ({ before, downTo }: { before: string | undefined; downTo: string | undefined }, limit: number) =>
      Promise.resolve(
        rows
          .filter(({ id, matches }) => matches && (before === undefined || id < before) && (downTo === undefined || id >= downTo))
          .slice(0, limit),
      ),
    reach: (before: string | undefined, count: number) =>
      Promise.resolve(rows.filter(({ id }) => before === undefined || id < before)[count - 1]?.id),
  };

  it.each([1, 3, 7, 100])('finds everything once, page by page of %i, however early its time is up', async (limit) => {
    for (const budget of [-1, 1_000]) {
      const found: string[] = [];
      let before: string | undefined;
      do {
        const page: Found<{ id: string }> = await scan({ before, limit }, looked, budget);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items.map(({ id }) => id));
        before = page.next ?? undefined;
      } while (before !== undefined);
      expect(found).toEqual(rows.filter(({ matches }) => matches).map(({ id }) => id));
    }
  });
});

describe('the beginning of an id', () => {
  it.each([
    ['01920f7a', '01920f7a-0000-0000-0000-000000000000', '01920f7a-ffff-ffff-ffff-ffffffffffff'],
    ['01920f7a-5c1e-', '01920f7a-5c1e-0000-0000-000000000000', '01920f7a-5c1e-ffff-ffff-ffffffffffff'],
  ])('%s bounds the ids that begin so', (text, lowest, highest) => {
    expect(idsBeginning(text)).toEqual({ lowest, highest });
  });

  it.each(['order', '12-34', '019', 'ABCDEF12', '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f0'])('is not %s', (text) => {
    expect(idsBeginning(text)).toBeUndefined();
  });
});

describe('lists of a long history', () => {
  let server: PrivatePostgres;
  let database: Database;
  let history: PostgresHistory;
  const ids = Array.from({ length: EVENTS }, () => newId()).sort();

  beforeAll(async () => {
    server = await startPrivatePostgres();
    database = await server.newDatabase();
    history = new PostgresHistory(database.pool);
    await database.pool.query(
      `insert into events (id, flow_id, received_at, request, body)
       select id, 'f', now(), convert_to('{"method":"POST","url":"/","headers":{"x-n":"h' || n || 'h"}}', 'utf8'), convert_to('{"n":"v' || n || 'v"}', 'utf8')
       from unnest($1::uuid[]) with ordinality as t (id, n)`,
      [ids],
    );
    await database.pool.query(
      `insert into finished_runs (id, event_id, flow_id, version, status, started_at, finished_at)
       select id, id, 'f', 1, case when n % 1000 = 0 then 'cancelled' when n % 7 = 0 then 'failed' else 'succeeded' end, now(), now()
       from unnest($1::uuid[]) with ordinality as t (id, n) where n % 2 = 0`,
      [ids],
    );
  }, 180_000);
  afterAll(() => server.stop(), 180_000);

  async function all<T>(page: (before: string | undefined) => Promise<Found<T>>): Promise<T[]> {
    const items: T[] = [];
    let before: string | undefined;
    do {
      const found = await page(before);
      items.push(...found.items);
      before = found.next ?? undefined;
    } while (before !== undefined);
    return items;
  }

  it('find a value of a body, and one of a header, wherever they are', async () => {
    for (const [n, search] of [
      [1, 'v1v'],
      [3_000, 'v3000v'],
      [EVENTS, 'h6000h'],
    ] as const) {
      const found = await all((before) => history.events({ search, before, limit: 20 }));
      expect(found.map(({ id }) => id)).toEqual([ids[n - 1]]);
    }
  });

  it('find by the beginning and by the end of an id', async () => {
    const id = ids[10]!;
    expect((await history.events({ search: id, limit: 9 })).items.map((event) => event.id)).toEqual([id]);
    const beginning = await history.events({ search: id.slice(0, 35), limit: 20 });
    expect(beginning.items.map((event) => event.id)).toEqual(ids.filter((other) => other.startsWith(id.slice(0, 35))).reverse());
    const ending = await all((before) => history.events({ search: id.slice(-6), before, limit: 20 }));
    expect(ending.map((event) => event.id)).toContain(id);
  });

  it('say of each event which runs it made, and choose by what became of it', async () => {
    const [newest] = (await history.events({ limit: 1 })).items;
    expect(newest).toMatchObject({ id: ids.at(-1), runs: [{ id: ids.at(-1), flowId: 'f', status: 'cancelled' }] });
    const counts = new Map<string, number>();
    for (const outcome of ['none', 'failed', 'succeeded', 'active'] as const)
      counts.set(outcome, (await all((before) => history.events({ outcome, before, limit: 200 }))).length);
    const even = Array.from({ length: EVENTS / 2 }, (_, n) => 2 * (n + 1));
    const failed = even.filter((n) => n % 1000 !== 0 && n % 7 === 0).length;
    expect(Object.fromEntries(counts)).toEqual({ none: EVENTS / 2, active: 0, failed, succeeded: EVENTS / 2 - failed - 6 });
  });

  it('find the few runs of a rare state among many', async () => {
    const found = await all((before) => history.runs({ status: 'cancelled', before, limit: 4 }));
    expect(found.map(({ id }) => id)).toEqual([6_000, 5_000, 4_000, 3_000, 2_000, 1_000].map((n) => ids[n - 1]));
  });
});
