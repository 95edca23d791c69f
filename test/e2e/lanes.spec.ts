import { jest } from '@jest/globals';
import type { RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

interface Arrived {
  readonly key: string;
  readonly n: number;
}

/** What goes on at the receiver: every request stays until it is let go. */
class Desk {
  readonly arrived: Arrived[] = [];
  readonly busy = new Map<string, number>();
  most = 0;
  private open = false;
  private waiting: (() => void)[] = [];

  async serve(json: unknown): Promise<{ status: number }> {
    const { key, n } = json as Arrived;
    this.arrived.push({ key, n });
    const now = (this.busy.get(key) ?? 0) + 1;
    this.busy.set(key, now);
    this.most = Math.max(this.most, now);
    if (!this.open) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.busy.set(key, this.busy.get(key)! - 1);
    return { status: 200 };
  }

  close(): void {
    this.open = false;
  }

  letGo(): void {
    this.open = true;
    for (const go of this.waiting.splice(0)) go();
  }
}

let desk: Desk;
let receiver: Receiver;
let instance: TestInstance;

const KEY = '{{ trigger.body.key }}';

beforeAll(async () => {
  desk = new Desk();
  receiver = await startReceiver(({ json }) => desk.serve(json));
  const send = {
    id: 'send',
    use: 'http.request',
    with: { url: receiver.url, method: 'POST', body: { key: KEY, n: '{{ trigger.body.n }}' } },
  };
  const concurrency = { key: KEY, limit: 1 };
  instance = await startInstance({
    flows: {
      ...webhookFlow('single', {}, [send], { concurrency }),
      listening: { format: 1, id: 'listening', trigger: { type: 'event', event: 'order.paid' }, concurrency, steps: [send] },
      called: { format: 1, id: 'called', trigger: { type: 'call' }, concurrency, steps: [send] },
      ...webhookFlow('calling', {}, [{ id: 'sub', call: 'called', input: '{{ trigger.body }}' }]),
      ...webhookFlow('slow', {}, [send], { rate: { limit: 3, per: '2s' } }),
      ...webhookFlow('unkeyed', {}, [send], { concurrency: { ...concurrency, key: '{{ trigger.body.nowhere }}' } }),
    },
  });
});

afterAll(() => receiver.close());

beforeEach(() => {
  desk.arrived.length = 0;
  desk.most = 0;
  desk.close();
});

async function post(flow: string, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`${flow} answered ${response.status}: ${text}`);
  return (JSON.parse(text) as { runId: string }).runId;
}

const run = (id: string): Promise<RunView> => instance.api<RunView>(`runs/${id}`);
const atDesk = (count: number): Promise<true> => eventually(`${count} requests`, async () => desk.arrived.length >= count || undefined);
const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

it('sends one after the other for each key, in the order in which the events were accepted', async () => {
  desk.letGo();
  const ids: string[] = [];
  for (let n = 0; n < 30; n += 1) ids.push(await post('single', { key: `key ${n % 3}`, n }));
  for (const id of ids) expect((await endOf(instance, id)).status).toBe('succeeded');
  for (const key of ['key 0', 'key 1', 'key 2']) {
    const order = desk.arrived.filter((one) => one.key === key).map(({ n }) => n);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).toHaveLength(10);
  }
  expect(desk.most).toBe(1);
});

it('says of a run that waits behind which one, and lets it go on when that is cancelled', async () => {
  const [first, second, third] = [
    await post('single', { key: 'x', n: 1 }),
    await post('single', { key: 'x', n: 2 }),
    await post('single', { key: 'x', n: 3 }),
  ];
  await atDesk(1);
  const lane = { key: 'x', limit: 1 };
  expect(await run(first)).toMatchObject({ status: 'running', lane: { ...lane, place: 0, behind: null } });
  expect(await run(second)).toMatchObject({ status: 'queued', lane: { ...lane, place: 1, behind: first } });
  expect(await run(third)).toMatchObject({ status: 'queued', lane: { ...lane, place: 2, behind: second } });
  await instance.api(`runs/${first}/cancel`, { method: 'POST' });
  await atDesk(2);
  expect(await run(third)).toMatchObject({ lane: { place: 1, behind: second } });
  desk.letGo();
  expect(await endOf(instance, third)).toMatchObject({ status: 'succeeded', lane: null });
});

