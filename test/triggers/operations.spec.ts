import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ErrorRecord, Plan } from '@millrace/engine';
import {
  PostgresCollections,
  PostgresHistory,
  PostgresOperations,
  PostgresOperationStore,
  type Chosen,
  type OperationKind,
  type OperationOptions,
} from '@millrace/postgres';
import { createLogger } from '@millrace/telemetry';
import { Operator } from '@millrace/triggers';
import { v7 } from 'uuid';
import { eventOf, queued } from '../../libs/engine/contract/index.js';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { World } from './world.js';

const FAST = 100_000;

let server: PrivatePostgres;
let world: World;
let store: PostgresOperationStore;
let history: PostgresHistory;

beforeAll(async () => {
  server = await startPrivatePostgres();
  world = new World(await server.newDatabase());
  store = new PostgresOperationStore(world.database.pool);
  history = new PostgresHistory(world.database.pool);
  world.flows.set('orders', { type: 'webhook' });
}, 180_000);
beforeEach(async () => {
  await world.empty();
  await world.database.pool.query('truncate operations cascade');
});
afterAll(() => server.stop(), 180_000);

function operator(orders: PostgresOperationStore = store): Operator {
  const plan = (flowId: string, version: number): Promise<Plan> => Promise.resolve({ flowId, version, steps: [] } as unknown as Plan);
  const flow = (id: string): ReturnType<World['flows']['all']>[number] | undefined => world.flows.all().find((live) => live.id === id);
  const catalog = { flow, plan, endpoint: () => undefined };
  const log = createLogger({ level: 'silent', format: 'json' });
  const collections = new PostgresCollections(world.database.pool);
  return new Operator({ store: orders, catalog, history, collections, newId: v7, ring: () => undefined, log });
}

async function accepted(count: number, flowId = 'orders'): Promise<string[]> {
  const items = Array.from({ length: count }, (_, n) => queued({ event: eventOf(flowId, { body: Buffer.from(`{"n":${n}}`) }) }));
  await Promise.all(items.map((item) => world.events.accept(item)));
  return items.map(({ event }) => event.id);
}

/** Runs that have failed, of as many events. */
async function deadLetters(count: number, failure: Partial<ErrorRecord> = {}): Promise<string[]> {
  await accepted(count);
  // Otherwise they wait a little for the hint of the queue.
  await world.database.pool.query('update runs set due_at = now()');
  return (await world.endAll('failed', failure)).map(({ run }) => run.id);
}

interface Ordering {
  readonly options?: OperationOptions;
  readonly perSecond?: number;
  readonly confirm?: number;
  readonly key?: string;
}

async function order(kind: OperationKind, chosen: Chosen, ordering: Ordering = {}): Promise<string> {
  const ordered = await store.order({
    id: v7(),
    key: undefined,
    kind,
    chosen,
    options: {},
    perSecond: FAST,
    confirm: 100_000,
    ...ordering,
  });
  if (ordered.kind !== 'ordered') throw new Error(`there are ${ordered.count}`);
  return ordered.operation.id;
}

async function finish(id: string, worker: Operator = operator()): Promise<NonNullable<Awaited<ReturnType<typeof store.find>>>> {
  for (;;) {
    await worker.round();
    const operation = (await store.find(id))!;
    if (operation.state !== 'running') return operation;
  }
}

async function runsByEvent(): Promise<Map<string, number>> {
  const { rows } = await world.database.pool.query<{ event_id: string; runs: number }>(
    'select event_id, count(*)::int as runs from (select event_id from runs union all select event_id from finished_runs) r group by event_id',
  );
  return new Map(rows.map(({ event_id: id, runs }) => [id, runs]));
}

