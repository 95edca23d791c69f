import { execFile } from 'node:child_process';
import { jest } from '@jest/globals';
import type { ActivityView, EventView, ListedRun, RunPage, RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const bad = (id: string, rest: object = {}): object => ({ id, set: { value: '{{ trigger.body.no.such }}' }, ...rest });
const away = { use: 'http.request', with: { url: 'http://127.0.0.1:1/' } };

const ASK = { title: 'Well?', answers: { yes: 'Yes' } };

/** Each passes over failures, or waits for something. */
const flows = {
  ...webhookFlow('passing', {}, [
    bad('optional', { onError: 'continue' }),
    { id: 'safe', try: [{ id: 'which', if: true, then: [bad('charge')] }], catch: [{ id: 'note', set: { ok: true } }] },
    {
      id: 'each',
      forEach: [1, 2, 3],
      onItemError: 'continue',
      steps: [{ id: 'odd', if: '{{ item != 2 }}', then: [bad('look')] }],
    },
  ]),
  ...webhookFlow('clean', {}, [{ id: 'a', set: { ok: true } }]),
  ...webhookFlow('failing', {}, [bad('optional', { onError: 'continue' }), bad('last')]),
  ...webhookFlow('asking', {}, [{ id: 'approval', wait: { webhook: {} } }]),
  ...webhookFlow('napping', {}, [{ id: 'each', forEach: [1], steps: [{ id: 'nap', wait: { for: '1h' } }] }]),
  ...webhookFlow('calling', {}, [{ id: 'sub', call: 'asking', input: {} }]),
  ...webhookFlow('retrying', {}, [{ id: 'send', ...away, retry: { attempts: 3, delay: '1h', maxDelay: '1h', on: ['network.*'] } }]),
  ...webhookFlow('several', {}, [
    {
      id: 'all',
      parallel: {
        one: [{ id: 'nap', wait: { for: '1h' } }],
        two: [{ id: 'each', forEach: [1, 2], concurrency: 2, steps: [{ id: 'ok', wait: { webhook: { ask: ASK } } }] }],
      },
    },
  ]),
  ...webhookFlow('lining', {}, [{ id: 'nap', wait: { for: '1h' } }], { concurrency: { limit: 1 } }),
};

let instance: TestInstance;
beforeAll(async () => {
  instance = await startInstance({ flows });
});
afterAll(() => instance.stop());

async function send(flow: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: '{}' });
  return ((await response.json()) as { runIds: string[] }).runIds[0]!;
}

/** The run as the list has it. */
async function listed(id: string, flow: string): Promise<ListedRun> {
  const { items } = await instance.api<RunPage>(`runs?flow=${flow}`);
  return items.find((run) => run.id === id)!;
}

function millrace(...args: string[]): Promise<string> {
  const env = { ...process.env, MILLRACE_HOME: instance.home, MILLRACE_FLOWS: instance.flows, MILLRACE_TOKEN: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (_, out, err) => resolve(out + err));
  });
}

describe('a run that succeeded although things in it failed', () => {
  let run: RunView;
  beforeAll(async () => {
    run = await endOf(instance, await send('passing'));
  });

  it('says how many failures it went on from: in lists, by itself and at its event', async () => {
    expect(run).toMatchObject({ status: 'succeeded', passedOver: 4 });
    expect((await listed(run.id, 'passing')).passedOver).toBe(4);
    expect((await instance.api<EventView>(`events/${run.eventId}`)).runs[0]?.passedOver).toBe(4);
    expect(await millrace('runs', '--flow', 'passing')).toMatch(/✓ succeeded .* 4 failures passed over/);
  });

  it('says of each step that failed who passed over it', async () => {
    const over = Object.fromEntries(run.steps.filter((step) => step.passedOver).map(({ path, passedOver }) => [path, passedOver]));
    expect(over).toMatchObject({
      optional: { by: 'continue', path: 'optional', message: 'The flow went on without its output (onError: continue).' },
      charge: { by: 'catch', path: 'safe', message: 'Caught by `safe`: the run went on in its catch and behind it.' },
      'each[0].look': { by: 'item', path: 'each[0]' },
      'each[2]': { by: 'item', message: 'The item `each[2]` stays failed; the loop went on with the others (onItemError: continue).' },
    });
    const text = await millrace('runs', 'show', run.id);
    for (const view of Object.values(over)) expect(text).toContain(view!.message);
    expect(text).toContain('The run succeeded, but 4 failures were passed over, the first at optional.');
  });

  it('is told from one in which nothing failed, and from one that failed', async () => {
    const clean = await endOf(instance, await send('clean'));
    expect([clean.passedOver, (await listed(clean.id, 'clean')).passedOver]).toEqual([0, 0]);
    const failed = await endOf(instance, await send('failing'));
    expect([failed.passedOver, (await listed(failed.id, 'failing')).passedOver]).toEqual([0, 0]);
    const steps = Object.fromEntries(failed.steps.map(({ path, passedOver }) => [path, passedOver?.by ?? null]));
    expect(steps).toEqual({ optional: 'continue', last: null });
  });
});

