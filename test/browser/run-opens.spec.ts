import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { FlowView, RunPage, RunView } from '../../apps/control-api/index.js';
import { describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const visitors: Visitor[] = [];

const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } };
/** Its body has a text for a total. */
const FAILING = [{ id: 'note', set: { total: '{{ trigger.body.total * 2 }}' } }];
const flows = {
  ...webhookFlow('strict', { schema }, [{ id: 'note', set: { total: '{{ trigger.body.total }}' } }], { name: 'Strict orders' }),
  ...webhookFlow('asking', {}, [{ id: 'approval', name: 'Approval', wait: { webhook: { timeout: '3d' } } }], { name: 'Asking' }),
  ...webhookFlow('mended', {}, FAILING, { name: 'Mended' }),
  ...webhookFlow('twice', {}, FAILING, { name: 'Twice' }),
  ...webhookFlow('edited', {}, FAILING, { name: 'Edited' }),
};

async function send(flow: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: '{"total":"much"}' });
  return ((await response.json()) as { runIds: string[] }).runIds[0]!;
}

/** Its second version is live afterwards. */
async function publish(flow: string, steps: readonly object[]): Promise<void> {
  await writeFile(join(instance.flows, `${flow}.json`), JSON.stringify(webhookFlow(flow, {}, steps, { name: flow })[flow]));
  await eventually('version 2', async () => ((await instance.api<FlowView>(`flows/${flow}`)).version === 2 ? true : undefined));
}

async function open(path: string, width = 1440): Promise<Page> {
  const visitor = await visit(instance, path, { width, height: 844 });
  visitors.push(visitor);
  return visitor.page;
}

const SENTENCE = /The body does not fit the trigger's schema/;
const failure = (page: Page) => page.getByRole('region', { name: 'What failed' });

describeInBrowser('whoever opens a run', () => {
  beforeAll(async () => {
    instance = await startInstance({ flows });
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('that failed before its first step sees at the trigger why, and what to do', async () => {
    const id = await send('strict');
    await endOf(instance, id);
    const page = await open(`/runs/${id}`);
    await failure(page).getByText(SENTENCE).waitFor();
    await failure(page).getByText('trigger.schema').waitFor();
    await failure(page).getByText('Who sends the event has to send it differently').waitFor();
    const trigger = page.locator('.node[data-step="trigger"]');
    expect(await trigger.getAttribute('data-status')).toBe('failed');
    expect(await trigger.getAttribute('aria-current')).toBe('step');
    await page.goto(`${instance.url}/runs/${id}?view=list&step=run`);
    await page.locator('.list-view').getByText(SENTENCE).waitFor();
    await page.goto(`${instance.url}/runs/${id}?view=timeline&step=run`);
    const row = page.locator('.timeline-row').filter({ hasText: SENTENCE });
    await row.getByRole('button', { name: 'Strict orders' }).click();
    await failure(page).getByText(SENTENCE).waitFor();
  });

  it('that failed before its first step sees it on a phone too', async () => {
    const id = await send('strict');
    await endOf(instance, id);
    const page = await open(`/runs/${id}`, 390);
    await page.locator('.list-view').getByText(SENTENCE).waitFor();
    await page.getByRole('button', { name: 'Show what failed' }).click();
    await failure(page).getByText(SENTENCE).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('that waits for a request sees until when, and the URL to send it to', async () => {
    const id = await send('asking');
    const run = await eventually('the run to wait', async () => {
      const found = await instance.api<RunView>(`runs/${id}`);
      return found.status === 'waiting' ? found : undefined;
    });
    const url = run.steps.find(({ path }) => path === 'approval')?.resumeUrl ?? '';
    const page = await open(`/runs/${id}`);
    const panel = page.getByRole('complementary', { name: 'Inspector' });
    await panel.getByRole('heading', { name: 'Approval' }).waitFor();
    await panel.getByText(/without one it fails at \d+ [A-Z][a-z]{2}.* in 2 d 23 h/).waitFor();
    await panel.getByText(url, { exact: true }).waitFor();
    expect(await page.locator('.node[data-step="approval"]').getAttribute('aria-current')).toBe('step');
    const phone = await open(`/runs/${id}`, 390);
    await phone.getByRole('button', { name: 'Show what it waits for' }).click();
    await phone.getByText(url, { exact: true }).waitFor();
  });

  it('that was on an older version retries it on the one that is live, unless somebody says otherwise', async () => {
    for (let n = 0; n < 2; n += 1) await endOf(instance, await send('mended'));
    await publish('mended', [{ id: 'note', set: { ok: true } }]);
    const page = await open('/health');
    await page.getByRole('button', { name: 'Retry 2 runs of mended note…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('They ran on version 1; version 2 is live now.').waitFor();
    expect(await dialog.getByLabel('Version of the flow').inputValue()).toBe('live');
    await dialog.getByRole('button', { name: 'Retry 2 failed runs' }).click();
    await page.getByText('2 of 2 retried.').waitFor();
    await eventually('both to succeed', async () => {
      const { items } = await instance.api<RunPage>('runs?flow=mended&status=succeeded');
      return items.length === 2 && items.every(({ version }) => version === 2) ? true : undefined;
    });
  });

  it('and one run alone is asked about as well, as a dead letter and on its own page', async () => {
    const id = await send('twice');
    await endOf(instance, id);
    const page = await open(`/runs/${id}`);
    // As long as its version is the live one, a press is enough.
    await page.getByRole('button', { name: 'Run again', exact: true }).waitFor();
    await publish('twice', [{ id: 'note', set: { ok: true } }]);
    await page.getByRole('button', { name: 'Retry from here…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The run was on version 1; version 2 is live now.').waitFor();
    expect(await dialog.getByLabel('Version of the flow').inputValue()).toBe('live');
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    expect((await instance.api<RunPage>(`runs?rerunOf=${id}`)).items).toHaveLength(0);
    await page.getByRole('button', { name: 'Run again…' }).click();
    await dialog.getByLabel('Version of the flow').selectOption('same');
    await dialog.getByRole('button', { name: 'Run again on version 1' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    const [same] = (await instance.api<RunPage>(`runs?rerunOf=${id}`)).items;
    expect(same?.version).toBe(1);
    await endOf(instance, same!.id);
    await page.goto(`${instance.url}/health`);
    await page.getByRole('button', { name: /^Retry twice .*…$/ }).click();
    await dialog.getByText('The run was on version 1; version 2 is live now.').waitFor();
    await dialog.getByRole('button', { name: 'Retry on version 2' }).click();
    await eventually('its success', async () => {
      const { items } = await instance.api<RunPage>(`runs?rerunOf=${same!.id}`);
      return items[0]?.status === 'succeeded' && items[0].version === 2 ? true : undefined;
    });
  });

  it('that is run again with another body chooses the version there', async () => {
    const id = await send('edited');
    await endOf(instance, id);
    await publish('edited', [{ id: 'note', set: { ok: true } }]);
    const page = await open(`/runs/${id}`);
    await page.getByRole('button', { name: 'Run again…' }).waitFor();
    await page.getByRole('button', { name: 'Edit and re-run' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The run was on version 1; version 2 is live now.').waitFor();
    await dialog.getByRole('button', { name: 'Run with this body' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    expect((await instance.api<RunPage>(`runs?rerunOf=${id}`)).items).toMatchObject([{ version: 2 }]);
  });
});
