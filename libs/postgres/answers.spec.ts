import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnswerFrom, ClaimedRun, RunResult, StepRow } from '@millrace/engine';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { entry, eventOf, newId, queued, useRow } from '../engine/contract/index.js';
import { AnswerBell, PostgresAnswerStore, PostgresEventStore, PostgresJournal, PostgresRunStore, type Database } from './index.js';
import { CANCEL } from './sql/runs.js';

let server: PrivatePostgres;
let database: Database;
let url: string;
let store: PostgresAnswerStore;
let rung: string[];
let bell: AnswerBell;
let heard: () => void;

/** The process that keeps the callers, and the one whose runner walks. */
const DOOR = newId();
const RUNNER = newId();

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  const { rows } = await database.pool.query<{ name: string }>('select current_database() as name');
  url = (await server.newUrl()).replace(/contract_\d+/, rows[0]!.name);
  store = new PostgresAnswerStore(database.pool);
  await new PostgresRunStore(database.pool, 'answers/spec/1').register(RUNNER, 60_000);
}, 180_000);

afterAll(() => server.stop(), 180_000);

beforeEach(async () => {
  rung = [];
  heard = () => undefined;
  bell = new AnswerBell({
    url,
    instance: DOOR,
    onRing: (id) => {
      rung.push(id);
      heard();
    },
    onLost: () => undefined,
  });
  await bell.listen();
});

afterEach(() => bell.close());

/** A run that was accepted for a caller and claimed by a runner elsewhere. */
async function awaitedRun(from: AnswerFrom, by: string | undefined = DOOR): Promise<ClaimedRun> {
  const acceptance = queued({ run: { id: newId(), version: 1, status: 'queued', awaited: { from, ...(by && { by }) } } });
  await new PostgresEventStore(database.pool).accept(acceptance);
  const [work] = await new PostgresRunStore(database.pool, 'answers/spec/1').claim(RUNNER, [acceptance.run.id], 1);
  return work!.run;
}

function journal(instance = RUNNER): PostgresJournal {
  return new PostgresJournal(database.pool, undefined, instance);
}

const response = { status: 201, headers: { 'x-a': 'b' }, body: { ok: true } };

function respondRow(parts: Partial<StepRow> = {}): StepRow {
  return useRow('reply', { kind: 'respond', output: response, ...parts });
}

function finish(run: ClaimedRun, result: RunResult): Promise<boolean> {
  return journal().finish(run, entry([]), result);
}

async function answerOf({ id }: ClaimedRun): Promise<unknown> {
  return (await store.find(id))?.answer;
}

/** Resolves with the first ring for a run that comes after the ones before; a later ring proves that none came for others. */
async function rings(run: ClaimedRun): Promise<void> {
  while (!rung.includes(run.id)) await new Promise<void>((resolve) => (heard = resolve));
}

describe('the answer of a run', () => {
  it('is none while it is active, then its output, and rings the process of its caller', async () => {
    const run = await awaitedRun('end');
    expect(run.awaited).toBe(true);
    expect(await answerOf(run)).toEqual({ kind: 'none', status: 'running' });
    expect(await store.answered([run.id])).toEqual([]);
    await finish(run, { status: 'succeeded', output: { n: 1 } });
    expect(await answerOf(run)).toEqual({ kind: 'end', status: 'succeeded', output: { n: 1 } });
    expect(await store.answered([run.id, newId()])).toEqual([run.id]);
    await rings(run);
  });

  it('is what the step says as soon as it says so, to a caller who waits for a step', async () => {
    const run = await awaitedRun('step');
    await journal().record(run, entry([respondRow()]));
    await rings(run);
    expect(await answerOf(run)).toEqual({ kind: 'response', response });
    expect(await store.answered([run.id])).toEqual([run.id]);
    await finish(run, { status: 'failed', error: { code: 'x', message: 'x' } });
    expect(await answerOf(run)).toEqual({ kind: 'response', response });
  });

  it('is what the step said at the end only, to a caller who waits for the end', async () => {
    const run = await awaitedRun('end');
    await journal().record(run, entry([respondRow()]));
    expect(await answerOf(run)).toEqual({ kind: 'none', status: 'running' });
    expect(await store.answered([run.id])).toEqual([]);
    await finish(run, { status: 'succeeded', output: { ok: true } });
    await rings(run);
    expect(rung).toEqual([run.id]);
    expect(await answerOf(run)).toEqual({ kind: 'response', response });
  });

  it('is not the output where the caller waits for a step: nobody chose to show that', async () => {
    const run = await awaitedRun('step');
    await finish(run, { status: 'succeeded', output: { inner: 'detail' } });
    expect(await answerOf(run)).toEqual({ kind: 'end', status: 'succeeded' });
  });

  it('is not what a later step was skipped for', async () => {
    const run = await awaitedRun('step');
    await journal().record(run, entry([respondRow({ status: 'skipped', output: undefined })]));
    expect(await answerOf(run)).toEqual({ kind: 'none', status: 'running' });
  });

  it('is an end also where the run is cancelled', async () => {
    const run = await awaitedRun('end');
    await database.pool.query(CANCEL, [[run.id]]);
    await rings(run);
    expect(await answerOf(run)).toEqual({ kind: 'end', status: 'cancelled' });
  });

  it('is unknown of a run that is not kept', async () => {
    expect(await store.find(newId())).toBeUndefined();
  });
});

