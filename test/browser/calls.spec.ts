import { jest } from '@jest/globals';
import type { RunView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const failing = {
  format: 1,
  id: 'failing',
  trigger: { type: 'call' },
  steps: [{ id: 'end', stop: { as: 'failed', message: 'No seats left' } }],
};
const steps = [
  { id: 'guard', try: [{ id: 'ask', call: 'failing' }], catch: [{ id: 'mend', set: { done: true } }] },
  { id: 'approval', wait: { webhook: { timeout: '1h' } } },
];

let instance: TestInstance;
let visitor: Visitor;

/** A run that has called one that failed, has dealt with that, and waits. */
async function waitingRun(): Promise<RunView> {
  const { runId } = (await (await fetch(`${instance.url}/flows/asking/hook`, { method: 'POST' })).json()) as { runId: string };
  return eventually('the run to wait for its approval', async () => {
    const run = await instance.api<RunView>(`runs/${runId}`);
    return run.steps.some(({ path, status }) => path === 'approval' && status === 'waiting') ? run : undefined;
  });
}

describeInBrowser('whoever looks at a run that called another one and waits', () => {
  beforeAll(async () => {
    instance = await startInstance({ flows: { ...webhookFlow('asking', {}, steps), failing } });
  }, 180_000);
  afterAll(async () => {
    await visitor.context.close();
    await instance.stop();
  }, 60_000);

  it('finds the run that it called and the way back, and the URL that makes it go on', async () => {
    const run = await waitingRun();
    visitor = await visit(instance, `/runs/${run.id}`);
    const { page } = visitor;
    const node = (id: string) => page.locator(`[data-step="${id}"]`);
    const panel = page.getByRole('complementary', { name: 'Inspector' });
    await node('guard').getByRole('img', { name: 'Succeeded' }).waitFor();
    await node('approval').click();
    await panel.getByText(/Goes on with a request to the URL below; without one it fails at/).waitFor();
    const url = run.steps.find(({ path }) => path === 'approval')?.resumeUrl ?? '';
    await panel.getByText(url, { exact: true }).waitFor();
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await node('ask').click();
    await panel.getByText('The flow that it called ran as').getByRole('link').click();
    const caller = page.getByText(`Called by run ${run.id.slice(-6)}, which was told of the failure: retry that one`).first();
    await caller.waitFor();
    expect((await fetch(url, { method: 'POST' })).status).toBe(202);
    await caller.getByRole('link').click();
    await page.getByText('Run succeeded').first().waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
