import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import {
  claimedRun,
  describeStore,
  entry,
  eventOf,
  newId,
  newRunner,
  queued,
  useRow,
  type StoreUnderTest,
} from '../engine/contract/index.js';
import {
  openDatabase,
  PostgresDraftStore,
  PostgresEventStore,
  PostgresFlowStore,
  PostgresHistory,
  type Database,
  type DraftSaved,
} from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);

afterAll(() => server.stop(), 180_000);

const open = (): Promise<StoreUnderTest> => storeInPostgres(database);

describeStore('Postgres', open);

describe('PostgresEventStore', () => {
  it('makes the partitions that are missing', async () => {
    const store = await open();
    await dropPartitions();
    const acceptance = queued();
    expect(await store.events.accept(acceptance)).toEqual({ kind: 'stored' });
    expect(await store.event(acceptance.event.id)).toBeDefined();
  });

  it.each([1, 2.5])('gives a body of %d MiB back to the byte, and its beginning without the rest', async (mebibytes) => {
    const store = await open();
    const body = randomBytes(mebibytes * 1024 * 1024);
    const acceptance = queued({ event: eventOf('contract', { body }) });
    await store.events.accept(acceptance);
    const found = await store.event(acceptance.event.id);
    expect(Buffer.compare(Buffer.from(found!.body), body)).toBe(0);
    const begun = await new PostgresHistory(database.pool).eventBeginning(acceptance.event.id, 10);
    expect(begun).toEqual({ ...found, body: body.subarray(0, 10), size: body.length });
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

  it('does not wait for ever for a commit that hangs, nor keeps its connection', async () => {
    const store = await open();
    const hurried = new PostgresEventStore(database.pool, 200);
    const blocker = await database.pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table events in access exclusive mode');
    const waiting = [queued(), queued({ dedupe: { key: 'hangs', windowMs: 60_000 } })];
    for (const acceptance of waiting) await expect(hurried.accept(acceptance)).rejects.toThrow('timeout');
    await blocker.query('rollback');
    blocker.release();
    const acceptance = queued();
    expect(await hurried.accept(acceptance)).toEqual({ kind: 'stored' });
    expect(await store.activeRun(acceptance.run.id)).toMatchObject({ status: 'queued' });
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
    expect(await store.journal.finish(run, entry([useRow('last')]), { status: 'succeeded' })).toBe(true);
    expect(await store.endOf(run.id)).toEqual({ status: 'succeeded' });
  });

  it.each(['journal', 'finished_runs'])('leaves a run as it was when its end cannot be written to %s', async (table) => {
    const store = await open();
    const { run } = await claimedRun(store, await newRunner(store));
    await breaking(table, () => expect(store.journal.finish(run, entry([useRow('last')]), { status: 'succeeded' })).rejects.toThrow());
    expect(await store.activeRun(run.id)).toMatchObject({ status: 'running', claim: 1 });
    expect(await store.endOf(run.id)).toBeUndefined();
    expect(await store.rowsOf(run.id)).toEqual([]);
    expect(await store.journal.finish(run, entry([useRow('last')]), { status: 'succeeded' })).toBe(true);
  });

  it('does not let a row that is not JSON fail the rows of other runs', async () => {
    const store = await open();
    const runner = await newRunner(store);
    const works = await Promise.all(Array.from({ length: 12 }, () => claimedRun(store, runner)));
    const output = (i: number): never => (i === 7 ? 1n : i) as never;
    const results = await Promise.allSettled(
      works.map(({ run }, i) => store.journal.record(run, entry([useRow('step', { output: output(i) })]))),
    );
    expect(results.map(({ status }) => status)).toEqual(works.map((_, i) => (i === 7 ? 'rejected' : 'fulfilled')));
  });
});

describe('PostgresHistory', () => {
  it('knows how a step stands, and what stands for it once its item is finished', async () => {
    const store = await open();
    const { run } = await claimedRun(store, await newRunner(store));
    const history = new PostgresHistory(database.pool);
    const at = async (path: string): Promise<string | undefined> => {
      const row = await history.step(run.id, path);
      return row && `${row.kind} ${row.path} ${row.status}`;
    };
    const wait = (path: string) => useRow(path, { kind: 'wait', status: 'waiting', input: { title: 'Well?' } });
    expect(await at('ask')).toBeUndefined();
    await store.journal.record(run, entry([wait('ask'), wait('each[1].ask'), useRow('send', { status: 'retrying' })]));
    await store.journal.record(run, entry([useRow('send', { attempt: 2 })]));
    expect(await history.step(run.id, 'ask')).toMatchObject({ kind: 'wait', status: 'waiting', input: { title: 'Well?' } });
    expect([await at('each[1].ask'), await at('each[0].ask'), await at('send')]).toEqual([
      'wait each[1].ask waiting',
      undefined,
      'use send succeeded',
    ]);
    await store.journal.record(run, { rows: [useRow('each[1]', { kind: 'item' })], drops: [{ path: 'each[1].ask', attempt: 1 }] });
    expect(await at('each[1].ask')).toBe('item each[1] succeeded');
    expect(await history.step(newId(), 'ask')).toBeUndefined();
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

  it('holds runs while an operator or the text pauses the flow, and queues them when neither does', async () => {
    const store = await open();
    const flows = new PostgresFlowStore(database.dataSource);
    await flows.publish('paused', '{"twice":false}', false);
    await flows.pause('paused', true);
    const { event, run } = held();
    await store.events.accept({ event, run });
    const status = async (): Promise<unknown> => (await store.activeRun(run.id))?.status;
    await flows.publish('paused', '{"twice":true}', true);
    await flows.releaseHeld();
    expect(await status()).toBe('held');
    await flows.publish('paused', '{"twice":false}', false);
    await flows.pause('paused', false);
    await flows.releaseHeld();
    expect(await status()).toBe('held');
    await flows.publish('paused', '{"twice":true}', true);
    expect(await status()).toBe('queued');
  });

  it('queues what was held at once when an operator resumes the flow', async () => {
    const store = await open();
    const flows = new PostgresFlowStore(database.dataSource);
    await flows.publish('paused', '{"resumed":true}', true);
    await flows.pause('paused', true);
    const { event, run } = held();
    await store.events.accept({ event, run });
    expect(await flows.pause('paused', false)).toMatchObject({ paused: false });
    expect(await store.activeRun(run.id)).toMatchObject({ status: 'queued' });
  });

  it('lists versions newest first, page by page, with where they came from', async () => {
    const flows = new PostgresFlowStore(database.dataSource);
    for (const version of [1, 2, 3]) await flows.publish('listed', `{"n":${version}}`, true);
    await flows.publish('listed', '{"n":1}', true, { origin: 'rollback', restored: 1 });
    const page = await flows.versions('listed', 2, 4);
    expect((await flows.versions('listed', 1)).map(({ version, origin, restored }) => [version, origin, restored])).toEqual([
      [4, 'rollback', 1],
    ]);
    expect(page.map(({ version, origin }) => [version, origin])).toEqual([
      [3, 'folder'],
      [2, 'folder'],
    ]);
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

describe('PostgresDraftStore', () => {
  const store = (): PostgresDraftStore => new PostgresDraftStore(database.dataSource);
  const texts = async (): Promise<unknown> => (await store().list()).map(({ flowId, text }) => [flowId, text]);
  const save = async (text: string, revision: number): Promise<DraftSaved> =>
    store().save({ flowId: 'd', text, base: { version: 0, hash: '' } }, revision);
  const revisionOf = (saved: DraftSaved): number => (saved.kind === 'saved' ? saved.draft.revision : NaN);
  beforeEach(() => database.pool.query('truncate drafts'));

  it('keeps what was saved by whoever had seen the latest revision, and shows the others that text', async () => {
    const first = revisionOf(await save('one', 0));
    const second = revisionOf(await save('two', first));
    expect(second).toBeGreaterThan(first);
    expect(await save('late', first)).toMatchObject({ kind: 'stale', draft: { text: 'two', revision: second } });
    expect(await save('new', 0)).toMatchObject({ kind: 'stale', draft: { text: 'two' } });
    expect(await texts()).toEqual([['d', 'two']]);
  });

  it('lets one of many who save at the same time win', async () => {
    const revision = revisionOf(await save('start', 0));
    const saved = await Promise.all(Array.from({ length: 8 }, (_, index) => save(`tab ${index}`, revision)));
    expect(saved.filter(({ kind }) => kind === 'saved')).toHaveLength(1);
  });

  it('takes a save that is sent twice for one', async () => {
    const revision = revisionOf(await save('one', 0));
    const saved = await save('two', revision);
    expect(await save('two', revision)).toEqual(saved);
  });

  it('never gives a new draft a revision that somebody holds of an old one', async () => {
    const old = revisionOf(await save('old', 0));
    expect(await store().remove('d', old)).toEqual({ kind: 'removed' });
    await save('new', 0);
    expect(await save('from the old tab', old)).toMatchObject({ kind: 'stale', draft: { text: 'new' } });
    expect(await store().remove('d', old)).toMatchObject({ kind: 'stale', draft: { text: 'new' } });
  });

  it('keeps the base of a draft unless a new one is said', async () => {
    const { draft } = (await store().save({ flowId: 'd', text: 'one', base: { version: 3, hash: 'h' } }, 0)) as Extract<
      DraftSaved,
      { kind: 'saved' }
    >;
    expect(await store().save({ flowId: 'd', text: 'two' }, draft.revision)).toMatchObject({ draft: { baseVersion: 3, baseHash: 'h' } });
  });
});

describe('openDatabase', () => {
  it('migrates an empty database once when several processes start at the same time', async () => {
    const url = await server.newUrl();
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ url, poolSize: 3 })));
    const { rows } = await opened[0]!.pool.query('select count(*)::int as count from migrations');
    const known = opened[0]!.dataSource.migrations.length;
    await Promise.all(opened.map((one) => one.close()));
    expect(rows).toEqual([{ count: known }]);
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
