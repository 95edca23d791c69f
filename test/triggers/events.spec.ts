import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventTrigger } from '@millrace/flow';
import { PostgresOutbox } from '@millrace/postgres';
import { v7 } from 'uuid';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { parse } from './body.js';
import { World } from './world.js';

let server: PrivatePostgres;
let world: World;

beforeAll(async () => {
  server = await startPrivatePostgres();
  world = new World(await server.newDatabase());
}, 180_000);
afterAll(() => server.stop(), 180_000);
beforeEach(async () => {
  await world.empty();
  for (const { id } of world.flows.all()) world.flows.remove(id);
});

function listen(id: string, event: string, parts: Partial<EventTrigger> = {}): void {
  world.flows.set(id, { type: 'event', event, ...parts });
}

/** Accepts a request for a flow and ends its run. */
async function runOf(flowId: string, status: 'succeeded' | 'failed'): Promise<string> {
  const id = v7();
  const event = { id: v7(), flowId, receivedAt: Date.now(), method: 'POST', url: '', headers: {}, body: Buffer.from('') };
  await world.starter.start(event, { id, version: 1, status: 'queued' });
  await world.endAll(status);
  return id;
}

const order = (depth = 1) => ({ name: 'order.paid', data: { total: 12 }, depth });

async function outboxRows(): Promise<unknown[]> {
  return (await world.database.pool.query('select name from outbox where delivered_at is null')).rows;
}

describe('an emitted event', () => {
  it('starts every flow that listens to its name, once, with its data', async () => {
    listen('exact', 'order.paid');
    listen('family', 'order.*');
    listen('everything', '*');
    listen('other', 'order.cancelled');
    const { eventId, runIds } = await world.emitter().emitNow(order());
    expect(runIds).toHaveLength(3);
    for (const id of ['exact', 'family', 'everything']) expect(await world.runsOf(id)).toMatchObject([{ eventId, status: 'queued' }]);
    expect(await world.runsOf('other')).toEqual([]);
    const event = await world.event(eventId);
    expect(event).toMatchObject({ flowId: 'events/order.paid', origin: { kind: 'event', name: 'order.paid' } });
    expect(parse(event)).toEqual({ total: 12 });
  });

  it('is kept when nobody listens, and names the condition where only that kept it away', async () => {
    const unheard = await world.emitter().emitNow(order());
    expect(unheard.runIds).toEqual([]);
    expect(await world.event(unheard.eventId)).toMatchObject({ flowId: 'events/order.paid' });
    listen('large', 'order.paid', { when: '{{ trigger.body.total > 500 }}' });
    const small = await world.emitter().emitNow(order());
    expect(small.runIds).toEqual([]);
    expect((await world.event(small.eventId))?.unmatched).toBe('{{ trigger.body.total > 500 }}');
  });

  it('with a condition that only the runner can decide starts a run, which decides it', async () => {
    listen('matching', 'order.paid', { when: '{{ $match(trigger.event, /paid/) }}' });
    expect((await world.emitter().emitNow(order())).runIds).toHaveLength(1);
  });

  it('of a paused flow is held', async () => {
    world.flows.set('later', { type: 'event', event: 'order.paid' }, { enabled: false });
    await world.emitter().emitNow(order());
    const { rows } = await world.database.pool.query('select status from runs');
    expect(rows).toEqual([{ status: 'held' }]);
  });

  it('starts a flow for which this process lacks something, for another one may have it', async () => {
    world.flows.set('elsewhere', { type: 'event', event: 'order.paid' }, { trigger: undefined });
    expect((await world.emitter().emitNow(order())).runIds).toHaveLength(1);
  });

  it('with the same key is the same event, whoever emits it again and how often', async () => {
    listen('exact', 'order.paid');
    const emit = () => world.emitter().emitNow({ ...order(), key: 'api/7' });
    const [first, second] = await Promise.all([emit(), emit()]);
    expect(second.eventId).toBe(first.eventId);
    expect(await emit()).toEqual({ eventId: first.eventId, runIds: first.runIds, duplicate: true });
    expect(await world.runsOf('exact')).toHaveLength(1);
  });

  it.each([
    ['a name that is none', { name: 'Order Paid' }, 'event.bad-name'],
    ['a name of the system', { name: 'flow.failed' }, 'event.reserved-name'],
    ['more data than may be', { data: 'x'.repeat(20_000) }, 'event.too-large'],
    ['too many events above it', { depth: 21 }, 'event.too-deep'],
  ])('with %s is refused with a reason', async (_, parts, code) => {
    await expect(world.emitter().emit({ ...order(), ...parts })).rejects.toMatchObject({ code });
    expect(await outboxRows()).toEqual([]);
  });
});

