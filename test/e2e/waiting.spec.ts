import { jest } from '@jest/globals';
import type { RunView, StepView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;

beforeAll(async () => {
  const steps = [
    {
      id: 'both',
      parallel: {
        asked: [{ id: 'approval', wait: { webhook: {} } }],
        timed: [{ id: 'nap', wait: { for: '1h' } }],
      },
      onBranchError: 'fail-fast',
    },
  ];
  const short = [
    { id: 'tell', set: { url: '{{ resume.approval.url }}' } },
    { id: 'approval', wait: { webhook: {} } },
  ];
  instance = await startInstance({ flows: { ...webhookFlow('both', {}, steps), ...webhookFlow('short', {}, short) } });
}, 180_000);

afterAll(() => instance.stop(), 60_000);

async function waiting(flow: string, step: string): Promise<RunView> {
  const { runId } = (await (await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST' })).json()) as { runId: string };
  return eventually('the run to wait', async () => {
    const run = await instance.api<RunView>(`runs/${runId}`);
    return rowOf(run, step)?.status === 'waiting' ? run : undefined;
  });
}

const rowOf = ({ steps }: RunView, path: string): StepView | undefined => steps.find((row) => row.path === path);

it('whoever looks at a run that waits for a request can make it go on', async () => {
  const run = await waiting('short', 'approval');
  const url = rowOf(run, 'approval')?.resumeUrl;
  expect(url).toBe((rowOf(run, 'tell')?.output as { url: string }).url);
  expect((await fetch(url!, { method: 'POST', body: '{"ok":true}', headers: { 'content-type': 'application/json' } })).status).toBe(202);
  const ended = await endOf(instance, run.id);
  expect(rowOf(ended, 'approval')).toMatchObject({ status: 'succeeded', output: { ok: true }, resumeUrl: null });
});

it('what waits for a time has no URL, and stands beside what waits for a request', async () => {
  const run = await waiting('both', 'nap');
  expect(rowOf(run, 'nap')?.resumeUrl).toBeNull();
  expect(rowOf(run, 'approval')?.resumeUrl).toMatch(/\/resume\//);
});
