import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type {
  ActivityView,
  DraftView,
  EventView,
  OutputsView,
  PinList,
  RunPage,
  RunView,
  TestPlanView,
  TestStartedView,
  TestView,
} from '../../apps/control-api/index.js';
import { endOf, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

let receiver: Receiver;
let instance: TestInstance;

beforeAll(async () => {
  receiver = await startReceiver(({ url }) =>
    url === '/down' ? { status: 503, body: { why: 'asleep' } } : { status: 200, body: { at: url } },
  );
  instance = await startInstance({
    flows: {
      ...webhookFlow('orders', {}, steps(['enrich', 'deal'])),
      ...webhookFlow('callee', {}, [call('callee')]),
      ...webhookFlow('watcher', {}, []),
      alarm: { format: 1, id: 'alarm', trigger: { type: 'event', event: 'flow.*' }, steps: [] },
    },
  });
});
afterAll(async () => {
  await instance.stop();
  await receiver.close();
});

function call(id: string, path = id, more: object = {}): object {
  const body = { sees: '{{ trigger.body.n ?? "nothing" }}' };
  return { id, use: 'http.request', with: { method: 'POST', url: `${receiver.url}/${path}`, body }, ...more };
}

function steps(ids: readonly string[]): object[] {
  return ids.map((id) => call(id));
}

function text(id: string, ownSteps: readonly object[]): string {
  return JSON.stringify(webhookFlow(id, {}, ownSteps)[id]);
}

const json = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function draft(flow: string, ownSteps: readonly object[]): Promise<number> {
  const { items } = await instance.api<{ items: { flowId: string; revision: number }[] }>('drafts');
  const revision = items.find(({ flowId }) => flowId === flow)?.revision ?? 0;
  return (await instance.api<DraftView>(`flows/${flow}/draft`, json('PUT', { text: text(flow, ownSteps), revision }))).revision;
}

async function send(flow: string, body: unknown = { n: 7 }): Promise<{ eventId: string; runId: string }> {
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, json('POST', body));
  return (await response.json()) as { eventId: string; runId: string };
}

async function tested(flow: string, body: object): Promise<{ started: TestStartedView; run: RunView }> {
  const started = await instance.api<TestStartedView>(`flows/${flow}/tests`, json('POST', body));
  return { started, run: await endOf(instance, started.runId) };
}

/** Whatever the status; the code of a refusal. */
async function codeOf(path: string, init: RequestInit): Promise<string> {
  const headers = { ...(init.headers as object), authorization: `Bearer ${instance.token}` };
  const response = await fetch(`${instance.url}/api/v1/${path}`, { ...init, headers });
  return `${response.status} ${((await response.json()) as { error?: { code: string } }).error?.code}`;
}

/** Paths of the requests that came since `from` were there. */
const cameSince = (from: number): string[] => receiver.requests.slice(from).map(({ url }) => url);