describe('an operation on many', () => {
  it('does it to each of them once, whatever processes stop in between and however many work on it', async () => {
    const ids = await accepted(300);
    const id = await order('replay', { flowId: 'orders' }, { perSecond: 160 });
    const flaky = operator(crashing());
    const workers = [flaky, operator(crashing()), operator()];
    await world.database.pool.query("update operations set due_at = now() - interval '1 hour'");
    while ((await store.find(id))!.state === 'running') {
      await Promise.all(workers.map((worker) => worker.round().catch(() => undefined)));
      await world.database.pool.query("update operations set due_at = now() - interval '1 hour'");
    }
    expect(await store.find(id)).toMatchObject({ state: 'done', total: 300, done: 300, failed: 0 });
    const runs = await runsByEvent();
    expect(ids.map((event) => runs.get(event))).toEqual(ids.map(() => 2));
    const listed = await history.runs({ operation: id, limit: 500 });
    expect(new Set(listed.items.map(({ eventId }) => eventId))).toEqual(new Set(ids));
  });

  it('is ordered only for as many as were confirmed, and otherwise not at all', async () => {
    await accepted(5);
    expect(await store.count('replay', { flowId: 'orders' })).toEqual({ count: 5, outdated: 0 });
    expect(await store.order({ id: v7(), key: undefined, kind: 'replay', chosen: {}, options: {}, perSecond: 1, confirm: 4 })).toEqual({
      kind: 'more',
      count: 5,
    });
    expect(await store.list(undefined, 10)).toEqual([]);
    const { rows } = await world.database.pool.query('select 1 from operation_items');
    expect(rows).toEqual([]);
  });

  it('is about what there was when it was ordered', async () => {
    await accepted(3);
    const id = await order('replay', { flowId: 'orders' });
    await accepted(2);
    expect(await finish(id)).toMatchObject({ total: 3, done: 3 });
  });

  it('that is ordered twice with one key is one', async () => {
    await accepted(2);
    const ids = [await order('replay', {}, { key: 'once' }), await order('replay', {}, { key: 'once' })];
    expect(new Set(ids).size).toBe(1);
    expect(await finish(ids[0]!)).toMatchObject({ total: 2, done: 2 });
    expect((await store.list(undefined, 10)).length).toBe(1);
  });

  it('goes at its rate: after a piece the next one is not due at once', async () => {
    await accepted(3);
    await order('replay', {}, { perSecond: 0.001 });
    const worker = operator();
    expect(await worker.round()).toBe(0);
    // The debt of a first second is forgiven, not more.
    expect(await worker.round()).toBeGreaterThan(500_000);
    expect((await runsByEvent()).size).toBe(3);
    expect([...(await runsByEvent()).values()].sort()).toEqual([1, 1, 2]);
  });

  it('that is cancelled leaves the rest undone', async () => {
    await accepted(10);
    const id = await order('replay', {}, { perSecond: 4 });
    const worker = operator();
    await worker.round();
    expect(await store.cancel(id)).toBe(true);
    await world.database.pool.query("update operations set due_at = now() - interval '1 hour'");
    expect(await worker.round()).toBeUndefined();
    expect(await store.find(id)).toMatchObject({ state: 'cancelled', total: 10, done: 1 });
    expect(await store.cancel(id)).toBe(false);
  });

  it('takes no piece that was decided before it was cancelled', async () => {
    await accepted(1);
    const id = await order('replay', {});
    const piece = await store.next(() => 10);
    if (typeof piece !== 'object') throw new Error('there is no piece');
    await store.cancel(id);
    expect(await store.apply(piece, [{ kind: 'problem', message: 'It must not be written.' }])).toBe(false);
    expect(await store.problems(id, 10)).toEqual([]);
  });

  it('says of each item why it could not be done, and does the others', async () => {
    const [event] = await accepted(1);
    const gone = v7();
    const [lost] = await accepted(1, 'gone-flow');
    const id = await order('replay', { ids: [event!, gone, lost!] });
    expect(await finish(id)).toMatchObject({ done: 1, failed: 2 });
    expect(Object.fromEntries((await store.problems(id, 10)).map((problem) => [problem.id, problem.message]))).toEqual({
      [gone]: `There is no event ${gone}; history that old may have been dropped.`,
      [lost!]: 'No version of gone-flow can run now: the flow is gone.',
    });
  });

  it('retries dead letters, and leaves those alone that somebody has seen to meanwhile', async () => {
    const [first, second, third] = await deadLetters(3);
    const id = await order('retry', { flowId: 'orders' });
    const piece = await store.next(() => 10);
    if (typeof piece !== 'object') throw new Error('there is no piece');
    await order('discard', { ids: [first!] }, { options: { reason: 'Known' }, key: 'other' });
    await world.database.pool.query("update finished_runs set resolution = 'discarded' where id = $1", [second]);
    const again = await history.run(third!);
    const run = {
      id: v7(),
      flowId: 'orders',
      version: 1,
      status: 'queued' as const,
      event: again!.eventId,
      of: second,
      rows: [],
      dry: false,
    };
    const position = piece.items.findIndex((item) => item.id === second);
    const deeds = piece.items.map((_, index) =>
      index === position ? { kind: 'start' as const, runs: [run], resolves: second } : { kind: 'problem' as const, message: 'left out' },
    );
    expect(await store.apply(piece, deeds)).toBe(true);
    expect((await store.problems(id, 10)).find((problem) => problem.id === second)?.message).toMatch(/no dead letter any more/);
    expect(await history.run(run.id)).toBeUndefined();
  });

  it('names what dead letters failed of whatever the item of a loop, and chooses by it', async () => {
    const operations = new PostgresOperations(world.database.pool);
    const [older] = await deadLetters(1, { step: 'each[0].send', message: 'Answered late.' });
    const [newer] = await deadLetters(1, { step: 'each[12].send', message: 'Answered later.' });
    await deadLetters(1, { step: 'each[0].send', code: 'timeout' });
    await deadLetters(1, { step: undefined });
    const causes = await operations.causes(undefined, 10);
    expect(causes.map(({ step, code, count }) => [step, code, count])).toEqual([
      ['each.send', 'http.500', 2],
      ['', 'http.500', 1],
      ['each.send', 'timeout', 1],
    ]);
    expect(causes[0]).toMatchObject({ flowId: 'orders', runId: newer, message: 'Answered later.' });
    expect(await operations.causes('another', 10)).toEqual([]);
    expect((await operations.causes(undefined, 2)).reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(await operations.countDeadLetters({ step: '' })).toMatchObject({ count: 1 });
    expect((await operations.deadLetters({ step: 'each.send', code: 'http.500' }, 9)).map(({ id }) => id)).toEqual([newer, older]);
    const discard = await order('discard', { code: 'http.500', step: 'each.send' }, { options: { reason: 'Known' } });
    expect(await finish(discard)).toMatchObject({ total: 2, done: 2 });
    expect(await operations.countDeadLetters({})).toMatchObject({ count: 2 });
  });

  it('discards, cancels and re-runs', async () => {
    const letters = await deadLetters(3);
    const rerun = await order('rerun', { status: 'failed', flowId: 'orders' }, { options: { from: 'start' } });
    expect(await finish(rerun)).toMatchObject({ done: 3 });
    const started = (await history.runs({ operation: rerun, limit: 9 })).items;
    expect(started.map(({ rerunOf }) => rerunOf).sort()).toEqual([...letters].sort());
    const cancel = await order('cancel', { status: 'queued' });
    expect(await finish(cancel)).toMatchObject({ done: 3 });
    expect((await history.runs({ operation: cancel, limit: 9 })).items.map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    await deadLetters(1);
    const discard = await order('discard', { code: 'http.500' }, { options: { reason: 'Known' } });
    expect(await finish(discard)).toMatchObject({ total: 1, done: 1 });
    expect((await history.runs({ operation: discard, limit: 9 })).items).toMatchObject([{ resolution: 'discarded' }]);
  });

  it('chooses events by what stands in them', async () => {
    await accepted(12);
    expect((await store.count('replay', { search: '"n":11' })).count).toBe(1);
    expect((await store.count('replay', { search: '"n":1' })).count).toBe(3);
    expect((await store.count('replay', { since: Date.now() + 60_000 })).count).toBe(0);
    expect((await store.count('cancel', { search: '"n":11' })).count).toBe(1);
  });
});

/** A store in a process that stops now and then: before a piece is committed, or right after. */
function crashing(): PostgresOperationStore {
  const crashing = new PostgresOperationStore(world.database.pool);
  let turn = 0;
  const apply = crashing.apply.bind(crashing);
  crashing.apply = async (piece, deeds) => {
    turn += 1;
    if (turn % 3 === 1) throw new Error('it stopped before');
    const applied = await apply(piece, deeds);
    if (turn % 3 === 2) throw new Error('it stopped after');
    return applied;
  };
  return crashing;
}
