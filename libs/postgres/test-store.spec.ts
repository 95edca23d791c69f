import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunResult } from '@millrace/engine';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { entry, eventOf, newId, useRow } from '../engine/contract/index.js';
import {
  PostgresActivity,
  PostgresHistory,
  PostgresJournal,
  PostgresOperations,
  PostgresOutbox,
  PostgresPinStore,
  PostgresRunStore,
  PostgresTestStore,
  type Database,
  type NewTest,
} from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);
beforeEach(() => database.pool.query('truncate events, runs, finished_runs, journal, runners, outbox, failing_flows, tests, pins'));
afterAll(() => server.stop(), 180_000);

const ERROR = { code: 'test.failed', message: 'It failed.' };

async function begun(parts: Partial<NewTest> = {}): Promise<NewTest> {
  const tests = new PostgresTestStore(database.pool);
  const event = eventOf('drafted');
  await tests.keepEvent(event);
  const rows = [useRow('~a', { kind: 'recorded', given: 'recorded' })];
  const test = { runId: newId(), flowId: 'drafted', text: '{}', step: 'b', path: 'b', partly: ['each'], eventId: event.id, rows, ...parts };
  await tests.begin(test);
  return test;
}

/** Claims the run as a runner would, and ends it. */
async function ended({ runId }: NewTest, result: RunResult): Promise<void> {
  const runs = new PostgresRunStore(database.pool, 'tests/1');
  const runner = newId();
  await runs.register(runner, 60_000);
  const [work] = await runs.claim(runner, [runId], 1);
  expect(await new PostgresJournal(database.pool).finish(work!.run, entry([useRow('b')]), result)).toBe(true);
}

describe('a test', () => {
  it('is claimed like any run, as a test of no version, with what its journal begins with', async () => {
    const test = await begun();
    const runs = new PostgresRunStore(database.pool, 'tests/1');
    const runner = newId();
    await runs.register(runner, 60_000);
    const [work] = await runs.claimDue(runner, 10);
    expect(work?.run).toMatchObject({ id: test.runId, flowId: 'drafted', version: 0, test: true });
    expect(work?.journal).toEqual([expect.objectContaining({ path: '~a', given: 'recorded', output: { b: [null, 'x'] } })]);
    expect(await new PostgresTestStore(database.pool).find(test.runId)).toMatchObject({ text: '{}', step: 'b', partly: ['each'] });
  });

  it('that fails is no dead letter, tells nobody, and counts nowhere; one that is cancelled stays a test', async () => {
    const test = await begun();
    await ended(test, { status: 'failed', error: ERROR });
    const history = new PostgresHistory(database.pool);
    expect(await history.run(test.runId)).toMatchObject({ status: 'failed', test: true });
    expect(await new PostgresOperations(database.pool).deadLetters({}, 10)).toEqual([]);
    expect(await new PostgresOutbox(database.pool).undelivered(10)).toEqual([]);
    expect(await new PostgresActivity(database.pool).since(Date.now() - 3_600_000, 2)).toEqual([]);
    const other = await begun();
    await history.cancel([other.runId]);
    expect(await history.run(other.runId)).toMatchObject({ status: 'cancelled', test: true });
  });

  it('that succeeds is no recovery of a failing flow', async () => {
    await database.pool.query(
      `insert into failing_flows (flow_id, since, failed_at, run_id) values ('drafted', now() - interval '1 hour', now() - interval '1 hour', $1)`,
      [newId()],
    );
    await ended(await begun(), { status: 'succeeded' });
    const outbox = new PostgresOutbox(database.pool);
    await outbox.tellOfRecoveries();
    expect(await outbox.undelivered(10)).toEqual([]);
  });

  it('is forgotten with its run, and not before', async () => {
    const [kept, gone] = [await begun(), await begun()];
    await database.pool.query(`delete from runs where id = $1`, [gone.runId]);
    await database.pool.query(`update tests set created_at = now() - interval '2 hours'`);
    const tests = new PostgresTestStore(database.pool);
    await tests.trim();
    expect((await tests.findAll([kept.runId, gone.runId])).map(({ runId }) => runId)).toEqual([kept.runId]);
  });
});

describe('a pin', () => {
  it('is kept as it is, replaced by the next one of the step, moved where nothing is, and gone when it is taken out', async () => {
    const pins = new PostgresPinStore(database.pool);
    const output = { text: 'NUL \0 and half \ud800', big: 1e300, list: [null] };
    await pins.pin('drafted', 'a', 'first');
    await pins.pin('drafted', 'a', output);
    await pins.pin('other', 'a', 1);
    expect((await pins.list('drafted')).map(({ step, output: own }) => [step, own])).toEqual([['a', output]]);
    await pins.move('drafted', 'a', 'b');
    await pins.pin('drafted', 'a', 2);
    await pins.move('drafted', 'a', 'b');
    expect((await pins.list('drafted')).map(({ step, output: own }) => [step, own])).toEqual([
      ['a', 2],
      ['b', output],
    ]);
    await pins.unpin('drafted', 'b');
    expect([await pins.unpin('drafted', 'a'), await pins.unpin('drafted', 'a'), await pins.list('drafted')]).toEqual([true, false, []]);
  });
});