describe('a step of a draft that is tested', () => {
  it('is really done, and what its event gave the steps before it is not done again', async () => {
    const { eventId, runId } = await send('orders');
    await endOf(instance, runId);
    const sees = call('check', 'check', { with: { method: 'POST', url: `${receiver.url}/check`, body: '{{ steps.deal.body }}' } });
    const revision = await draft('orders', [...steps(['enrich', 'deal']), sees, { id: 'half', use: 'http.request' }]);
    const before = receiver.requests.length;
    const { started, run } = await tested('orders', { event: eventId, step: 'check', revision });
    expect(cameSince(before)).toEqual(['/check']);
    expect(receiver.requests.at(-1)?.json).toEqual({ at: '/deal' });
    expect(started.given.map(({ step, from, runId: by }) => [step, from, by])).toEqual([
      ['enrich', 'recorded', runId],
      ['deal', 'recorded', runId],
    ]);
    expect(started.does).toEqual([{ step: 'check', outside: true, sure: true }]);
    expect(run).toMatchObject({ status: 'succeeded', test: true, version: 0, eventId });
    expect(run.steps.map(({ path, given }) => [path, given])).toEqual([
      ['enrich', 'recorded'],
      ['deal', 'recorded'],
      ['check', null],
    ]);
    const test = await instance.api<TestView>(`runs/${run.id}/test`);
    expect(test).toMatchObject({ flowId: 'orders', step: 'check', path: 'check' });
    expect(test.text).toContain('"half"');
  });

  it('does first what nothing is recorded of, says so before, and has it recorded for the next test', async () => {
    const { eventId, runId } = await send('orders');
    await endOf(instance, runId);
    await draft('orders', [...steps(['enrich', 'fresh', 'last'])]);
    const plan = await instance.api<TestPlanView>(`flows/orders/test-plan?event=${eventId}&step=last`);
    expect([plan.given.map(({ step }) => step), plan.does.map(({ step }) => step)]).toEqual([['enrich'], ['fresh', 'last']]);
    expect(plan.problem).toBeNull();
    expect(await instance.api<TestPlanView>(`flows/orders/test-plan?event=${eventId}&step=nobody`)).toMatchObject({
      does: [],
      problem: expect.stringContaining('has no step nobody') as string,
    });
    const before = receiver.requests.length;
    const first = await tested('orders', { event: eventId, step: 'last' });
    expect(cameSince(before)).toEqual(['/fresh', '/last']);
    const second = await tested('orders', { event: eventId, step: 'last' });
    expect(cameSince(before)).toEqual(['/fresh', '/last', '/last']);
    expect(second.started.given.map(({ step, runId: by }) => [step, by])).toEqual([
      ['enrich', runId],
      ['fresh', first.run.id],
    ]);
    const { items } = await instance.api<OutputsView>(`flows/orders/outputs?event=${eventId}`);
    expect(items.map(({ step, runId: by }) => [step, by])).toEqual(
      expect.arrayContaining([
        ['last', second.run.id],
        ['fresh', first.run.id],
        ['enrich', runId],
      ]),
    );
  });

  it('comes back with its error as a run does, tried once, and counts for nothing', async () => {
    const sleepy = call('ask', 'down', { retry: { attempts: 9, delay: '1h', on: ['http.5xx'] } });
    await draft('watcher', [sleepy]);
    const sent = await send('watcher');
    const { run } = await tested('watcher', { event: sent.eventId, step: 'ask' });
    expect(run).toMatchObject({ status: 'failed', test: true, error: { code: 'http.503', step: 'ask' } });
    expect(run.steps.find(({ path }) => path === 'ask')?.attempts).toBe(1);
    const live = await send('callee');
    await endOf(instance, live.runId);
    const letters = await instance.api<RunPage>('dead-letters');
    expect(letters.items.filter(({ flowId }) => flowId === 'watcher')).toEqual([]);
    const { flows } = await instance.api<ActivityView>('activity');
    expect(flows.find(({ flowId }) => flowId === 'watcher')).toMatchObject({ runs: 1, failed: 0 });
    // What the failure of a run would have started was looked for with the run that ended after it.
    expect((await instance.api<RunPage>('runs?flow=alarm')).items).toEqual([]);
    expect((await instance.api<RunPage>('runs?flow=watcher&test=true')).items.map(({ id }) => id)).toEqual([run.id]);
    expect((await instance.api<RunPage>('runs?flow=watcher&test=false')).items.map(({ id }) => id)).toEqual([sent.runId]);
    expect(await codeOf(`runs/${run.id}/rerun`, json('POST', {}))).toBe('409 run.is-test');
  });

  it('passes what a test is on to the flows that it calls', async () => {
    await draft('watcher', [{ id: 'sub', call: 'callee', input: { n: 3 } }]);
    const { eventId } = await send('watcher');
    const { run } = await tested('watcher', { event: eventId, step: 'sub' });
    expect(run.status).toBe('succeeded');
    const { items } = await instance.api<RunPage>('runs?flow=callee&test=true');
    expect(items.map(({ parent, status, version }) => [parent, status, version])).toEqual([[run.id, 'succeeded', 1]]);
  });

  it('is tested while the flow is paused, and with an event that somebody made up', async () => {
    await instance.api('flows/watcher/pause', { method: 'POST' });
    await draft('watcher', steps(['greet']));
    const { eventId } = await instance.api<{ eventId: string }>('flows/watcher/samples', json('POST', { body: { n: 'made up' } }));
    const { run } = await tested('watcher', { event: eventId, step: 'greet' });
    expect(run.status).toBe('succeeded');
    expect(receiver.requests.at(-1)?.json).toEqual({ sees: 'made up' });
    expect((await instance.api<EventView>(`events/${eventId}`)).origin).toEqual({ kind: 'sample' });
    await instance.api('flows/watcher/resume', { method: 'POST' });
  });

  it.each([
    ['of a draft that moved on', async (event: string) => ({ event, step: 'greet', revision: 1 }), '409 draft.stale'],
    ['that is not there', async (event: string) => ({ event, step: 'nobody' }), '422 test.no-such-step'],
    [
      'with an event that is not there',
      async () => ({ event: '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f', step: 'greet' }),
      '404 event.not-found',
    ],
    [
      'that is not finished',
      async (event: string) => (await draft('watcher', [{ id: 'greet', use: 'http.request' }]), { event, step: 'greet' }),
      '422 test.does-not-check',
    ],
  ])('is refused %s', async (_, body, code) => {
    await draft('watcher', steps(['greet']));
    const { eventId } = await send('watcher');
    expect(await codeOf('flows/watcher/tests', json('POST', await body(eventId)))).toBe(code);
  });
});

