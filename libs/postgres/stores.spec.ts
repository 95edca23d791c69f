import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunEnd } from '@millrace/engine';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { claimedRun, describeStore, eventOf, newId, newRunner, queued, useRow, type StoreUnderTest } from '../engine/contract/index.js';
import {
  openDatabase,
  PostgresEventStore,
  PostgresFlowStore,
  PostgresHistory,
  PostgresJournal,
  PostgresRunStore,
  type Database,
} from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 60_000);

afterAll(() => server.stop(), 60_000);

async function open(): Promise<StoreUnderTest> {
  const { pool } = database;
  await pool.query('truncate events, runs, finished_runs, journal, dedupe_keys, runners');
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
      const run = await history.run(id);
      if (!run || active.rowCount !== 0) return undefined;
      return { status: run.status as RunEnd, ...(run.error && { error: run.error }) };
    },
    event: (id) => history.event(id),
    rowsOf: (id) => history.journal(id),
  };
}

describeStore('Postgres', open);

describe('PostgresEventStore', () => {
  it('makes the partitions that are missing', async () => {
    const store = await open();
    await dropPartitions();
    const acceptance = queued();
    expect(await store.events.accept(acceptance)).toEqual({ kind: 'stored' });
    expect(await store.event(acceptance.event.id)).toBeDefined();
  });

  it('does not let one bad item fail the others of its commit', async () => {
    const store = await open();
    const taken = queued();
    await store.events.accept(taken);
    const good = Array.from({ length: 50 }, () => queued());
    const bad = queued({ event: eventOf('contract', { id: taken.event.id }) });
    const all = [...good.slice(0, 25), bad, ...good.slice(25)];
    const results = await Promise.allSettled(all.map((acceptance) => store.events.accept(acceptance)));
    expect(results.map(({ status }) => status)).toEqual(all.map((item) => (item === bad ? 'rejected' : 'fulfilled')));
    for (const { event } of good) expect(await store.event(event.id)).toBeDefined();
    expect(await store.activeRun(bad.run.id)).toBeUndefined();
  });

  it('writes event, key and run together or not at all', async () => {
    const store = await open();
    const acceptance = queued({ dedupe: { key: 'k', windowMs: 60_000 } });
    await breaking('runs', () => expect(store.events.accept(acceptance)).rejects.toThrow('disk full'));
    expect(await store.event(acceptance.event.id)).toBeUndefined();
    expect(await store.events.accept(queued({ dedupe: { key: 'k', windowMs: 60_000 } }))).toEqual({ kind: 'stored' });
  });
});

describe('PostgresJournal', () => {
  it('makes the partitions that are missing', async () => {
    const store = await open();
    const { run } = await claimedRun(store, await newRunner(store));
    await dropPartitions();
    expect(await store.journal.finish(run, [useRow('last')], { status: 'succeeded' })).toBe(true);
    expect(await store.endOf(run.id)).toEqual({ status: 'succeeded' });
  });

  it.each(['journal', 'finished_runs'])('leaves a run as it was when its end cannot be written to %s', async (table) => {
    const store = await open();
    const { run } = await claimedRun(store, await newRunner(store));
    await breaking(table, () => expect(store.journal.finish(run, [useRow('last')], { status: 'succeeded' })).rejects.toThrow());
    expect(await store.activeRun(run.id)).toMatchObject({ status: 'running', claim: 1 });
    expect(await store.endOf(run.id)).toBeUndefined();
    expect(await store.rowsOf(run.id)).toEqual([]);
    expect(await store.journal.finish(run, [useRow('last')], { status: 'succeeded' })).toBe(true);
  });

  it('does not let a row that is not JSON fail the rows of other runs', async () => {
    const store = await open();
    const runner = await newRunner(store);
    const works = await Promise.all(Array.from({ length: 12 }, () => claimedRun(store, runner)));
    const output = (i: number): never => (i === 7 ? 1n : i) as never;
    const results = await Promise.allSettled(works.map(({ run }, i) => store.journal.record(run, [useRow('step', { output: output(i) })])));
    expect(results.map(({ status }) => status)).toEqual(works.map((_, i) => (i === 7 ? 'rejected' : 'fulfilled')));
  });
});

describe('PostgresFlowStore', () => {
  const held = (): ReturnType<typeof queued> => queued({ event: eventOf('paused'), run: { id: newId(), version: 1, status: 'held' } });

  it('queues the held runs of a flow when it is enabled', async () => {
    const store = await open();
    const flows = new PostgresFlowStore(database.dataSource);
    await flows.publish('paused', '{"enabled":false}', false);
    const { event, run } = held();
    await store.events.accept({ event, run });
    await flows.releaseHeld();
    expect(await store.activeRun(run.id)).toMatchObject({ status: 'held' });
    await flows.publish('paused', '{}', true);
    const due = await store.claims.claimDue(await newRunner(store), 10);
    expect(due.map((work) => [work.run.id, work.run.version])).toEqual([[run.id, 1]]);
  });

  it('queues what a front door held because it knew too late that the flow is enabled', async () => {
    const store = await open();
    const flows = new PostgresFlowStore(database.dataSource);
    await flows.publish('paused', '{"late":true}', true);
    const { event, run } = held();
    await store.events.accept({ event, run });
    await flows.releaseHeld();
    expect(await store.activeRun(run.id)).toMatchObject({ status: 'queued' });
  });
});

describe('openDatabase', () => {
  it('migrates an empty database once when several processes start at the same time', async () => {
    const url = await server.newUrl();
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ url, poolSize: 3 })));
    const { rows } = await opened[0]!.pool.query('select name from migrations group by name having count(*) > 1');
    await Promise.all(opened.map((one) => one.close()));
    expect(rows).toEqual([]);
  });
});

/** Every row that is written to `table` meanwhile is refused, as by a full disk. */
async function breaking(table: string, work: () => Promise<unknown>): Promise<void> {
  await database.pool.query(`
    create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full' using errcode = '53100'; end $$;
    create trigger refusing before insert on ${table} for each row execute function refuse()`);
  await work().finally(() => database.pool.query(`drop trigger refusing on ${table}`));
}

async function dropPartitions(): Promise<void> {
  const { rows } = await database.pool.query<{ name: string }>(`select inhrelid::regclass::text as name from pg_inherits`);
  const tables = rows.map(({ name }) => name).filter((name) => /^(events|finished_runs|journal)_\d+$/.test(name));
  expect(tables.length).toBeGreaterThan(0);
  await database.pool.query(`drop table ${tables.join(', ')}`);
}
