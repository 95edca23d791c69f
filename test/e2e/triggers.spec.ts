import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import type {
  EmittedView,
  EventPage,
  EventView,
  FlowList,
  RerunView,
  RunPage,
  ScheduleList,
  StartedView,
} from '../../apps/control-api/index.js';
import { endOf, eventually } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

const tell = { id: 'tell', use: 'log', with: { message: 'told' } };
const seen = { id: 'seen', set: { body: '{{ trigger.body }}' } };

function flow(id: string, trigger: object, steps: readonly object[], rest: object = {}): Record<string, object> {
  return { [id]: { format: 1, id, trigger, steps, ...rest } };
}

const flows = {
  ...flow('ticking', { type: 'schedule', cron: '* * * * * *' }, [seen]),
  ...flow('pulsing', { type: 'schedule', every: '1s', overlap: 'allow' }, [tell]),
  ...flow('shop', { type: 'webhook' }, [
    { id: 'emit', use: 'event.emit', with: { name: 'order.paid', data: { total: '{{ trigger.body.total }}' } } },
    tell,
  ]),
  ...flow('ledger', { type: 'event', event: 'order.*', when: '{{ trigger.body.total > 10 }}' }, [seen]),
  ...flow('nesting', { type: 'call' }, [
    { id: 'emit', use: 'event.emit', with: { name: 'deep.down', data: { deeper: '{{ trigger.body }}' } } },
  ]),
  ...flow('numbers', { type: 'event', event: 'number.sent' }, [seen]),
  ...flow('broken', { type: 'call', input: { type: 'object', required: ['why'] } }, [
    { id: 'end', stop: { as: 'failed', message: '{{ trigger.body.why }}' } },
  ]),
  ...flow('alarm', { type: 'event', event: 'flow.failed' }, [seen]),
  ...flow('loop', { type: 'event', event: 'loop.again' }, [{ id: 'again', use: 'event.emit', with: { name: 'loop.again' } }]),
  ...flow('moody', { type: 'webhook' }, [{ id: 'sulk', if: '{{ trigger.body.bad }}', then: [{ id: 'end', stop: { as: 'failed' } }] }]),
  ...flow('relief', { type: 'event', event: 'flow.recovered', when: "{{ trigger.body.flow = 'moody' }}" }, [seen]),
  ...flow('locked', { type: 'call' }, [
    { id: 'ask', use: 'http.request', credential: 'crm', with: { method: 'GET', url: '{{ trigger.body.url }}' } },
  ]),
  ...flow('keyless', { type: 'event', event: 'credential.failing' }, [seen]),
  credentials: { crm: { type: 'api-key', in: 'header', name: 'x-api-key', value: { env: 'CRM_KEY' } } },
  ...flow('paused', { type: 'schedule', every: '1s' }, [tell], { enabled: false }),
};

let instance: TestInstance;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver(() => ({ status: 401 }));
  instance = await startInstance({ flows, env: { CRM_KEY: 'a-long-enough-secret' } });
});
afterAll(() => receiver.close());

/** A POST with a JSON body. */
function post<T>(path: string, body: object): Promise<T> {
  return instance.api<T>(path, { method: 'POST', body: JSON.stringify(body) });
}

async function runsOf(id: string, count: number): Promise<RunPage['items']> {
  return eventually(`${count} runs of ${id}`, async () => {
    const { items } = await instance.api<RunPage>(`runs?flow=${id}&status=succeeded`);
    return items.length >= count ? items : undefined;
  });
}

async function outputOf(runId: string): Promise<unknown> {
  return (await endOf(instance, runId)).steps.at(-1)?.output;
}

it('runs by the clock, every second once, and knows its time and the one before', async () => {
  const [ticking] = await Promise.all([runsOf('ticking', 3), runsOf('pulsing', 3)]);
  const bodies = await Promise.all(
    ticking.slice(0, 3).map(async ({ id }) => ((await outputOf(id)) as { body: { scheduledAt: string; previousAt: string } }).body),
  );
  expect(new Set(bodies.map(({ scheduledAt }) => scheduledAt)).size).toBe(3);
  expect(bodies[0]?.previousAt).toBe(bodies[1]?.scheduledAt);
  for (const { scheduledAt } of bodies) expect(scheduledAt).toMatch(/:\d\d\.000Z$/);
  const { items } = await instance.api<EventPage>('events?flow=ticking&limit=1');
  expect(items[0]).toMatchObject({ method: 'SCHEDULE', origin: { kind: 'schedule' } });
});

