import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { RunView } from '../../apps/control-api/index.js';
import { describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const bad = (id: string, rest: object = {}): object => ({ id, set: { value: '{{ trigger.body.no.such }}' }, ...rest });
const flows = {
  ...webhookFlow(
    'passing',
    {},
    [
      { id: 'first', set: { ok: true } },
      { id: 'safe', name: 'Charge safely', try: [bad('charge')], catch: [{ id: 'note', set: { ok: true } }] },
      { id: 'each', forEach: [1, 2], onItemError: 'continue', steps: [bad('look')] },
    ],
    { name: 'Passing' },
  ),
  ...webhookFlow('asking', {}, [{ id: 'approval', wait: { webhook: { timeout: '3d' } } }], { name: 'Asking' }),
  ...webhookFlow(
    'deciding',
    {},
    [
      {
        id: 'both',
        parallel: {
          one: [{ id: 'approval', wait: { webhook: { timeout: '3d', ask: { title: 'Well?', answers: { yes: 'Yes' } } } } }],
          two: [{ id: 'nap', wait: { for: '1h' } }],
        },
      },
    ],
    { name: 'Deciding' },
  ),
  ...webhookFlow('clean', {}, [{ id: 'first', set: { ok: true } }], { name: 'Clean' }),
};

let instance: TestInstance;
const visitors: Visitor[] = [];

async function send(flow: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: '{}' });
  return ((await response.json()) as { runIds: string[] }).runIds[0]!;
}

async function open(path: string, width = 1440): Promise<Page> {
  const visitor = await visit(instance, path, { width, height: 844 });
  visitors.push(visitor);
  return visitor.page;
}

describeInBrowser('whoever looks at runs', () => {
  let passing: string;
  beforeAll(async () => {
    instance = await startInstance({ flows });
    passing = await send('passing');
    await endOf(instance, passing);
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('sees in the list which succeeded although things in them failed', async () => {
    await endOf(instance, await send('clean'));
    const page = await open('/runs?status=succeeded');
    const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    await row('Passing').getByText('3 failures passed over').waitFor();
    await row('Clean').waitFor();
    expect(await row('Clean').getByText('passed over').count()).toBe(0);
  });

  it.each([1440, 390])('is led from the run to the first of them, which says who passed over it: %d wide', async (width) => {
    const page = await open(`/runs/${passing}`, width);
    await page.getByRole('link', { name: '3 failures passed over' }).first().click();
    const panel = page.getByRole('complementary', { name: 'Inspector' });
    await panel.getByRole('heading', { name: 'charge' }).waitFor();
    await panel.getByText('Caught by safe: the run went on in its catch and behind it.').waitFor();
  });

  it('sees it at an item of a loop as well', async () => {
    const page = await open(`/runs/${passing}?step=look`);
    await page.getByText('The item each[0] stays failed; the loop went on with the others').waitFor();
  });

  it('sees in the list at which step a run waits, for what and until when', async () => {
    const id = await send('asking');
    await eventually('it to wait', async () => ((await instance.api<RunView>(`runs/${id}`)).status === 'waiting' ? true : undefined));
    const page = await open('/runs?status=waiting');
    const cell = page.getByText('waits for a request');
    await cell.waitFor();
    expect(await cell.textContent()).toBe('approval waits for a request');
    expect(await cell.getAttribute('title')).toMatch(/^Until \d+ [A-Z][a-z]{2}.* at the latest$/);
  });

  it.each([1440, 390])('is led by Health to the questions that nobody has answered: %d wide', async (width) => {
    const id = await send('deciding');
    await eventually('it to wait', async () => ((await instance.api<RunView>(`runs/${id}`)).status === 'waiting' ? true : undefined));
    const page = await open('/health', width);
    await page.getByRole('link', { name: /^\d questions? waits? for an answer$/ }).click();
    const rows = page.getByRole('row').filter({ has: page.getByRole('link') });
    await rows.getByText('approval waits for an answer, and 1 more').first().waitFor();
    expect(await rows.getByText('waits for a request').count()).toBe(0);
    await page.getByLabel('Waits for', { exact: true }).selectOption('A request');
    await page.getByText('waits for a request').first().waitFor();
    expect(new URL(page.url()).searchParams.get('waitsFor')).toBe('request');
    await page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: 'All', exact: true }).click();
    await page.getByRole('link', { name: 'Clean' }).first().waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('takes no more than the rows of such a list: no order knows what is waited for', async () => {
    await send('deciding');
    const page = await open('/runs?status=waiting&waitsFor=answer');
    await page.getByRole('checkbox').first().check();
    const bar = page.getByRole('region', { name: 'Selected rows' });
    expect(await bar.getByRole('button').allTextContents()).toEqual(['Run again…', 'Cancel…', 'Clear']);
  });
});
