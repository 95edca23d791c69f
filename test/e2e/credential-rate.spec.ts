import { jest } from '@jest/globals';
import type { RunView } from '../../apps/control-api/index.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { newHome, startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver, type Reply } from '../support/receiver.js';

jest.setTimeout(300_000);

let vendor: Receiver;
let reply: Reply;

beforeAll(async () => {
  vendor = await startReceiver(() => reply);
});
beforeEach(() => {
  reply = { status: 200, body: {} };
});
afterAll(() => vendor.close());

const env = { CRM_KEY: 'not-a-real-key', VENDOR_KEY: 'not-a-real-key' };
const crm = (rate: object): object => ({ type: 'api-key', in: 'header', name: 'authorization', value: { env: 'CRM_KEY' }, rate });

function flows(rate: object): Record<string, object> {
  const tell = {
    id: 'tell',
    use: 'http.request',
    credential: 'crm',
    with: { url: vendor.url, method: 'POST', body: '{{ trigger.body }}' },
  };
  const free = { id: 'free', use: 'http.request', with: { url: `${vendor.url}/free` } };
  return {
    ...webhookFlow('one', {}, [tell]),
    ...webhookFlow('two', {}, [tell]),
    ...webhookFlow('free', {}, [free]),
    credentials: { crm: crm(rate) },
  };
}

async function send({ url }: TestInstance, flow: string, n: number): Promise<string> {
  const response = await fetch(`${url}/flows/${flow}/hook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ n }),
  });
  return ((await response.json()) as { runId: string }).runId;
}

const all = ({ api }: TestInstance, ids: readonly string[]): Promise<RunView[]> => Promise.all(ids.map((id) => api<RunView>(`runs/${id}`)));

/** How many of the runs have ended, once all others wait for the rate. */
function settledAt(instance: TestInstance, ids: readonly string[]): Promise<number> {
  return eventually('every run to end or to wait for the rate', async () => {
    const runs = await all(instance, ids);
    const waiting = runs.filter(({ status, steps }) => status === 'waiting' && steps[0]?.rateOf === 'crm');
    const ended = runs.filter(({ status }) => status === 'succeeded');
    return waiting.length + ended.length === runs.length ? ended.length : undefined;
  });
}

it('keeps the rate of a credential over flows, over a crash and a restart, and says what waits', async () => {
  const home = await newHome();
  const files = flows({ limit: 3, per: '1d' });
  const before = vendor.requests.length;
  const first = await startInstance({ home, env, flows: files });
  const ids = await Promise.all([1, 2, 3, 4].flatMap((n) => [send(first, 'one', n), send(first, 'two', n)]));
  expect(await settledAt(first, ids)).toBe(3);
  expect(vendor.requests.length - before).toBe(3);
  const waiting = (await all(first, ids)).find(({ status }) => status === 'waiting')!;
  expect(waiting.steps).toMatchObject([{ path: 'tell', status: 'waiting', rateOf: 'crm', attempts: 1, error: null }]);
  expect(Date.parse(waiting.steps[0]!.resumeAt!)).toBeGreaterThan(Date.now() + 3600_000);

  await first.kill();
  const second = await startInstance({ home, env, flows: files });
  const late = await send(second, 'one', 5);
  expect(await settledAt(second, [...ids, late])).toBe(3);
  expect(vendor.requests.length - before).toBe(3);
  // Who has no rate is not held up.
  expect(await settledAt(second, [await send(second, 'free', 1)])).toBe(1);
  await second.stop();
});

it('holds all steps of a credential back when the vendor asks for it', async () => {
  const instance = await startInstance({ env, flows: flows({ limit: 100, per: '1s' }) });
  reply = { status: 429, headers: { 'retry-after': '3600' } };
  const before = vendor.requests.length;
  const first = await send(instance, 'one', 1);
  await eventually('the run to wait for its retry', async () => {
    const [run] = await all(instance, [first]);
    return run?.steps[0]?.status === 'retrying' ? true : undefined;
  });
  reply = { status: 200, body: {} };
  const ids = await Promise.all([2, 3].map((n) => send(instance, 'two', n)));
  expect(await settledAt(instance, ids)).toBe(0);
  expect(vendor.requests.length - before).toBe(1);
  await instance.stop();
});

it('lets all through in the end, a few at a time', async () => {
  const instance = await startInstance({ env, flows: flows({ limit: 2, per: '600ms' }) });
  const before = vendor.requests.length;
  const ids = await Promise.all(Array.from({ length: 9 }, (_, n) => send(instance, n % 2 ? 'one' : 'two', n)));
  await eventually('all runs to end', async () =>
    (await all(instance, ids)).every(({ status }) => status === 'succeeded') ? true : undefined,
  );
  expect(vendor.requests.length - before).toBe(9);
  await instance.stop();
});