it('lines up whatever comes by hand, by replay and by a re-run, but not a rehearsal', async () => {
  const first = await post('single', { key: 'y', n: 1 });
  desk.letGo();
  const { eventId } = await endOf(instance, first);
  desk.close();
  const holding = await post('single', { key: 'y', n: 2 });
  await atDesk(2);
  const byHand = await instance.api<{ runId: string }>('flows/single/runs', json({ input: { key: 'y', n: 3 } }));
  const replayed = await instance.api<{ runId: string }>(`events/${eventId}/replay`, { method: 'POST' });
  const again = await instance.api<{ runId: string }>(`runs/${first}/rerun`, json({ from: 'start' }));
  const rehearsed = await instance.api<{ runId: string }>(`runs/${first}/rerun`, json({ from: 'start', dryRun: true }));
  expect((await endOf(instance, rehearsed.runId)).status).toBe('succeeded');
  const line = [byHand, replayed, again].map(({ runId }) => runId);
  expect((await Promise.all(line.map(run))).map((each) => each.lane)).toEqual(
    [holding, byHand.runId, replayed.runId].map((behind, index) => ({ key: 'y', limit: 1, place: index + 1, behind })),
  );
  desk.letGo();
  for (const id of line) expect((await endOf(instance, id)).status).toBe('succeeded');
  expect(desk.arrived.map(({ n }) => n)).toEqual([1, 2, 3, 1, 1]);
});

it('lines up what events and calls start', async () => {
  for (const n of [1, 2]) await instance.api('events', json({ name: 'order.paid', data: { key: 'e', n } }));
  const callers = [await post('calling', { key: 'c', n: 3 }), await post('calling', { key: 'c', n: 4 })];
  await atDesk(2);
  desk.letGo();
  for (const id of callers) expect((await endOf(instance, id)).status).toBe('succeeded');
  await atDesk(4);
  expect(desk.most).toBe(1);
  expect(desk.arrived.filter(({ key }) => key === 'e').map(({ n }) => n)).toEqual([1, 2]);
});

it('keeps the order over a pause', async () => {
  const first = await post('single', { key: 'p', n: 1 });
  await atDesk(1);
  await instance.api('flows/single/pause', { method: 'POST' });
  const held = [await post('single', { key: 'p', n: 2 }), await post('single', { key: 'p', n: 3 })];
  desk.letGo();
  await endOf(instance, first);
  await instance.api('flows/single/resume', { method: 'POST' });
  for (const id of [...held, await post('single', { key: 'p', n: 4 })]) expect((await endOf(instance, id)).status).toBe('succeeded');
  expect(desk.arrived.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
});

it('begins runs at the rate of their flow, in order, over a pause and whatever starts them', async () => {
  desk.letGo();
  await instance.api('flows/slow/pause', { method: 'POST' });
  const held = await post('slow', { key: 's', n: 0 });
  await instance.api('flows/slow/resume', { method: 'POST' });
  const ids = [held];
  for (let n = 1; n < 6; n += 1) ids.push(await post('slow', { key: 's', n }));
  ids.push((await instance.api<{ runId: string }>('flows/slow/runs', json({ input: { key: 's', n: 6 } }))).runId);
  expect(await run(ids[6]!)).toMatchObject({ status: 'queued', lane: null, pace: { limit: 3, perMs: 2_000 } });
  const ends = [];
  for (const id of ids) ends.push(await endOf(instance, id));
  expect(ends.map(({ status, pace }) => [status, pace])).toEqual(ids.map(() => ['succeeded', null]));
  const begun = ends.map(({ startedAt }) => Date.parse(startedAt!));
  expect(begun).toEqual([...begun].sort((a, b) => a - b));
  // A run is counted a moment after the time that is written down for it.
  for (const [index, at] of begun.slice(3).entries()) expect(at - begun[index]!).toBeGreaterThan(1_900);
});

it('puts events that lack the key into one lane, and turns none of them away', async () => {
  const ids = [await post('unkeyed', { key: 'u', n: 1 }), await post('unkeyed', { key: 'u', n: 2 })];
  await atDesk(1);
  expect(await run(ids[1]!)).toMatchObject({ lane: { key: '', limit: 1, place: 1, behind: ids[0] } });
  desk.letGo();
  for (const id of ids) expect((await endOf(instance, id)).status).toBe('succeeded');
});
