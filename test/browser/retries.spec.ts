import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { RunView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Visitor } from '../support/browser.js';
import { endOf, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

let receiver: Receiver;
let instance: TestInstance;
let failed: RunView;
const visitors: Visitor[] = [];
/** Whether the other side takes shipments by now. */
let works = false;

const post = (id: string, name: string, path: string): object => ({
  id,
  name,
  use: 'http.request',
  with: { method: 'POST', url: `${receiver.url}${path}`, body: { sku: '{{ line.sku ?? "all" }}' } },
});

function steps(): object[] {
  const log = (id: string, name: string): object => ({ id, name, use: 'log', with: { message: id } });
  return [
    { id: 'big', name: 'Big', if: '{{ trigger.body.total >= 500 }}', then: [log('note', 'Note it')], else: [log('small', 'Small')] },
    {
      id: 'lines',
      name: 'Lines',
      forEach: '{{ trigger.body.lines }}',
      as: 'line',
      steps: [post('reserve', 'Reserve', '/reserve'), { ...log('label', 'Label'), when: '{{ line.sku = "B" }}' }],
    },
    { id: 'ship', name: 'Create shipment', use: 'http.request', with: { method: 'POST', url: `${receiver.url}/ship` } },
    log('tell', 'Tell the customer'),
  ];
}

async function sent(body: object): Promise<RunView> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/shipping/hook`, { method: 'POST', headers, body: JSON.stringify(body) });
  return endOf(instance, ((await response.json()) as { runId: string }).runId);
}

async function open(path: string, width = 1440): Promise<Page> {
  const visitor = await visit(instance, path, { width });
  visitor.page.setDefaultTimeout(20_000);
  visitors.push(visitor);
  return visitor.page;
}

/** As the drawing says it of a step: `Note it log · note taken over`. */
const node = (page: Page, id: string) => page.locator(`[data-step="${id}"]`);
const panel = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

describeInBrowser('whoever retries a run', () => {
  beforeAll(async () => {
    receiver = await startReceiver(({ url }) => ({ status: url === '/ship' && !works ? 502 : 200, body: { ok: true } }));
    instance = await startInstance({
      env: { MILLRACE_KEPT_ITEMS: '1' },
      flows: webhookFlow('shipping', {}, steps(), { name: 'Shipping' }),
    });
    failed = await sent({ total: 812, lines: [{ sku: 'A' }, { sku: 'B' }] });
  }, 180_000);
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(async () => {
    await instance.stop();
    await receiver.close();
  }, 60_000);

  it('is told first what runs and what keeps its result, then of the new run what it took over and from where', async () => {
    works = true;
    const page = await open(`/runs/${failed.id}`);
    const short = failed.id.slice(-6);
    await panel(page)
      .getByText('Retry from here runs Create shipment and what follows; Big, Note it and Lines keep what they gave.')
      .waitFor();
    await page.getByRole('button', { name: 'Retry from here' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(failed.id));
    await panel(page)
      .getByText(`Retries run ${short} from Create shipment. 3 steps were not run again: what they gave is taken over.`)
      .waitFor();
    for (const id of ['big', 'note', 'lines', 'reserve']) await node(page, id).getByText('taken over').waitFor();
    await node(page, 'tell').getByRole('img', { name: 'Succeeded' }).waitFor();
    expect(await node(page, 'ship').textContent()).not.toContain('taken over');
    await picture(visitors[0]!, 'retry-canvas');
    expect(await accessibilityFaults(visitors[0]!)).toEqual([]);
    await node(page, 'note').click();
    await panel(page).getByText(`not run again: what it gave is taken over from run ${short}`).waitFor();
    expect(await panel(page).getByRole('table').count()).toBe(0);
    await page.getByRole('link', { name: 'List', exact: true }).click();
    await page.getByRole('row', { name: /Note it note 1 – taken over/ }).waitFor();
    await page.getByRole('row', { name: /Create shipment ship 1 \d\d:\d\d:\d\d/ }).waitFor();
    await page.getByRole('link', { name: 'Timeline' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'Note it' });
    await row.getByText(`taken over from run ${short}`).waitFor();
    expect([await row.locator('.bar').count(), await page.locator('.break-label').count()]).toEqual([0, 0]);
    expect(await page.getByRole('listitem').filter({ hasText: 'Create shipment' }).locator('.bar').count()).toBe(1);
    await picture(visitors[0]!, 'retry-timeline');
    const id = new URL(page.url()).pathname.split('/').at(-1)!;
    await panel(page).getByRole('link', { name: short }).click();
    await panel(page)
      .getByText(`Retried by run ${id.slice(-6)} (succeeded).`)
      .waitFor();
    expect(visitors[0]!.complaints).toEqual([]);
  });

  it('sees of a run that was repeated from its start that it was, and nothing taken over', async () => {
    const { runId } = await instance.api<{ runId: string }>(`runs/${failed.id}/rerun`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"from":"start"}',
    });
    await endOf(instance, runId);
    const page = await open(`/runs/${runId}?step=run`);
    await panel(page)
      .getByText(`Repeats run ${failed.id.slice(-6)}.`)
      .waitFor();
    await node(page, 'tell').getByRole('img').waitFor();
    expect(await page.getByText('taken over').count()).toBe(0);
  });

  it('sees what was done in the first item of a loop, and of what is not kept that it is not; the address stays as it was', async () => {
    const page = await open(`/runs/${failed.id}?step=run`);
    await node(page, 'label').getByRole('img', { name: 'Skipped' }).waitFor();
    expect(new URL(page.url()).search).toBe('?step=run');
    await node(page, 'reserve').click();
    await panel(page).getByText('"A"').waitFor();
    await page.getByRole('button', { name: 'Next iteration' }).click();
    await page.waitForURL(/iter=lines%3A1/);
    await page.getByRole('button', { name: 'Next iteration', disabled: true }).waitFor();
    await node(page, 'label').getByText('not kept').waitFor();
    await node(page, 'reserve').click();
    await panel(page).getByText('What the steps of this item did was not kept; its result is in the output of the loop.').waitFor();
  });
});