describe('a whole draft that is tested', () => {
  it('does everything but what is pinned', async () => {
    await draft('orders', steps(['enrich', 'deal']));
    const { eventId, runId } = await send('orders');
    await endOf(instance, runId);
    await instance.api('flows/orders/pins/enrich', json('PUT', { output: { pinned: true } }));
    const before = receiver.requests.length;
    const { started, run } = await tested('orders', { event: eventId });
    expect(cameSince(before)).toEqual(['/deal']);
    expect(started.given).toEqual([expect.objectContaining({ step: 'enrich', from: 'pinned' })]);
    expect(run.steps.find(({ path }) => path === 'enrich')).toMatchObject({ given: 'pinned', output: { pinned: true } });
  });

  it('takes a pin along when its step is renamed, and back', async () => {
    const pinned = async (): Promise<string[]> => (await instance.api<PinList>('flows/orders/pins')).items.map(({ step }) => step);
    await draft('orders', [call('improve', 'enrich'), call('deal')]);
    expect(await pinned()).toEqual(['improve']);
    await draft('orders', [call('improve', 'elsewhere'), call('deal')]);
    expect(await pinned()).toEqual(['improve']);
    await draft('orders', [call('enrich', 'elsewhere'), call('deal')]);
    expect(await pinned()).toEqual(['enrich']);
    await draft('orders', steps(['enrich', 'deal']));
  });

  it('has pins beside the draft: not in its text, not in the file, and no run sees them', async () => {
    const before = receiver.requests.length;
    const { runId } = await send('orders');
    const live = await endOf(instance, runId);
    expect(cameSince(before)).toEqual(['/enrich', '/deal']);
    expect(live.steps.map(({ given }) => given)).toEqual([null, null]);
    for (const file of await readdir(instance.flows)) expect(await readFile(join(instance.flows, file), 'utf8')).not.toContain('pinned');
    expect((await instance.api<PinList>('flows/orders/pins')).items.map(({ step }) => step)).toEqual(['enrich']);
    expect(await instance.api('flows/orders/pins/enrich', { method: 'DELETE' })).toEqual({ unpinned: true });
    expect(await instance.api('flows/orders/pins/enrich', { method: 'DELETE' })).toEqual({ unpinned: false });
    expect(await codeOf('flows/orders/pins/enrich', json('PUT', { output: 'x'.repeat(1024 * 1024 + 1) }))).toBe('413 pin.too-large');
    expect(await codeOf('flows/orders/pins/Not%20a%20step', json('PUT', { output: 1 }))).toBe('400 request.invalid');
  });
});
