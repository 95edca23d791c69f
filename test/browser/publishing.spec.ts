import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DraftView, FlowView, SourceView } from '../../apps/control-api/index.js';
import { describeInBrowser, picture, visit, type Visitor } from '../support/browser.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const visitors: Visitor[] = [];

async function open(path: string): Promise<Page> {
  const visitor = await visit(instance, path);
  visitors.push(visitor);
  return visitor.page;
}

const greet = { id: 'greet', set: { text: 'Hello {{ trigger.body.name }}' } };
const MANY = Array.from({ length: 60 }, (_, n) => ({ id: `step${n}`, set: { n } }));

const name = (page: Page) => page.getByRole('textbox', { name: 'Name', exact: true });
const published = (id: string): Promise<FlowView> => instance.api<FlowView>(`flows/${id}`);

/** The draft is on the server, and the dialog that publishes it is open. */
async function review(page: Page, id: string, words: string): Promise<void> {
  await eventually('the draft', async () =>
    (await instance.api<DraftView>(`flows/${id}/draft`).catch(() => undefined))?.text.includes(words) ? true : undefined,
  );
  await page.getByText('Draft · saved').waitFor();
  await page.getByRole('button', { name: /^Publish v/ }).click();
}

const publish = (page: Page): Promise<void> => page.getByRole('button', { name: 'Publish', exact: true }).click();

describeInBrowser('whoever publishes', () => {
  beforeAll(async () => {
    const flows = ['disk', 'tabs', 'follow', 'offline', 'long'].map((id) =>
      webhookFlow(id, {}, id === 'long' ? MANY : [greet], { name: id }),
    );
    instance = await startInstance({ flows: Object.assign({}, ...flows) as Record<string, object> });
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('sees what a text changes of the version that came meanwhile before it replaces that', async () => {
    const page = await open('/flows/disk/edit');
    await name(page).fill('Mine');
    await review(page, 'disk', '"Mine"');
    await writeFile(join(instance.flows, 'disk.json'), JSON.stringify({ ...webhookFlow('disk', {}, [greet])['disk'], name: 'Theirs' }));
    await eventually('the file to be live', async () => ((await published('disk')).text?.includes('Theirs') ? true : undefined));
    await page.getByText('Somebody published version 2 meanwhile').waitFor();
    await publish(page);
    await page.getByRole('alert', { name: 'Conflict' }).getByRole('button', { name: 'Keep mine' }).click();
    await page.getByText('changed from "Theirs" to "Mine"').waitFor();
    await page.getByRole('heading', { name: 'Publish version 3' }).waitFor();
    expect((await published('disk')).version).toBe(2);
    await publish(page);
    await page.waitForURL((url) => url.pathname === '/flows/disk');
    expect(await published('disk')).toMatchObject({ version: 3, name: 'Mine' });
  });

  it('is shown the conflict when another tab has saved, with the way out of it', async () => {
    const page = await open('/flows/tabs/edit');
    await name(page).fill('Mine');
    await review(page, 'tabs', '"Mine"');
    const { text, revision, base } = await instance.api<DraftView>('flows/tabs/draft');
    const theirs = { text: text.replace('Mine', 'Theirs'), revision, base };
    const headers = { 'content-type': 'application/json' };
    await instance.api('flows/tabs/draft', { method: 'PUT', headers, body: JSON.stringify(theirs) });
    await publish(page);
    const conflict = page.getByRole('alert', { name: 'Conflict' });
    await conflict.getByRole('button', { name: 'Take theirs' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await conflict.getByRole('button', { name: 'Keep mine' }).click();
    await review(page, 'tabs', '"Mine"');
    await publish(page);
    await page.waitForURL((url) => url.pathname === '/flows/tabs');
    expect(await published('tabs')).toMatchObject({ version: 2, name: 'Mine' });
  });

  it('sees what another tab saved, and the version that came meanwhile, without loading again', async () => {
    const { page, context } = await visit(instance, '/flows/follow/edit');
    visitors.push({ page, context, complaints: [] });
    const other = await context.newPage();
    await other.goto(`${instance.url}/flows/follow/edit`);
    await Promise.all([name(page).waitFor(), name(other).waitFor()]);
    await name(other).fill('From there');
    await page.getByRole('heading', { name: 'From there' }).waitFor();
    await page.getByText('The draft was changed in another tab and is shown as it is now').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'follow' }).waitFor();
    await other.getByRole('heading', { name: 'follow' }).waitFor();
    await writeFile(join(instance.flows, 'follow.json'), JSON.stringify(webhookFlow('follow', {}, [greet], { name: 'Disk' })['follow']));
    await Promise.all([page, other].map((one) => one.getByText('Live v2').waitFor()));
    await page.getByRole('button', { name: 'Publish v3' }).click();
    await page.getByRole('status').getByText('Somebody published version 2 meanwhile').waitFor();
  });

  it('is told that the server is away', async () => {
    const page = await open('/flows/offline/edit');
    await name(page).fill('Before');
    await review(page, 'offline', '"Before"');
    await page.context().route('**/api/v1/**', (route) => route.abort());
    await publish(page);
    await page.getByRole('dialog').getByRole('alert').getByText('The server does not answer').waitFor();
  });

  it('has the button in sight, however much changes', async () => {
    const { text, base } = await instance.api<SourceView>('flows/long/source');
    await instance.api('flows/long/draft', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: text.replaceAll('"n"', '"m"'), revision: 0, base }),
    });
    const page = await open('/flows/long/edit');
    await review(page, 'long', '"m"');
    await page.getByText('step59').first().waitFor();
    await picture(visitors[0]!, 'publish-long');
    const box = await page.getByRole('button', { name: 'Publish', exact: true }).boundingBox();
    expect(box!.y + box!.height).toBeLessThan(900);
    expect(box!.y).toBeGreaterThan(0);
  });

  it('is told at once what cannot be taken into the flow, and when it is gone again', async () => {
    const page = await open('/flows/offline/edit');
    await name(page).waitFor();
    await name(page).fill('x'.repeat(600_000));
    await page.getByText('What was typed last is not in the flow.').waitFor();
    await page.getByText('Draft · not saved').waitFor();
    await name(page).fill('Short');
    await page.getByText('What was typed last is not in the flow.').waitFor({ state: 'detached' });
  });
});
