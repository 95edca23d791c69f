import { jest } from '@jest/globals';
import type { Route } from 'playwright-core';
import type { RunPage } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function visitor(path: string, theme: Theme = 'light'): Promise<Visitor> {
  const opened = await visit(world.instance, path, { theme });
  visitors.push(opened);
  return opened;
}

describeInBrowser('whoever tests a step', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it('is told what it really does, sees what it gave, and pins that for later tests', async () => {
    const opened = await visitor(`/flows/order-to-crm/edit?step=createDeal&event=${world.failed.eventId}`);
    const { page } = opened;
    const foot = page.getByRole('region', { name: 'Test' });
    const inked = (): Promise<string[]> => page.locator('.button[data-look="ink"]').allTextContents();
    // Of a flow that has no draft, too.
    await foot.getByRole('button', { name: 'Test step, and really send the request Ctrl ↵' }).waitFor();
    expect(await inked()).toEqual([expect.stringContaining('Ctrl ↵')]);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Create the deal');
    await page.getByText('Draft · saved').waitFor();
    expect(await inked()).toEqual(['Publish v2']);
    await foot.getByRole('button', { name: /really send the request/ }).click();
    await foot.getByText('It worked.').waitFor();
    await foot.getByText('88213').waitFor();
    await foot.getByRole('button', { name: 'Pin this output for tests' }).click();
    await foot.getByRole('button', { name: /^Unpin/ }).waitFor();
    await page.getByRole('button', { name: /Create the deal.*Output pinned for tests/ }).waitFor();
    await picture(opened, 'step-test');
    expect(await accessibilityFaults(opened)).toEqual([]);
    const { items } = await world.instance.api<RunPage>('runs?flow=order-to-crm&test=true');
    expect(items.map(({ status, version }) => [status, version])).toEqual([['succeeded', 0]]);
    await foot.getByText('Publish to run it on every event.').waitFor();
    await foot.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('dialog', { name: 'Publish version 2' }).getByRole('button', { name: 'Not yet' }).click();
    await page.getByRole('textbox', { name: 'Id', exact: true }).fill('makeDeal');
    await page.keyboard.press('Enter');
    await page.locator('[data-step="makeDeal"]').getByText('Output pinned for tests').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('keeps the words on it and the place of its button while what is typed is saved', async () => {
    const { page } = await visitor(`/flows/order-to-crm/edit?step=notify&event=${world.failed.eventId}`);
    const foot = page.getByRole('region', { name: 'Test' });
    const said = foot.getByText(/Not run again|Runs first/);
    await said.waitFor();
    const before = [await said.textContent(), await foot.getByRole('button').last().boundingBox()];
    const held: Route[] = [];
    await page.route('**/test-plan?*', (route) => void held.push(route));
    const asked = page.waitForRequest('**/test-plan?*');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Tell them');
    await asked;
    await page.getByText('Draft · saved').waitFor();
    expect([await said.textContent({ timeout: 1000 }), await foot.getByRole('button').last().boundingBox()]).toEqual(before);
    await Promise.all(held.map((route) => route.continue()));
  });

  it('gets the error of a step with its request and response, by the key too', async () => {
    const opened = await visitor(`/flows/order-to-crm/edit?step=notify&event=${world.failed.eventId}`, 'dark');
    const { page } = opened;
    const foot = page.getByRole('region', { name: 'Test' });
    await foot.getByText(/Using event/).waitFor();
    await page.keyboard.press('Control+Enter');
    await foot.getByRole('region', { name: 'What failed' }).getByText(/502/).first().waitFor();
    await picture(opened, 'step-test-failed');
    expect(await accessibilityFaults(opened)).toEqual([]);
    await foot.getByRole('link', { name: 'The whole test' }).click();
    await page.getByText('Test failed').first().waitFor();
    await page.getByRole('link', { name: 'Fix in editor' }).waitFor();
    expect(await page.getByRole('button', { name: /Retry from here|Run again|Edit and re-run/ }).count()).toBe(0);
  });

  it('loads another event by a search and the keyboard, a sample, and JSON of its own', async () => {
    const opened = await visitor('/flows/hello/edit?step=greet');
    const { page } = opened;
    const strip = page.getByRole('group', { name: 'Event' });
    await strip.getByText(/^Event/).waitFor();
    await strip.getByRole('button', { name: 'Change' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Which event to test with?' });
    await dialog.getByRole('option', { name: /POST.*loaded now/ }).waitFor();
    await picture(opened, 'event-dialog');
    expect(await accessibilityFaults(opened)).toEqual([]);
    await dialog.getByRole('button', { name: 'Send a sample' }).click();
    await page.waitForURL(/event=/);
    await strip.getByRole('button', { name: 'Change' }).click();
    await dialog.getByRole('option', { name: /Sample/ }).waitFor();
    await dialog.getByRole('button', { name: 'Paste JSON' }).click();
    const body = dialog.getByRole('textbox', { name: 'Body' });
    await body.fill('{ name: Grace');
    await dialog.getByRole('button', { name: 'Test with this' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/not JSON/)
      .waitFor();
    await body.fill('{ "name": "Grace" }');
    await dialog.getByRole('button', { name: 'Test with this' }).click();
    await page.getByText('"Hello Grace"').waitFor();
    const pasted = new URL(page.url()).searchParams.get('event');
    await strip.getByRole('button', { name: 'Change' }).click();
    await dialog.getByRole('option').nth(2).waitFor();
    await page.keyboard.type('"Ada"}');
    await dialog.getByText('Everything that is kept was looked through.').waitFor();
    expect(await dialog.getByRole('option').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByText('"Hello Ada"').waitFor();
    expect(await world.instance.api<RunPage>('runs?flow=hello&test=true')).toMatchObject({ items: [] });
    expect(new URL(page.url()).searchParams.get('event')).not.toBe(pasted);
    expect(opened.complaints).toEqual([]);
  });

  it('finds the event again that it was edited with, and the newest one where that is gone', async () => {
    const older = world.failed.eventId;
    const { page } = await visitor(`/flows/order-to-crm/edit?step=notify&event=${older}`);
    const loaded = page.getByRole('region', { name: 'Test' }).getByText(/^Using event/);
    await loaded.getByText(older.slice(-6)).waitFor();
    await page.goto(`${world.instance.url}/flows/order-to-crm/edit?step=notify`);
    await loaded.getByText(older.slice(-6)).waitFor();
    expect(new URL(page.url()).searchParams.get('event')).toBe(older);
    await page.goto(`${world.instance.url}/flows/order-to-crm/edit?step=notify&event=01890000-0000-7000-8000-000000000000`);
    await loaded.waitFor();
    await loaded.getByText(older.slice(-6)).waitFor({ state: 'detached' });
  });

  it('keeps the event that it shows while others come in', async () => {
    await world.send('hello', { name: 'First' });
    const { page } = await visitor('/flows/hello/edit?step=greet');
    const strip = page.getByRole('group', { name: 'Event' });
    const shown = await strip.getByText(/^Event/).getAttribute('title');
    const { eventId } = await world.send('hello', { name: 'Second' });
    expect(eventId).not.toBe(shown);
    await strip.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog', { name: 'Which event to test with?' });
    await dialog.getByRole('option').first().getByText(eventId.slice(-6)).waitFor();
    await dialog
      .getByRole('option', { name: /loaded now/ })
      .getByText(shown!.slice(-6))
      .waitFor();
    await page.keyboard.press('Escape');
    expect(await strip.getByText(/^Event/).getAttribute('title')).toBe(shown);
  });

  it('tests the whole flow by the key: what it would do first, then its end', async () => {
    const opened = await visitor('/flows/hello/edit?step=greet', 'dark');
    const { page } = opened;
    const foot = page.getByRole('region', { name: 'Test' });
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Greet');
    await page.getByText('Draft · saved').waitFor();
    await page.keyboard.press('Control+Shift+Enter');
    await foot.getByText('Nothing acts outside.').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^Test flow/);
    await page.keyboard.press('Control+Shift+Enter');
    await foot.getByText('It worked.').waitFor();
    await picture(opened, 'flow-test');
    expect(await accessibilityFaults(opened)).toEqual([]);
    const { items } = await world.instance.api<RunPage>('runs?flow=hello&test=true');
    expect(items.map(({ status, version }) => [status, version])).toEqual([['succeeded', 0]]);
    expect(opened.complaints).toEqual([]);
  });
});