describe('rings', () => {
  it('come neither for runs without a caller nor to the process that knows already', async () => {
    const unasked = await awaitedRun('end', '');
    const own = await awaitedRun('end');
    const last = await awaitedRun('end');
    await finish(unasked, { status: 'succeeded', output: 1 });
    await journal(DOOR).finish(own, entry([]), { status: 'succeeded', output: 1 });
    await finish(last, { status: 'succeeded', output: 1 });
    await rings(last);
    expect(rung).toEqual([last.id]);
  });

  it('share a commit with runs that nobody awaits', async () => {
    const run = await awaitedRun('end');
    const plain = queued();
    await new PostgresEventStore(database.pool).accept(plain);
    const [work] = await new PostgresRunStore(database.pool, 'answers/spec/1').claim(RUNNER, [plain.run.id], 1);
    const one = journal();
    const ends = [run, work!.run].map((each) => one.finish(each, entry([useRow('a')]), { status: 'succeeded', output: 1 }));
    expect(await Promise.all(ends)).toEqual([true, true]);
    await rings(run);
    expect(rung).toEqual([run.id]);
  });

  it('come again after the connection was lost', async () => {
    const listening = `application_name = 'millrace-answers' and query like 'listen%' and state = 'idle'`;
    const gone = await database.pool.query<{ pid: number }>(
      `select pid, pg_terminate_backend(pid) from pg_stat_activity where ${listening}`,
    );
    const again = `select from pg_stat_activity where ${listening} and pid <> all ($1::int[])`;
    const pids = gone.rows.map(({ pid }) => pid);
    while ((await database.pool.query(again, [pids])).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const run = await awaitedRun('end');
    await finish(run, { status: 'succeeded', output: 1 });
    await rings(run);
  });
});

describe('an accept', () => {
  it('keeps keys, failed runs and awaited runs in one commit', async () => {
    const events = new PostgresEventStore(database.pool);
    const awaited = { id: newId(), version: 1, status: 'queued', awaited: { from: 'step', by: DOOR } } as const;
    const key = { key: newId(), windowMs: 60_000 };
    const all = [queued({ run: awaited, dedupe: key }), queued({ dedupe: key }), queued(), queued({ event: eventOf('contract') })];
    const results = await Promise.all(all.map((acceptance) => events.accept(acceptance)));
    expect(results.map(({ kind }) => kind)).toEqual(['stored', 'duplicate', 'stored', 'stored']);
    const { rows } = await database.pool.query(
      'select id, awaited, awaited_by as by, answer_from as from from runs where id = any ($1::uuid[]) order by id',
      [all.map(({ run }) => run.id)],
    );
    const nobody = { awaited: false, by: null, from: null };
    const expected = [
      { id: awaited.id, awaited: true, by: DOOR, from: 'step' },
      ...all.slice(2).map(({ run }) => ({ id: run.id, ...nobody })),
    ];
    expect(rows).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
  });
});
