import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const visitor = await visit(world.instance, path, options);
  visitor.page.setDefaultTimeout(15_000);
  visitors.push(visitor);
  return visitor.page;
}

interface Case {
  readonly path: () => string;
  /** What has to be done on the page before there is something to open the dialog with. */
  readonly before?: (page: Page) => Promise<unknown>;
  readonly opener: (page: Page) => Locator;
}

const button = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first();
const EDITOR = '/flows/order-to-crm/edit';

const DIALOGS: Readonly<Record<string, Case>> = {
  'New endpoint': { path: () => '/endpoints', opener: button('New endpoint') },
  'New flow': { path: () => '/flows', opener: button('New flow') },
  'New credential': { path: () => '/credentials', opener: button('New credential') },
  'the new credential of a step': { path: () => `${EDITOR}?step=createDeal`, opener: button('new credential') },
  'Run again': {
    path: () => '/runs?flow=hello',
    before: (page) => page.getByRole('row').nth(1).getByRole('checkbox').click(),
    opener: button('Run again…'),
  },
  'Edit and re-run': { path: () => `/runs/${world.succeeded.id}`, opener: button('Edit and re-run') },
  Publish: {
    path: () => '/flows/hello/edit',
    before: (page) => page.getByRole('textbox', { name: 'Name', exact: true }).fill('Hello again'),
    opener: button(/^Publish v/),
  },
  'the choice of an event': { path: () => EDITOR, opener: button(/^(Change|Load one)$/) },
  'the picker of an edge': { path: () => EDITOR, opener: (page) => page.locator('.spot').first() },
};

describeInBrowser('the focus', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  describe.each([
    ['clicks give the focus to buttons', {}],
    ['clicks give no focus to buttons, as in Safari', { safariClicks: true }],
    ['frames are few', { fewFrames: true }],
  ])('where %s', (_, options) => {
    it.each(Object.entries(DIALOGS))('goes back to what opened “%s” when it is left by Escape', async (_name, dialog) => {
      const page = await open(dialog.path(), options);
      await dialog.before?.(page);
      const opener = dialog.opener(page);
      await opener.click();
      // Left before it has the focus, it has none to give back.
      await page.locator('[role="dialog"]:focus, [role="dialog"] :focus').first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await opener.and(page.locator(':focus')).waitFor();
    });
  });

  it('goes to the step that a key opened the picker on, and to the new step’s field when one is picked', async () => {
    const page = await open(EDITOR);
    await page.locator('[data-step="normalize"]').focus();
    await page.keyboard.press('a');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-step="normalize"]:focus').waitFor();
    await page.keyboard.press('a');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.type('print');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('[data-pointer="/with/message"]:focus').waitFor();
  });

  it('goes to the beginning of the page when what opened a dialog is gone', async () => {
    const page = await open('/flows');
    await page.getByRole('button', { name: 'New flow' }).click();
    await page.keyboard.type('Begun');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#main :focus').waitFor();
  });

  it('stays in the settings of a step whose id was changed, for Enter, for Tab and for what is clicked next', async () => {
    const page = await open(`${EDITOR}?step=notify`);
    const id = page.locator('[data-pointer="/id"]');
    await id.fill('tell');
    await page.keyboard.press('Enter');
    await page.waitForURL('**step=tell');
    await id.and(page.locator(':focus')).waitFor();
    await id.fill('tellThem');
    await page.keyboard.press('Tab');
    await page.waitForURL('**step=tellThem');
    await page.getByRole('button', { name: 'Close' }).and(page.locator(':focus')).waitFor();
    await id.fill('notify');
    await page.getByRole('button', { name: 'Insert a value into URL' }).click();
    await page.waitForURL('**step=notify');
    await page.getByRole('textbox', { name: 'Search keys and values' }).and(page.locator(':focus')).waitFor();
  });

  it('finds the rows selected still when what was to be done to them is left', async () => {
    const page = await open('/runs?flow=hello');
    await page.getByRole('row').nth(1).getByRole('checkbox').focus();
    await page.keyboard.press('x');
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('row').nth(1).locator('input:checked:focus').waitFor();
  });
});
