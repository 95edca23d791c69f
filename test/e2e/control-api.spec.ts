import { jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { EventPage, EventView, FlowList, FlowView, RefusalPage, RunPage, RunView } from '../../apps/control-api/index.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

const SECRET = 'a-secret-that-is-long-enough';

let receiver: Receiver;
let instance: TestInstance;

beforeAll(async () => {
  receiver = await startReceiver();
  instance = await startInstance({ flows: flowFiles(receiver.url), env: { KEY: SECRET } });
});
afterAll(async () => {
  await instance.stop();
  await receiver.close();
});

function flowFiles(url: string): Record<string, object> {
  const flow = (id: string, part: object): object => ({ format: 1, id, trigger: { type: 'webhook' }, ...part });
  const failing = { id: 'send', use: 'http.request', with: { url: 'http://127.0.0.1:1/', method: 'PUT', body: { n: 1 } } };
  return {
    credentials: { key: { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'KEY' } } },
    hello: flow('hello', {
      name: 'Hello',
      steps: [
        { id: 'greet', set: { text: 'Hello {{ trigger.body.name }}' } },
        { id: 'tell', use: 'http.request', with: { url, method: 'PUT', body: '{{ steps.greet }}' } },
      ],
    }),
    broken: flow('broken', { steps: [{ ...failing, retry: { attempts: 2, delay: '10ms', jitter: false } }] }),
    patient: flow('patient', { steps: [{ ...failing, retry: { attempts: 9, delay: '1h' } }] }),
    guarded: flow('guarded', { trigger: { type: 'webhook', credential: 'key' }, steps: [] }),
    paused: flow('paused', { enabled: false, steps: [] }),
    unready: flow('unready', { steps: [{ id: 'x', use: 'nobody.has-this' }] }),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function send(flow: string, body: string | Buffer, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  return fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
}

async function started(flow: string, body = '{"name":"Ada"}'): Promise<string> {
  const response = await send(flow, body);
  expect(response.status).toBe(202);
  return ((await response.json()) as { runId: string }).runId;
}

/** The run once it is in one of these states. */
async function runIn(id: string, ...states: RunView['status'][]): Promise<RunView> {
  for (;;) {
    const run = await instance.api<RunView>(`runs/${id}`);
    if (states.includes(run.status)) return run;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a run', () => {
  it('shows what each step got and gave', async () => {
    const run = await runIn(await started('hello'), 'succeeded', 'failed');
    expect(run).toMatchObject({ flowId: 'hello', version: 1, status: 'succeeded', error: null });
    expect(run.steps.map(({ path, kind, status, attempts }) => [path, kind, status, attempts])).toEqual([
      ['greet', 'set', 'succeeded', 1],
      ['tell', 'use', 'succeeded', 1],
    ]);
    expect(run.steps[1]).toMatchObject({ input: { body: { text: 'Hello Ada' } }, output: { status: 200 } });
    expect(Date.parse(run.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(run.startedAt ?? ''));
  });

  it('shows every attempt of a step that failed, and why the run did', async () => {
    const run = await runIn(await started('broken'), 'succeeded', 'failed');
    expect(run).toMatchObject({ status: 'failed', error: { code: 'network.refused', step: 'send' } });
    expect(run.steps[0]).toMatchObject({ status: 'failed', attempts: 2, retryAt: null, input: { body: { n: 1 } } });
    expect(run.steps[0]?.attemptLog.map(({ attempt, status, error }) => [attempt, status, error?.code])).toEqual([
      [1, 'failed', 'network.refused'],
      [2, 'failed', 'network.refused'],
    ]);
  });

  it('that waits says until when, and can be ended once', async () => {
    const id = await started('patient');
    const waiting = await runIn(id, 'waiting');
    expect(Date.parse(waiting.resumeAt ?? '')).toBeGreaterThan(Date.now());
    expect(waiting.steps[0]).toMatchObject({ status: 'retrying', retryAt: expect.any(String) });
    expect(await instance.api(`runs/${id}/cancel`, { method: 'POST' })).toEqual({ cancelled: true });
    expect(await instance.api(`runs/${id}/cancel`, { method: 'POST' })).toEqual({ cancelled: false });
    expect(await runIn(id, 'cancelled')).toMatchObject({ resumeAt: null, steps: [{ status: 'failed', retryAt: null }] });
  });

  it('is found by flow, by state and by event', async () => {
    const run = await runIn(await started('broken'), 'failed');
    const ids = async (query: string): Promise<string[]> => (await instance.api<RunPage>(`runs?${query}`)).items.map(({ id }) => id);
    expect(await ids('flow=broken&status=failed')).toContain(run.id);
    expect(await ids(`event=${run.eventId}`)).toEqual([run.id]);
    expect(await ids('flow=broken&status=succeeded')).toEqual([]);
  });
});

describe('lists', () => {
  it('give every item exactly once, page by page, newest first', async () => {
    const sent = [];
    for (let i = 0; i < 5; i += 1) sent.push(await started('hello', `{"name":"${i}"}`));
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: RunPage = await instance.api<RunPage>(`runs?flow=hello&limit=2${next && `&before=${next}`}`);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen.slice(0, 5)).toEqual(sent.reverse());
  });
});

describe('an event', () => {
  it('keeps the exact bytes of its body', async () => {
    const bytes = Buffer.from('{ "z": 1,\t"a":"\\u0000\\ud800", "big": 12345678901234567890, "z": 2 }\r\n');
    const { eventId } = (await (await send('hello', bytes)).json()) as { eventId: string };
    const headers = { authorization: `Bearer ${instance.token}` };
    const response = await fetch(`${instance.url}/api/v1/events/${eventId}/body`, { headers });
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    const event = await instance.api<EventView>(`events/${eventId}`);
    expect(event).toMatchObject({ flowId: 'hello', size: bytes.length, runs: [{ flowId: 'hello' }] });
    expect(event.body).toMatchObject({ kind: 'parsed', value: { z: 2 } });
  });
});

describe('a refusal', () => {
  it('tells the owner why, and keeps no secret', async () => {
    expect((await send('guarded', '{}', { 'x-key': `${SECRET}x` })).status).toBe(401);
    expect((await send('guarded', '{}', { authorization: 'Bearer leaked' })).status).toBe(401);
    const codes = async (): Promise<string[]> => (await instance.api<RefusalPage>('refusals?flow=guarded')).items.map(({ code }) => code);
    while ((await codes()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await codes()).sort()).toEqual(['credential.mismatch', 'credential.missing']);
    expect(JSON.stringify(await instance.api('refusals'))).not.toMatch(/leaked|long-enough/);
  });
});

describe('a flow', () => {
  it('says whether it is live, and why not', async () => {
    const { items } = await instance.api<FlowList>('flows');
    expect(Object.fromEntries(items.map(({ id, state }) => [id, state]))).toMatchObject({
      hello: 'live',
      paused: 'paused',
      unready: 'not-enabled',
    });
    expect(items.find(({ id }) => id === 'unready')?.problems).toEqual([expect.objectContaining({ code: 'component.unknown' })]);
    expect(items.find(({ id }) => id === 'guarded')?.trigger).toEqual({
      type: 'webhook',
      url: `${instance.url}/flows/guarded/hook`,
      methods: ['POST'],
      credential: 'key',
      listensTo: null,
      schedule: null,
      timezone: null,
    });
  });

  it('comes with the exact text of its live version', async () => {
    const flow = await instance.api<FlowView>('flows/hello');
    expect(flow).toMatchObject({ name: 'Hello', version: 1, state: 'live' });
    expect(JSON.parse(flow.text ?? '')).toEqual(flowFiles(receiver.url)['hello']);
  });

  it('comes with the text of its file while no version can be live, so that it can be seen and mended', async () => {
    const flow = await instance.api<FlowView>('flows/unready');
    const url = `${instance.url}/flows/unready/hook`;
    expect(flow).toMatchObject({ name: null, version: 0, state: 'not-enabled', publishedAt: null, trigger: { type: 'webhook', url } });
    expect(JSON.parse(flow.text ?? '')).toEqual(flowFiles(receiver.url)['unready']);
  });
});

describe('the OpenAPI document', () => {
  it('describes what is really answered', async () => {
    const run = await runIn(await started('broken'), 'failed');
    const document = await instance.api<object>('openapi.json');
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addSchema(document, 'api');
    const { items } = await instance.api<EventPage>('events?flow=hello&limit=1');
    for (const [schema, path] of [
      ['RunPage', 'runs'],
      ['Run', `runs/${run.id}`],
      ['EventPage', 'events'],
      ['Event', `events/${items[0]?.id}`],
      ['RefusalPage', 'refusals'],
      ['FlowList', 'flows'],
      ['Flow', 'flows/hello'],
      ['Status', 'status'],
      ['ComponentList', 'components'],
      ['SchemeList', 'schemes'],
    ] as const) {
      const validate = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
      expect([path, validate(await instance.api(path)), validate.errors]).toEqual([path, true, null]);
    }
  });
});
