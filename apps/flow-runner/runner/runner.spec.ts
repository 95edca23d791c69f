import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NotRunnable } from '@millrace/catalog';
import type { Component } from '@millrace/component-sdk';
import { parseTrigger, planFlow, type Clock, type Host, type Plan, type Reservation } from '@millrace/engine';
import { componentOf, flowOf, type Run } from '../../../libs/engine/contract/rig.js';
import { eventOf, newId, queued } from '../../../libs/engine/contract/store.js';
import { MemoryStore } from '../../../libs/engine/memory/memory-store.js';
import { Lease } from './lease.js';
import { recordedLog, type Line } from './recorded-log.js';
import { Runner } from './runner.js';

const LEASE_MS = 15_000;
const STEPS = [
  { id: 'a', use: 'test.step' },
  { id: 'b', use: 'test.step' },
] as const;

const clock: Clock = {
  now: () => Date.now(),
  random: () => 0.5,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

let store: MemoryStore;
let run: Run;
let calls: string[];
let runner: Runner | undefined;
let lines: Line[];
/** In place of the store's own transitions. */
let failing: Partial<Pick<MemoryStore, 'record' | 'finish' | 'suspend'>>;

beforeEach(() => {
  store = new MemoryStore();
  calls = [];
  failing = {};
  run = () => undefined;
});

afterEach(() => {
  jest.useRealTimers();
  return runner?.drain(0);
});

interface Options {
  readonly slots?: number;
  readonly plan?: () => Promise<Plan>;
}

const component: Component = componentOf('test.step', (context) => {
  calls.push(context.path);
  return run(context);
});

const planned = (): Promise<Plan> => Promise.resolve(planFlow(flowOf(STEPS), 1, () => component));

async function startRunner({ slots = 10, plan = planned }: Options = {}): Promise<Runner> {
  const host: Host = {
    component: () => ({ component, invalidProps: () => undefined }),
    context: (_, { path, signal }) => ({ path, signal }) as never,
    redact: (text) => text,
  };
  const { record, suspend, finish, items } = MemoryStore.prototype;
  const bound = { record: record.bind(store), suspend: suspend.bind(store), finish: finish.bind(store), items: items.bind(store) };
  const journal = { ...bound, ...failing };
  const { log } = ({ lines } = recordedLog());
  runner = new Runner({
    claims: store,
    journal,
    calls: store,
    resumptions: store,
    lease: new Lease(store, log),
    host,
    clock,
    log,
    plan,
    slots,
  });
  await runner.start();
  return runner;
}

async function accept(count: number): Promise<string[]> {
  const all = Array.from({ length: count }, () => queued());
  for (const acceptance of all) await store.accept(acceptance);
  return all.map((acceptance) => acceptance.run.id);
}

/** A run that another runner gave up until then. */
async function waiting(dueAt: number): Promise<void> {
  const [work] = await store.claim('another', await accept(1), 1);
  await store.suspend(work!.run, { rows: [], drops: [] }, dueAt);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Calls wait until they are let go. */
function gate(): { open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  run = () => opened;
  return { open: () => open() };
}

describe('a runner', () => {
  it('walks hinted runs to their end', async () => {
    const ids = await accept(25);
    await (await startRunner()).takeHinted(ids);
    await until(() => store.ended.size === 25);
    expect(new Set([...store.ended.values()].map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(calls).toHaveLength(50);
  });

  it('wakes for each of several times that it was told of by nobody', async () => {
    jest.useFakeTimers();
    store = new MemoryStore();
    for (const ms of [100, 300, 500]) await waiting(Date.now() + ms);
    await startRunner();
    const seen: number[] = [];
    for (let passed = 0; passed < 3; passed += 1) {
      await jest.advanceTimersByTimeAsync(150 + 50 * Math.min(passed, 1));
      seen.push(store.ended.size);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('finds due runs by itself', async () => {
    const acceptance = queued({ event: eventOf('contract', { receivedAt: Date.now() - 60_000 }) });
    await store.accept(acceptance);
    await startRunner();
    await until(() => store.ended.has(acceptance.run.id));
  });

  it('works on no more runs than it has slots, and takes no hint that it has no room for', async () => {
    const held = gate();
    const ids = await accept(7);
    const hinted = (await startRunner({ slots: 3 })).takeHinted(ids);
    await until(() => calls.length === 3);
    expect([...store.active.values()].filter(({ status }) => status === 'running')).toHaveLength(3);
    held.open();
    await hinted;
    await until(() => store.ended.size === 7);
  });

  it('walks a run that was born here, and has its slot back afterwards', async () => {
    const running = await startRunner({ slots: 1 });
    const [event, id] = [eventOf(), newId()];
    const reservation = await reserved(running, id);
    expect(running.reserve(newId())).toBeUndefined();
    const lease = { runner: reservation.runner, claim: 1 };
    await store.accept({ event, run: { id, version: 1, status: 'running', lease } });
    const claimed = { id, flowId: event.flowId, version: 1, eventId: event.id, startedAt: event.receivedAt, crashes: 0, lease };
    reservation.start({ run: claimed, event, journal: [] }, await parseTrigger(event));
    await until(() => store.ended.has(id));
    (await reserved(running, newId())).release();
  });

  it.each(['release', 'doubt'] as const)('has its slot back after a %s', async (method) => {
    const running = await startRunner({ slots: 1 });
    (await reserved(running, newId()))[method]();
    (await reserved(running, newId())).release();
  });

  it('takes no births while it drains', async () => {
    const running = await startRunner();
    await running.drain(0);
    expect(running.reserve(newId())).toBeUndefined();
  });

  /** The sweep takes a slot for a moment too, when it looks for due runs. */
  async function reserved(running: Runner, id: string): Promise<Reservation> {
    let reservation: Reservation | undefined;
    await until(() => (reservation = running.reserve(id)) !== undefined);
    return reservation!;
  }
});

describe('draining', () => {
  it('hands runs over at their next step and gives back what it held', async () => {
    const held = gate();
    const ids = await accept(3);
    const running = await startRunner();
    await running.takeHinted(ids);
    await until(() => calls.length === 3);
    const drained = running.drain(10_000);
    held.open();
    await drained;
    expect(calls).toEqual(['a', 'a', 'a']);
    expect([...store.active.values()].map(({ status, crashes }) => [status, crashes])).toEqual([
      ['waiting', 0],
      ['waiting', 0],
      ['waiting', 0],
    ]);
  });

  it('ends although sweep and hints both wait for the only slot', async () => {
    const held = gate();
    const ids = await accept(2);
    const running = await startRunner({ slots: 1 });
    const hinted = running.takeHinted(ids);
    await until(() => calls.length === 1);
    const drained = running.drain(10_000);
    held.open();
    await Promise.all([drained, hinted]);
  });

  it('aborts steps that take longer than the grace', async () => {
    run = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const [id] = await accept(1);
    const running = await startRunner();
    await running.takeHinted([id!]);
    await until(() => calls.length === 1);
    await running.drain(1);
    expect(store.active.get(id!)).toMatchObject({ status: 'queued', crashes: 0 });
  });
});

describe('while the database is away', () => {
  it('keeps what a step did until it can be written', async () => {
    let away = 3;
    failing = { finish: (...args) => ((away -= 1) >= 0 ? Promise.reject(new Error('away')) : store.finish(...args)) };
    const [id] = await accept(1);
    await (await startRunner()).takeHinted([id!]);
    await until(() => store.ended.has(id!));
    expect(store.ended.get(id!)?.status).toBe('succeeded');
    expect(calls).toEqual(['a', 'b']);
  });

  it('says once until when it tries to write, and once that it gave up with its lease', async () => {
    jest.useFakeTimers();
    store = new MemoryStore();
    const away = (): Promise<never> => Promise.reject(new Error('away'));
    failing = { record: away, finish: away };
    const ids = await accept(3);
    const running = await startRunner();
    await running.takeHinted(ids);
    await jest.advanceTimersByTimeAsync(1);
    store.renew = store.register = store.retire = away;
    const drained = running.drain(10_000);
    await jest.advanceTimersByTimeAsync(LEASE_MS + 3_000);
    await drained;
    const said = lines.map(([level, , message]) => `${level} ${message}`);
    const ofRuns = said.filter((line) => line.includes('A run was given up'));
    expect(said.filter((line) => !ofRuns.includes(line))).toEqual([
      'warn The journal cannot be written; trying again',
      'warn The runner cannot renew its lease; trying again',
      'warn The lease ran out; its runs go to whoever claims them next',
      'warn The journal cannot be written: given up',
    ]);
    expect(ofRuns).toHaveLength(3);
  });

  it('does not fail a run whose version cannot be read', async () => {
    let away = 3;
    const [id] = await accept(1);
    const plan = (): Promise<Plan> => ((away -= 1) >= 0 ? Promise.reject(new Error('connect ECONNREFUSED')) : planned());
    await (await startRunner({ plan })).takeHinted([id!]);
    await until(() => store.ended.has(id!));
    expect(store.ended.get(id!)?.status).toBe('succeeded');
  });
});

describe('a run that cannot go on', () => {
  it('ends as failed when its version is gone, saying which', async () => {
    const [id] = await accept(1);
    await (await startRunner({ plan: () => Promise.reject(new NotRunnable('it is not stored')) })).takeHinted([id!]);
    await until(() => store.ended.has(id!));
    expect(store.ended.get(id!)).toMatchObject({
      status: 'failed',
      error: { code: 'flow.not-runnable', blame: 'operator', message: 'Version 1 of contract cannot be run here: it is not stored' },
    });
  });

  it.each([
    ['its rows are refused', { record: () => Promise.reject(Object.assign(new Error('out of range'), { code: '22003' })) }],
    ['its rows are not JSON', { record: () => Promise.reject(new TypeError('Do not know how to serialize a BigInt')) }],
  ])('ends as failed when %s, instead of repeating its step for ever', async (_, broken) => {
    failing = broken;
    const [id] = await accept(1);
    await (await startRunner()).takeHinted([id!]);
    await until(() => store.ended.has(id!));
    expect(store.ended.get(id!)).toMatchObject({ status: 'failed', error: { code: 'run.broken-off', blame: 'operator' } });
    expect(calls).toEqual(['a']);
  });

  it('ends as failed when its stored body cannot be read any more', async () => {
    const acceptance = queued({ event: eventOf('contract', { body: Buffer.from('{') }) });
    await store.accept(acceptance);
    await (await startRunner()).takeHinted([acceptance.run.id]);
    await until(() => store.ended.has(acceptance.run.id));
    expect(store.ended.get(acceptance.run.id)).toMatchObject({ status: 'failed', error: { code: 'run.broken-off' } });
  });
});