describe('no lost event', () => {
  class Dying extends PostgresOutbox {
    override deliver(): Promise<boolean> {
      return Promise.reject(new Error('killed'));
    }
  }

  it('one whose process dies between commit and delivery is delivered by another', async () => {
    listen('exact', 'order.paid');
    const dying = world.emitter(world.flows, new Dying(world.database.pool));
    await expect(dying.emitNow(order())).rejects.toThrow('killed');
    expect(await world.runsOf('exact')).toEqual([]);
    await world.emitter().round();
    expect(await world.runsOf('exact')).toHaveLength(1);
  });

  it('many delivered by several processes at once each start one run', async () => {
    listen('exact', 'order.paid');
    for (let n = 0; n < 250; n += 1) await world.emitter().emit(order());
    await Promise.all([world.emitter().round(), world.emitter().round(), world.emitter().round()]);
    expect(await world.runsOf('exact')).toHaveLength(250);
    expect(await outboxRows()).toEqual([]);
  });
});

describe('what was delivered', () => {
  it('is forgotten, except what a producer or a step may repeat, and that for a week', async () => {
    const { pool } = world.database;
    const { eventId } = await world.emitter().emitNow({ ...order(), key: 'api/7' });
    await world.emitter().emitNow(order());
    await world.emitter().emit(order());
    await world.outbox.trim();
    const left = async () =>
      (await pool.query('select key is not null as keyed, delivered_at is not null as delivered from outbox order by id')).rows;
    expect(await left()).toEqual([
      { keyed: true, delivered: true },
      { keyed: false, delivered: false },
    ]);
    await pool.query("update outbox set delivered_at = delivered_at - interval '8 days'");
    await world.outbox.trim();
    expect(await left()).toEqual([{ keyed: false, delivered: false }]);
    expect((await world.emitter().emitNow({ ...order(), key: 'api/7' })).eventId).not.toBe(eventId);
  });
});

describe('what the system tells', () => {
  it('of a run that failed, with what a person needs and without its details', async () => {
    listen('alarm', 'flow.failed');
    const runId = await runOf('orders', 'failed');
    await world.emitter().round();
    const [alarm] = await world.runsOf('alarm');
    expect(parse(await world.event(alarm?.eventId ?? ''))).toEqual({
      flow: 'orders',
      run: runId,
      url: `https://millrace.example/api/v1/runs/${runId}`,
      error: { code: 'http.500', message: 'It broke.', step: 'send' },
    });
  });

  it('of a run that failed at the door', async () => {
    listen('alarm', 'flow.failed');
    const event = { id: v7(), flowId: 'orders', receivedAt: Date.now(), method: 'POST', url: '', headers: {}, body: Buffer.from('') };
    await world.events.accept({
      event,
      run: { id: v7(), version: 1, status: 'failed', error: { code: 'trigger.schema', message: 'No id.' } },
    });
    await world.emitter().round();
    expect(await world.runsOf('alarm')).toHaveLength(1);
  });

  it('starts nothing for a run that succeeded, and leaves no event that nobody listens to', async () => {
    listen('alarm', 'flow.failed');
    await runOf('orders', 'succeeded');
    await world.emitter().round();
    expect(await world.runsOf('alarm')).toEqual([]);
    world.flows.remove('alarm');
    await runOf('orders', 'failed');
    await world.emitter().round();
    const { rows } = await world.database.pool.query("select id from events where flow_id like 'events/%'");
    expect(rows).toEqual([]);
  });

  it('does not start a flow by its own failure, and two that start each other only so often', async () => {
    listen('one', 'flow.failed');
    await runOf('one', 'failed');
    await world.emitter().round();
    expect(await world.runsOf('one')).toHaveLength(1);
    listen('two', 'flow.failed');
    await runOf('orders', 'failed');
    for (let round = 0; round < 60; round += 1) {
      await world.emitter().round();
      await world.endAll('failed');
    }
    expect((await world.runsOf('one')).length + (await world.runsOf('two')).length).toBeLessThan(60);
    expect(await outboxRows()).toEqual([]);
  });

  it('of the first success after failures, once', async () => {
    listen('relief', 'flow.recovered');
    await runOf('orders', 'failed');
    await runOf('orders', 'failed');
    await world.emitter().round();
    expect(await world.runsOf('relief')).toEqual([]);
    const runId = await runOf('orders', 'succeeded');
    await runOf('orders', 'succeeded');
    await Promise.all([world.emitter().round(), world.emitter().round()]);
    await world.emitter().round();
    const relief = await world.runsOf('relief');
    expect(relief).toHaveLength(1);
    expect(parse(await world.event(relief[0]?.eventId ?? ''))).toMatchObject({ flow: 'orders', run: runId, failures: 2 });
  });
});
