import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { EventPage } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, inTheme, picture, visit, type Visitor } from '../support/browser.js';
import { webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

/** From the first page to a published flow: so many clicks and no more. */
const CLICKS = 8;

let receiver: Receiver;
let instance: TestInstance;
let opened: Visitor;

/** Counts what is really pressed, in the page itself: it is never loaded anew on the way. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  const clicks = 'Number(document.body.dataset.clicks ?? 0)';
  await page.evaluate(`document.addEventListener('pointerdown', () => (document.body.dataset.clicks = String(${clicks} + 1)), true)`);
  return () => page.evaluate<number>(clicks);
}

describeInBrowser('whoever comes for the first time', () => {
  beforeAll(async () => {
    receiver = await startReceiver(() => ({ status: 200, body: { taken: true } }));
    instance = await startInstance({
      flows: webhookFlow('hello', {}, [{ id: 'tell', use: 'log', with: { message: 'Hello' } }], { name: 'Hello' }),
    });
  });
  afterAll(async () => {
    await opened?.context.close();
    await instance.stop();
    await receiver.close();
  });

  it('sends a sample, builds a flow from it, maps a field, tests the step and publishes, in eight clicks', async () => {
    opened = await visit(instance);
    const { page } = opened;
    page.setDefaultTimeout(15_000);
    const button = (name: RegExp | string, within: Page | Locator = page): Locator => within.getByRole('button', { name, exact: true });
    await page.getByText('Waiting for your first event…').waitFor();
    const clicks = await countClicks(page);
    await button('Send a sample for me').click();
    await page.getByText(/^Received POST/).waitFor();
    await picture(opened, 'first-run-received');
    await page.getByRole('button', { name: 'Build a flow from this event' }).click();
    const picker = page.getByRole('dialog', { name: 'What should happen next?' });
    await picker.getByRole('option', { name: /Call an HTTP API/ }).click();
    const url = page.getByRole('textbox', { name: 'URL', exact: true });
    await url.and(page.locator(':focus')).waitFor();
    await page.keyboard.type(`${receiver.url}/people/`);
    await button('Insert a value into URL').click();
    await page.getByRole('option', { name: /^email/ }).click();
    await page.getByText(`= "${receiver.url}/people/ada@example.com"`).waitFor();
    const foot = page.getByRole('region', { name: 'Test' });
    const inked = (): Promise<string[]> => page.locator('.button[data-look="ink"]').allInnerTexts();
    expect(await inked()).toEqual([expect.stringMatching(/^Test step/)]);
    await button(/^Test step/, foot).click();
    await foot.getByText('Publish to run it on every event.').waitFor();
    expect(await inked()).toEqual(['Publish v1']);
    expect(receiver.requests.map((request) => request.url)).toEqual(['/people/ada@example.com']);
    // A first request begins with what identifies the event.
    expect(receiver.requests.map(({ text }) => JSON.parse(text) as unknown)).toEqual([
      { name: 'Ada', email: 'ada@example.com', seats: 60 },
    ]);
    await picture(opened, 'first-run-tested');
    for (const colorScheme of ['light', 'dark'] as const) {
      await inTheme(page, colorScheme);
      expect(await accessibilityFaults(opened)).toEqual([]);
    }
    await picture(opened, 'first-run-tested-dark');
    await button('Publish', foot).click();
    await button('Publish', page.getByRole('dialog', { name: 'Publish version 1' })).click();
    await page.getByText('Live v1').waitFor();
    expect(await clicks()).toBe(CLICKS);
    expect((await instance.api<EventPage>('events')).items).toHaveLength(1);
    expect(opened.complaints).toEqual([]);
  });
});
