import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { newId } from '../engine/contract/index.js';
import type { Awaited } from '@millrace/engine';
import { PostgresActivity, PostgresHistory, type Database, type Found, type RunSummary } from './index.js';

let server: PrivatePostgres;
let database: Database;
let history: PostgresHistory;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  history = new PostgresHistory(database.pool);
}, 60_000);
afterAll(() => server.stop(), 60_000);

type Row = readonly [path: string, kind: string, status: string, attempt?: number, data?: object];

/** The rows of a run; it has no row of its own, for none is looked at. */
async function journal(rows: readonly Row[]): Promise<string> {
  const run = newId();
  for (const [path, kind, status, attempt = 1, data = {}] of rows) {
    await database.pool.query(
      `insert into journal (run_id, path, attempt, status, kind, started_at, finished_at, data) values ($1, $2, $3, $4, $5, now(), now(), $6)`,
      [run, path, attempt, status, kind, Buffer.from(JSON.stringify(data))],
    );
  }
  return run;
}

async function waits(id: string): Promise<void> {
  const columns = `id, event_id, flow_id, version, status, due_at`;
  await database.pool.query(`insert into runs (${columns}) values ($1, $1, 'f', 1, 'waiting', now() + interval '1h')`, [id]);
}

const ERROR = { error: { code: 'http.500', message: 'a \u0000 in it' } };

describe('the rows that tell lists what happened in runs', () => {
  it('of failures are those outside of items, and of failed items one with their number', async () => {
    const run = await journal([
      ['a', 'use', 'retrying', 1, ERROR],
      ['a', 'use', 'failed', 2, ERROR],
      ['b', 'use', 'succeeded'],
      ['block~tries', 'tries', 'retrying', 1, ERROR],
      ['each[0].x', 'use', 'failed', 1, ERROR],
      ['each[0]', 'item', 'failed', 1, ERROR],
      ['each[12]', 'item', 'failed', 1, ERROR],
      ['each[3]', 'item', 'succeeded'],
      ['each[4].inner[0]', 'item', 'failed'],
      ['other[7]', 'item', 'failed'],
    ]);
    const clean = await journal([['a', 'use', 'succeeded']]);
    const found = await history.failures([run, clean]);
    expect([...found.keys()]).toEqual([run]);
    expect(
      found
        .get(run)!
        .map(({ path, status, count, error }) => [path, status, count, error?.code])
        .sort(),
    ).toEqual([
      ['a', 'failed', 1, 'http.500'],
      ['block~tries', 'retrying', 1, 'http.500'],
      ['each[0]', 'failed', 2, undefined],
      ['other[0]', 'failed', 1, undefined],
    ]);
    expect(await history.failures([])).toEqual(new Map());
  });

  it('of waits are those of steps that wait or are tried again', async () => {
    const run = await journal([
      ['a', 'use', 'retrying', 1, { retryAt: 5 }],
      ['b', 'wait', 'waiting', 1, { resumeAt: 7 }],
      ['c', 'use', 'failed', 1, ERROR],
    ]);
    const waits = (await history.waits([run])).get(run);
    expect(waits).toMatchObject([
      { path: 'a', status: 'retrying', retryAt: 5 },
      { path: 'b', kind: 'wait', resumeAt: 7 },
    ]);
  });

  it('narrow waiting runs to those that may be meant, of which the plans tell', async () => {
    const question = { input: { title: 'Well?' }, resumeAt: 7 };
    const [asking, timed] = [
      await journal([['ok', 'wait', 'waiting', 1, question]]),
      await journal([['nap', 'wait', 'waiting', 1, { resumeAt: 7 }]]),
    ];
    const spilled = await journal([['ok', 'wait', 'waiting', 1, { resumeAt: 7, refs: { input: { key: 'k', bytes: 9, preview: '' } } }]]);
    const over = await journal([['ok', 'wait', 'waiting', 1, question]]);
    const calling = await journal([['sub', 'call', 'waiting']]);
    for (const id of [asking, timed, spilled, calling]) await waits(id);
    const listed = async (what: Awaited['for'], limit: number, before?: string, skip?: string): Promise<Found<string>> => {
      const meant = async (runs: readonly RunSummary[]): Promise<RunSummary[]> => runs.filter(({ id }) => id !== skip);
      const { items, next } = await history.runs({ waits: { for: what, meant }, limit, before });
      return { items: items.map(({ id }) => id), next };
    };
    expect(await listed('answer', 9)).toEqual({ items: [spilled, asking], next: null });
    expect(await listed('answer', 9, undefined, spilled)).toEqual({ items: [asking], next: null });
    expect(await listed('answer', 1)).toEqual({ items: [spilled], next: spilled });
    expect((await listed('answer', 9, spilled)).items).toEqual([asking]);
    expect((await listed('call', 9)).items).toEqual([calling]);
    expect((await listed('time', 9)).items).not.toContain(over);
    expect((await listed('retry', 9)).items).toEqual([]);
    expect(await new PostgresActivity(database.pool).questions()).toBe(2);
  });

  it('are found without reading the rest of the journals', async () => {
    const { rows } = await database.pool.query<{ indexdef: string }>("select indexdef from pg_indexes where indexname = 'journal_told'");
    expect(rows[0]?.indexdef).toContain("WHERE (status = ANY (ARRAY['failed'::text, 'waiting'::text, 'retrying'::text]))");
  });
});