describe('a run that waits', () => {
  it.each([
    ['asking', 'request', 'approval', /approval: waits for a request, until \S+ \S+ at the latest/],
    ['napping', 'time', 'each[0].nap', /each\[0\]\.nap: waits until \S+ \S+/],
    ['calling', 'call', 'sub', /sub: waits for the run that it called/],
    ['retrying', 'retry', 'send', /send: is tried again at \S+ \S+/],
  ])('says at which step and for what: %s', async (flow, what, step, line) => {
    const id = await send(flow);
    const run = await eventually('it to wait', async () => {
      const found = await listed(id, flow);
      return found.status === 'waiting' ? found : undefined;
    });
    expect(run.waitsFor).toEqual({ for: what, step, until: flow === 'calling' ? null : expect.any(String), others: 0 });
    expect((await instance.api<RunView>(`runs/${id}`)).waitsFor).toEqual(run.waitsFor);
    expect(await millrace('runs', '--flow', flow)).toMatch(line);
  });

  it('is found by what its steps wait for, and says how many others wait', async () => {
    const id = await send('several');
    const run = await eventually('its steps to wait', async () => {
      const found = await listed(id, 'several');
      return found.waitsFor?.others === 2 ? found : undefined;
    });
    expect(run.waitsFor).toMatchObject({ for: 'time', step: 'nap' });
    const found = async (query: string): Promise<readonly ListedRun[]> => (await instance.api<RunPage>(`runs?${query}`)).items;
    expect((await found('waitsFor=time&flow=several')).map((one) => one.id)).toEqual([id]);
    expect(await found('waitsFor=retry&flow=several')).toEqual([]);
    const [asking, ...others] = await found('waitsFor=answer');
    expect([asking?.id, others]).toEqual([id, []]);
    expect(asking?.waitsFor).toMatchObject({ for: 'answer', step: expect.stringMatching(/^each\[[01]\]\.ok$/) as unknown, others: 2 });
    expect((await instance.api<ActivityView>('activity')).questions).toBe(2);
    const text = await millrace('runs', '--waits-for', 'answer');
    expect(text).toMatch(/each\[[01]\]\.ok: waits for an answer, until \S+ \S+ at the latest, and 2 more$/m);
    expect(text.match(/◷/g)).toHaveLength(1);
    await instance.api(`runs/${id}/cancel`, { method: 'POST' });
    expect(await found('waitsFor=answer')).toEqual([]);
    expect((await instance.api<ActivityView>('activity')).questions).toBe(0);
    expect(await millrace('runs', '--waits-for', 'answer')).toBe('No run waits for that.\n');
  });

  it.each([
    ['waitsFor=answer&status=failed', 'A run that is failed waits for nothing; leave status out beside waitsFor, or say status=waiting.'],
    ['waitsFor=turn', 'The parameter waitsFor must be one of time, request, answer, retry, call, rate'],
  ])('is not found by %s, and why is said', async (query, words) => {
    const response = await fetch(`${instance.url}/api/v1/runs?${query}`, { headers: { authorization: `Bearer ${instance.token}` } });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(words)]);
  });

  it('for its turn in line, or because its flow is paused, says so', async () => {
    await send('lining');
    const second = await send('lining');
    expect((await listed(second, 'lining')).waitsFor).toEqual({ for: 'turn', step: null, until: null, others: 0 });
    await instance.api('flows/clean/pause', { method: 'POST' });
    const held = await send('clean');
    expect((await listed(held, 'clean')).waitsFor).toEqual({ for: 'pause', step: null, until: null, others: 0 });
    expect((await instance.api<RunView>(`runs/${held}`)).waitsFor?.for).toBe('pause');
    expect(await millrace('runs', '--flow', 'clean')).toContain('held, because its flow is paused');
  });
});
