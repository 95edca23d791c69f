import { jest } from '@jest/globals';
import type { EventView, RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { newHome, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const seen = { id: 'seen', set: { body: '{{ trigger.body }}' } };

function flows(): Record<string, object> {
  const shop = '{{ trigger.body.shop }}';
  return {
    ...webhookFlow(
      'batched',
      { dedupe: { key: '{{ trigger.body.id }}' }, when: '{{ trigger.body.id > 0 }}' },
      [{ id: 'seen', set: { ids: '{{ trigger.body.items.id }}' } }],
      {
        batch: { key: shop, window: '1h', size: 3 },
      },
    ),
    ...webhookFlow('ordered', {}, [seen], { batch: { key: shop, window: '1h', size: 2 }, concurrency: { key: shop, limit: 1 } }),
    ...webhookFlow('short', {}, [seen], { batch: { window: '300ms' } }),
    ...webhookFlow('quiet', {}, [seen], { debounce: { key: shop, window: '400ms', maxWait: '20s' } }),
    ...webhookFlow('listener', { endpoint: 'shared' }, [seen], { batch: { window: '1h', size: 2 } }),
    ...webhookFlow('direct', { endpoint: 'shared' }, [seen]),
    endpoints: { shared: {} },
    heard: {
      format: 1,
      id: 'heard',
      trigger: { type: 'event', event: 'order.*' },
      batch: { key: shop, window: '1h', size: 2 },
      steps: [seen],
    },
  };
}

interface Accepted {
  readonly eventId: string;
  readonly runIds: readonly string[];
  readonly collecting?: readonly string[];
  readonly duplicate?: boolean;
}

async function send({ url }: TestInstance, path: string, body: object): Promise<Accepted> {
  const response = await fetch(`${url}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Accepted;
}

const hook = (instance: TestInstance, flow: string, body: object): Promise<Accepted> => send(instance, `flows/${flow}/hook`, body);

/** The run that took an event for a flow. */
function runOf({ api }: TestInstance, eventId: string, flow: string): Promise<string> {
  return eventually(`the run of event ${eventId} for ${flow}`, async () => {
    const { collectedBy } = await api<EventView>(`events/${eventId}`);
    return collectedBy.find(({ flowId }) => flowId === flow)?.runId ?? undefined;
  });
}

const outputOf = (run: RunView): unknown => run.steps.find(({ path }) => path === 'seen')?.output;

let instance: TestInstance;
let home: string;

beforeAll(async () => {
  home = await newHome();
  instance = await startInstance({ home, flows: flows() });
}, 180_000);

it('a batch has one run with the bodies in order, full or when its window is over; the caller is told', async () => {
  const sent: Accepted[] = [];
  for (const id of [1, 2, 3]) sent.push(await hook(instance, 'batched', { id, shop: 'a' }));
  expect(sent[0]).toEqual({ eventId: expect.any(String), runIds: [], collecting: ['batched'] });
  const run = await endOf(instance, await runOf(instance, sent[0]!.eventId, 'batched'));
  expect(run).toMatchObject({ status: 'succeeded', collected: { count: 3, eventIds: sent.map(({ eventId }) => eventId) } });
  expect(outputOf(run)).toEqual({ ids: [1, 2, 3] });
  const event = await instance.api<EventView>(`events/${run.eventId}`);
  expect(event).toMatchObject({ flowId: 'batched', origin: { kind: 'batch', count: 3 }, runs: [{ id: run.id }] });

  const alone = await hook(instance, 'short', { n: 1 });
  expect(outputOf(await endOf(instance, await runOf(instance, alone.eventId, 'short')))).toEqual({ body: { items: [{ n: 1 }] } });
});

it('batches of one key stand in line where the flow has lanes', async () => {
  const sent: Accepted[] = [];
  for (const n of [1, 2, 3, 4]) sent.push(await hook(instance, 'ordered', { n, shop: 'l' }));
  const runs = [await runOf(instance, sent[0]!.eventId, 'ordered'), await runOf(instance, sent[3]!.eventId, 'ordered')];
  expect(new Set(runs).size).toBe(2);
  const [first, second] = [await endOf(instance, runs[0]!), await endOf(instance, runs[1]!)];
  expect([first.status, second.status]).toEqual(['succeeded', 'succeeded']);
  expect(Date.parse(second.startedAt!)).toBeGreaterThanOrEqual(Date.parse(first.finishedAt!));
});

it('keys, duplicates and conditions are decided before', async () => {
  const first = await hook(instance, 'batched', { id: 11, shop: 'b' });
  expect(await hook(instance, 'batched', { id: 11, shop: 'b' })).toEqual({ eventId: first.eventId, duplicate: true });
  expect(await hook(instance, 'batched', { id: -1, shop: 'b' })).toEqual({ eventId: expect.any(String), runIds: [] });
  await hook(instance, 'batched', { id: 12, shop: 'c' });
  for (const id of [13, 14]) await hook(instance, 'batched', { id, shop: 'b' });
  expect(outputOf(await endOf(instance, await runOf(instance, first.eventId, 'batched')))).toEqual({ ids: [11, 13, 14] });
});

it('an event without its key is kept with a run that says so', async () => {
  const { eventId, runIds } = await hook(instance, 'quiet', { n: 1 });
  const run = await endOf(instance, runIds[0]!);
  expect(run).toMatchObject({ status: 'failed', eventId, error: { step: 'trigger' } });
  expect(run.error!.message).toContain('shop');
});

it('an event that could not be collected is collected alone when its run is repeated', async () => {
  const { runIds } = await hook(instance, 'batched', { id: 21 });
  expect(await endOf(instance, runIds[0]!)).toMatchObject({ status: 'failed', error: { step: 'trigger' } });
  const again = await instance.api<{ runId: string }>(`runs/${runIds[0]!}/rerun`, { method: 'POST', body: '{"version":"live"}' });
  const run = await endOf(instance, again.runId);
  expect(outputOf(run)).toEqual({ ids: 21 });
  expect(await instance.api<EventView>(`events/${run.eventId}`)).toMatchObject({ origin: { kind: 'batch', count: 1 } });
  const { runId } = await instance.api<{ runId: string }>(`runs/${run.id}/rerun`, { method: 'POST', body: '{}' });
  expect(await endOf(instance, runId)).toMatchObject({ eventId: run.eventId, status: 'succeeded' });
});

it('a burst has one run, for its last event', async () => {
  const sent: Accepted[] = [];
  for (const n of [1, 2, 3]) sent.push(await hook(instance, 'quiet', { n, shop: 'a' }));
  const run = await endOf(instance, await runOf(instance, sent[0]!.eventId, 'quiet'));
  expect(run).toMatchObject({ eventId: sent[2]!.eventId, collected: { count: 3 } });
  expect(outputOf(run)).toEqual({ body: { n: 3, shop: 'a' } });
});

it('a listener of a shared endpoint collects, while another runs at once', async () => {
  const one = await send(instance, 'endpoints/shared', { n: 1 });
  expect(one).toMatchObject({ runIds: [expect.any(String)], collecting: ['listener'] });
  const two = await send(instance, 'endpoints/shared', { n: 2 });
  expect(outputOf(await endOf(instance, await runOf(instance, two.eventId, 'listener')))).toEqual({
    body: { items: [{ n: 1 }, { n: 2 }] },
  });
  expect(outputOf(await endOf(instance, one.runIds[0]!))).toEqual({ body: { n: 1 } });
});

const emit = (data: object): Promise<Accepted> =>
  instance.api<Accepted>('events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'order.paid', data }),
  });

it('emitted events are collected too, and one without its key says so', async () => {
  const first = await emit({ shop: 'x', n: 1 });
  expect(first).toMatchObject({ runIds: [], collecting: ['heard'] });
  await emit({ shop: 'y', n: 1 });
  await emit({ shop: 'x', n: 2 });
  const run = await endOf(instance, await runOf(instance, first.eventId, 'heard'));
  expect(outputOf(run)).toEqual({
    body: {
      items: [
        { shop: 'x', n: 1 },
        { shop: 'x', n: 2 },
      ],
    },
  });
  const { eventId } = await emit({ n: 3 });
  expect((await instance.api<EventView>(`events/${eventId}`)).unmatchedBy).toEqual({ heard: expect.stringContaining('shop') });
});

it('an emitted event that was only collected can be replayed: to a run of it alone', async () => {
  const data = { shop: 'alone', n: 1 };
  const { eventId } = await emit(data);
  const { runIds } = await instance.api<{ runIds: string[] }>(`events/${eventId}/replay`, { method: 'POST' });
  expect(runIds).toHaveLength(1);
  const run = await endOf(instance, runIds[0]!);
  expect(run).toMatchObject({ flowId: 'heard', status: 'succeeded' });
  expect(JSON.stringify(outputOf(run))).toContain('"alone"');
  const status = await instance.api<{ openCollections: number; heldBack: object }>('status');
  expect(status.openCollections).toBeGreaterThan(0);
  expect(status.heldBack).toEqual({ lanes: 0, rates: 0 });
});

it('a replay of one event is a batch of one, a replay of a batch is the batch', async () => {
  const sent: Accepted[] = [];
  for (const id of [31, 32, 33]) sent.push(await hook(instance, 'batched', { id, shop: 'r' }));
  const run = await endOf(instance, await runOf(instance, sent[0]!.eventId, 'batched'));
  const replay = async (id: string): Promise<unknown> => {
    const { runId } = await instance.api<{ runId: string }>(`events/${id}/replay`, { method: 'POST' });
    return outputOf(await endOf(instance, runId));
  };
  expect(await replay(run.eventId)).toEqual({ ids: [31, 32, 33] });
  expect(await replay(sent[1]!.eventId)).toEqual({ ids: 32 });
});

it('a paused flow goes on collecting, and its run is held; what is collected survives a kill', async () => {
  await instance.api('flows/short/pause', { method: 'POST' });
  const { eventId } = await eventually('the pause to be seen', async () => {
    const sent = await hook(instance, 'short', { n: 'paused' });
    const runId = await runOf(instance, sent.eventId, 'short');
    const run = await instance.api<RunView>(`runs/${runId}`);
    return run.status === 'queued' ? sent : undefined;
  });
  const waiting = await hook(instance, 'batched', { id: 41, shop: 'k' });
  await instance.kill();
  instance = await startInstance({ home, flows: instance.flows });
  for (const id of [42, 43]) await hook(instance, 'batched', { id, shop: 'k' });
  expect(outputOf(await endOf(instance, await runOf(instance, waiting.eventId, 'batched')))).toEqual({ ids: [41, 42, 43] });
  await instance.api('flows/short/resume', { method: 'POST' });
  expect(await endOf(instance, await runOf(instance, eventId, 'short'))).toMatchObject({ status: 'succeeded' });
  // Before the one that was killed on this home is cleaned up.
  await instance.stop();
});