it('shows each schedule: the next time, the last one, and that a paused one leaves its times out', async () => {
  const paused = await eventually('a time that was left out', async () => {
    const { items } = await instance.api<ScheduleList>('schedules');
    return items.find(({ flowId, leftOut }) => flowId === 'paused' && leftOut.count > 0);
  });
  expect(paused).toMatchObject({ every: '1s', paused: true, last: null, leftOut: { because: 'paused' } });
  const { items } = await instance.api<ScheduleList>('schedules');
  expect(items.map(({ flowId }) => flowId)).toEqual(['paused', 'pulsing', 'ticking']);
  expect(await instance.api<FlowList>('flows')).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ id: 'ticking', trigger: expect.objectContaining({ schedule: '* * * * * *' }) }),
    ]),
  });
});

it('an event that a step emits starts the flows that listen, and only where their condition holds', async () => {
  const send = async (total: number): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${instance.url}/flows/shop/hook`, { method: 'POST', headers, body: JSON.stringify({ total }) });
    return ((await response.json()) as { runId: string }).runId;
  };
  const runIds = [await send(5), await send(12)];
  for (const runId of runIds) expect(await endOf(instance, runId)).toMatchObject({ status: 'succeeded' });
  const [run] = await runsOf('ledger', 1);
  expect(await outputOf(run!.id)).toEqual({ body: { total: 12 } });
  expect(await instance.api<EventView>(`events/${run!.eventId}`)).toMatchObject({
    flowId: 'events/order.paid',
    origin: { kind: 'event', name: 'order.paid', runId: runIds[1] },
  });
  expect((await instance.api<RunPage>('runs?flow=ledger')).items).toHaveLength(1);
});

it('an event that a producer emits twice with one id starts its runs once', async () => {
  const emit = () => post<EmittedView>('events', { name: 'order.paid', data: { total: 99 }, id: 'order-7' });
  const first = await emit();
  expect(first).toMatchObject({ duplicate: false, runIds: [expect.any(String)] });
  expect(await emit()).toEqual({ ...first, duplicate: true });
  expect(await outputOf(first.runIds[0]!)).toEqual({ body: { total: 99 } });
});

it('a failed run raises the alarm, which names flow, run and reason', async () => {
  const { runId } = await post<StartedView>('flows/broken/runs', { input: { why: 'No seats left' } });
  expect(await endOf(instance, runId)).toMatchObject({ status: 'failed' });
  const alarm = (await runsOf('alarm', 1)).at(-1);
  expect(await outputOf(alarm!.id)).toEqual({
    body: {
      flow: 'broken',
      run: runId,
      url: `${instance.url}/api/v1/runs/${runId}`,
      error: { code: 'flow.stopped', message: 'No seats left', step: 'end' },
    },
  });
});

it('the first success after failures is told', async () => {
  const send = async (bad: boolean): Promise<string> => {
    const { runId } = await post<StartedView>('flows/moody/runs', { input: { bad } });
    await endOf(instance, runId);
    return runId;
  };
  const failed = await send(true);
  await eventually('the failure to be told', async () => {
    const { items } = await instance.api<EventPage>('events?flow=events/flow.failed');
    return items.find(({ origin }) => origin?.runId === failed);
  });
  const succeeded = await send(false);
  const [relief] = await runsOf('relief', 1);
  expect(await outputOf(relief!.id)).toMatchObject({ body: { flow: 'moody', run: succeeded, failures: 1, since: expect.any(String) } });
});

it('a credential that the other side goes on refusing is told of once', async () => {
  for (let n = 0; n < 5; n += 1) {
    const { runId } = await post<StartedView>('flows/locked/runs', { input: { url: receiver.url } });
    expect(await endOf(instance, runId)).toMatchObject({ status: 'failed', error: { code: 'http.401' } });
  }
  const keyless = await runsOf('keyless', 1);
  expect(keyless).toHaveLength(1);
  expect(await outputOf(keyless[0]!.id)).toMatchObject({
    body: { credential: 'crm', status: 401, refusals: 3, flow: 'locked', step: 'ask' },
  });
});

it('a flow that starts itself for ever is stopped, and says why', async () => {
  await post<EmittedView>('events', { name: 'loop.again' });
  const failed = await eventually('the end of the loop', async () => {
    const { items } = await instance.api<RunPage>('runs?flow=loop&status=failed');
    return items[0];
  });
  expect(failed.error).toMatchObject({ code: 'event.too-deep', message: expect.stringContaining('20 calls and events') });
  expect((await instance.api<RunPage>('runs?flow=loop')).items).toHaveLength(20);
});

it.each([
  ['shop', { total: 1 }],
  ['ledger', { total: 50 }],
  ['ticking', { scheduledAt: '2025-01-01T00:00:00.000Z' }],
])('any flow is started by hand: %s', async (id, input) => {
  const body = id === 'ledger' ? { input, event: 'order.paid' } : { input };
  const { runId, eventId } = await post<StartedView>(`flows/${id}/runs`, body);
  expect(await endOf(instance, runId)).toMatchObject({ status: 'succeeded', eventId });
  expect(await instance.api<EventView>(`events/${eventId}`)).toMatchObject({ flowId: id, origin: { kind: 'api' }, body: { value: input } });
});

it.each([
  ['flows/broken/runs', { input: {} }, /422.*call\.invalid-input.*required/],
  ['flows/ledger/runs', { input: {} }, /422.*event\.name-missing/],
  ['flows/nowhere/runs', { input: {} }, /404.*flow\.not-found/],
  ['flows/shop/runs', { inputs: {} }, /400.*request\.invalid.*inputs/],
  ['events', { name: 'flow.failed' }, /422.*event\.reserved-name/],
  ['events', { name: 'No Name' }, /422.*event\.bad-name/],
  ['events', { data: 1 }, /400.*request\.invalid.*name/],
])('what does not fit is refused with a sentence: POST %s %j', async (path, body, answer) => {
  await expect(post(path, body)).rejects.toThrow(answer);
});

it('what is nested deeper than a body may be is neither emitted by a step nor run again with, and that is said', async () => {
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const { runId } = await instance.api<StartedView>('flows/nesting/runs', { method: 'POST', body: `{"input":${deep(100)}}` });
  const run = await endOf(instance, runId);
  const message = 'The data of deep.down is nested deeper than 100 levels.';
  expect([run.status, run.error]).toMatchObject(['failed', { code: 'event.bad-data', step: 'emit', message }]);
  const again = instance.api(`runs/${runId}/rerun`, { method: 'POST', body: `{"payload":${deep(101)}}` });
  await expect(again).rejects.toThrow(/422.*rerun\.bad-payload.*The payload is nested deeper than 100 levels\./);
});

const LARGE = '{"id":9007199254740993}';
const KEPT = { body: { id: '9007199254740993' } };

it('a number that a double cannot hold is the text that the front door makes of it, by hand, in an event and in a payload', async () => {
  const send = <T>(path: string, body: string): Promise<T> => instance.api<T>(path, { method: 'POST', body });
  const byHand = await send<StartedView>('flows/numbers/runs', `{"input":${LARGE}}`);
  expect(await outputOf(byHand.runId)).toEqual(KEPT);
  const emitted = await send<EmittedView>('events', `{"name":"number.sent","data":${LARGE}}`);
  expect(await outputOf(emitted.runIds[0]!)).toEqual(KEPT);
  const again = await send<RerunView>(`runs/${byHand.runId}/rerun`, `{"payload":[${LARGE}]}`);
  expect(await outputOf(again.runId)).toEqual({ body: [KEPT.body] });
});

describe('the command line', () => {
  async function millrace(args: readonly string[], input = ''): Promise<string> {
    const env = { ...process.env, MILLRACE_HOME: instance.home, MILLRACE_TOKEN: instance.token };
    const child = spawn(process.execPath, [MAIN, ...args, '--url', instance.url], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(input);
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return output;
  }

  it('lists schedules, starts a flow and emits an event', async () => {
    expect(await millrace(['schedules'])).toMatch(/FLOW +SCHEDULE +NEXT +LAST +LEFT OUT\n.*paused +every 1s +paused/);
    expect(await millrace(['run', 'shop', '-', '--wait'], '{"total": 3}')).toMatch(/succeeded {2}shop, version 1/);
    expect(await millrace(['emit', 'nobody.listens'])).toMatch(/was kept; no flow took it/);
    expect(await millrace(['events', '--limit', '1'])).toMatch(/FROM/);
  });

  it('sends large numbers as they are', async () => {
    const { runId } = JSON.parse(await millrace(['run', 'numbers', '-', '--json'], LARGE)) as StartedView;
    const { runIds } = JSON.parse(await millrace(['emit', 'number.sent', '-', '--json'], LARGE)) as EmittedView;
    const started = [runId, ...runIds];
    expect(await Promise.all(started.map(outputOf))).toEqual([KEPT, KEPT]);
    const again = JSON.parse(await millrace(['rerun', runId, '--payload', '-', '--json'], `[${LARGE}]`)) as RerunView;
    expect(await outputOf(again.runId)).toEqual({ body: [KEPT.body] });
  });
});
