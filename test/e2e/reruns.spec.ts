import { execFile } from 'node:child_process';
import { jest } from '@jest/globals';
import type { RerunPlanView, RunPage, RunView } from '../../apps/control-api/index.js';
import { endOf, json, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

let receiver: Receiver;
let instance: TestInstance;
let works = false;

const post = (id: string, path: string): object => ({ id, use: 'http.request', with: { method: 'POST', url: `${receiver.url}${path}` } });

beforeAll(async () => {
  receiver = await startReceiver((request) => ({ status: request.url === '/ship' && !works ? 502 : 200, body: {} }));
  const steps = [
    post('first', '/first'),
    { id: 'each', forEach: '{{ trigger.body.lines }}', steps: [post('inside', '/inside')] },
    post('ship', '/ship'),
    { id: 'last', set: { done: true } },
  ];
  instance = await startInstance({ flows: webhookFlow('shipping', {}, steps) });
}, 180_000);

afterAll(async () => {
  await instance.stop();
  await receiver.close();
}, 60_000);

async function failed(): Promise<RunView> {
  const response = await fetch(`${instance.url}/flows/shipping/hook`, json({ lines: [1, 2] }));
  return endOf(instance, ((await response.json()) as { runId: string }).runId);
}

async function again(runId: string, request: object): Promise<RunView> {
  return endOf(instance, (await instance.api<{ runId: string }>(`runs/${runId}/rerun`, json(request))).runId);
}

function millrace(...args: string[]): Promise<string> {
  const env = { ...process.env, MILLRACE_HOME: instance.home, MILLRACE_FLOWS: instance.flows, MILLRACE_TOKEN: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (_, out, err) => resolve(out + err));
  });
}

/** By path: steps may begin in the same millisecond. */
const marks = ({ steps }: RunView): string[] => steps.map(({ path, given }) => `${path} ${given ?? 'done'}`).sort();

it('a re-run says of each step whether it did it, or took it over from the run that it repeats', async () => {
  const run = await failed();
  expect(marks(run).filter((mark) => !mark.endsWith('done'))).toEqual([]);
  const retried = await again(run.id, { from: 'failed' });
  const items = [0, 1].flatMap((n) => [`each[${n}] recorded`, `each[${n}].inside recorded`]);
  const takenOver = ['each recorded', ...items, 'first recorded'];
  expect([retried.status, marks(retried)]).toEqual(['failed', [...takenOver, 'ship done']]);
  works = true;
  // What was taken over once is taken over again.
  const twice = await again(retried.id, { from: 'failed' });
  expect([twice.status, marks(twice)]).toEqual(['succeeded', [...takenOver, 'last done', 'ship done']]);
  expect(marks(await again(run.id, { from: 'start' })).filter((mark) => !mark.endsWith('done'))).toEqual([]);
});

it('a run that was repeated with success is repeated by the command line only where that is asked for', async () => {
  works = false;
  const run = await failed();
  const started = /^The (dry )?run \S+ was started\./;
  expect((await again(run.id, {})).status).toBe('failed');
  expect(await millrace('rerun', run.id)).toMatch(started);
  const repeats = async (): Promise<RunPage> => instance.api<RunPage>(`runs?rerunOf=${run.id}`);
  for (const { id } of (await repeats()).items) await endOf(instance, id);
  works = true;
  const [, first] = (await repeats()).items;
  const done = await again(first!.id, {});
  expect(done.status).toBe('succeeded');
  await expect(again(done.id, { from: 'failed' })).rejects.toThrow(/422.*rerun\.nothing-failed/);
  expect(await millrace('rerun', run.id, '--from', 'start')).toBe(
    `The run ${run.id} was repeated with success already, by run ${done.id}. To repeat it once more, add --again.\n`,
  );
  expect((await repeats()).items).toHaveLength(2);
  expect(await millrace('rerun', run.id, '--dry-run')).toMatch(started);
  expect(await millrace('rerun', run.id, '--again')).toMatch(started);
  expect(await millrace('rerun', done.id)).toMatch(started);
  expect(await millrace('rerun', 'x')).toContain('The id of a run is a UUID such as');
});

it('what a re-run would not do again is told before, and is what it then takes over', async () => {
  works = false;
  const run = await failed();
  const plan = (query: string): Promise<RerunPlanView> => instance.api<RerunPlanView>(`runs/${run.id}/rerun?${query}`);
  const taken = ({ steps }: RunView): string[] => steps.filter(({ given }) => given !== null).map(({ path }) => path);
  const places = ['ship', 'each[1]', 'each[1].inside', 'last'];
  for (const [from, begins] of [['failed', 'ship'], ['start', null], ...places.map((place) => [place, place])] as [
    string,
    string | null,
  ][]) {
    const { reused, ...rest } = await plan(`from=${from}`).catch((error: Error) => ({ reused: [error.message], from: null }));
    const retried = await again(run.id, { from }).catch((error: Error) => error);
    if (retried instanceof Error) expect(reused).toEqual([expect.stringContaining('422') as unknown]);
    else expect([rest, reused.sort()]).toEqual([{ from: begins }, taken(retried).sort()]);
  }
  expect((await instance.api<RunPage>(`runs?rerunOf=${run.id}`)).items).toHaveLength(6);
  await expect(plan('from=nowhere')).rejects.toThrow(/422.*rerun\.no-such-place/);
  await expect(plan('payload=1')).rejects.toThrow(/400/);
});

it('what repeats a run is found by it, with another body too', async () => {
  works = false;
  const run = await failed();
  expect((await instance.api<RunPage>(`runs?rerunOf=${run.id}`)).items).toEqual([]);
  const retried = await again(run.id, { from: 'failed' });
  const edited = await again(run.id, { from: 'start', payload: { lines: [] } });
  await again(retried.id, { from: 'failed' });
  const { items } = await instance.api<RunPage>(`runs?rerunOf=${run.id}`);
  expect(items.map(({ id }) => id)).toEqual([edited.id, retried.id]);
});
