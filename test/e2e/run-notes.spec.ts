import { execFile } from 'node:child_process';
import { jest } from '@jest/globals';
import type { EventView, ListedRun, RunPage, RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const bad = (id: string, rest: object = {}): object => ({ id, set: { value: '{{ trigger.body.no.such }}' }, ...rest });
const away = { use: 'http.request', with: { url: 'http://127.0.0.1:1/' } };

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
    expect(run.waitsFor).toEqual({ for: what, step, until: flow === 'calling' ? null : expect.any(String) });
    expect((await instance.api<RunView>(`runs/${id}`)).waitsFor).toEqual(run.waitsFor);
    expect(await millrace('runs', '--flow', flow)).toMatch(line);
  });

  it('for its turn in line, or because its flow is paused, says so', async () => {
    await send('lining');
    const second = await send('lining');
    expect((await listed(second, 'lining')).waitsFor).toEqual({ for: 'turn', step: null, until: null });
    await instance.api('flows/clean/pause', { method: 'POST' });
    const held = await send('clean');
    expect((await listed(held, 'clean')).waitsFor).toEqual({ for: 'pause', step: null, until: null });
    expect((await instance.api<RunView>(`runs/${held}`)).waitsFor?.for).toBe('pause');
    expect(await millrace('runs', '--flow', 'clean')).toContain('held, because its flow is paused');
  });
});
