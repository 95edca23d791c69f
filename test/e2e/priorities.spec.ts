import { jest } from '@jest/globals';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

const arrived: string[] = [];
let letGo: () => void;
let receiver: Receiver;
let instance: TestInstance;

beforeAll(async () => {
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  receiver = await startReceiver(async ({ json }) => {
    arrived.push((json as { flow: string }).flow);
    await gate;
    return { status: 200 };
  });
  const send = { id: 'send', use: 'http.request', with: { url: receiver.url, method: 'POST', body: { flow: '{{ flow.id }}' } } };
  const flow = (id: string, priority?: string): Record<string, object> =>
    webhookFlow(id, {}, [send], priority === undefined ? {} : { priority });
  instance = await startInstance({
    env: { MILLRACE_SLOTS: '1' },
    flows: { ...flow('urgent', 'high'), ...flow('usual'), ...flow('patient', 'low') },
  });
});

afterAll(() => receiver.close());

async function post(flow: string): Promise<void> {
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(202);
}

it('gives the next free place to what is urgent, and the last to what has time', async () => {
  await post('usual');
  await eventually('the first request', async () => arrived.length > 0 || undefined);
  for (const flow of ['patient', 'usual', 'usual', 'patient', 'urgent']) await post(flow);
  await instance.api('flows/urgent/runs', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"input":{}}' });
  letGo();
  await eventually('the other requests', async () => arrived.length >= 7 || undefined);
  expect(arrived).toEqual(['usual', 'urgent', 'urgent', 'usual', 'usual', 'patient', 'patient']);
});
