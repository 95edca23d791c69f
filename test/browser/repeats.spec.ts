import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { DraftView, FlowView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, inTheme, picture, visit, type Visitor } from '../support/browser.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

let receiver: Receiver;
let instance: TestInstance;
let opened: Visitor | undefined;

/** Three pages of orders; each but the last names the next. */
function page(url: string): object {
  const at = Number(new URL(url, receiver.url).searchParams.get('cursor') ?? 0);
  return { orders: [`order ${at + 1}`], ...(at < 2 && { next: String(at + 1) }) };
}

function field(page: Page, name: string): Locator {
  return page.getByRole('textbox', { name, exact: true });
}

async function send(flow: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: '{"shop":"north"}' });
  return ((await response.json()) as { runId: string }).runId;
}

async function draftHas(text: string): Promise<void> {
  await eventually(`${text} in the draft`, async () => {
    const draft = await instance.api<DraftView>('flows/orders/draft').catch(() => undefined);
    return draft?.text.includes(text) ? true : undefined;
  });
}

describeInBrowser('whoever follows the pages of an API', () => {
  beforeAll(async () => {
    receiver = await startReceiver(({ url }) => ({ status: 200, body: page(url) }));
    instance = await startInstance({ flows: webhookFlow('orders', {}, [{ id: 'start', set: { shop: '{{ trigger.body.shop }}' } }]) });
    await send('orders');
  }, 180_000);
  afterAll(async () => {
    await opened?.context.close();
    await instance.stop();
    await receiver.close();
  });

  it('adds the repetition, tests its first round, asks for what that gave, publishes, and looks at each round', async () => {
    opened = await visit(instance, '/flows/orders/edit?step=start');
    const { page } = opened;
    page.setDefaultTimeout(15_000);
    await page.locator('[data-step="start"]').focus();
    await page.keyboard.press('a');
    await page.getByRole('combobox').fill('pagination');
    await page.getByRole('option', { selected: true }).getByText('Repeat', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await field(page, 'Again while').waitFor();
    await page.getByRole('button', { name: 'Add a step at the end of Repeat' }).click();
    await page.getByRole('combobox').fill('http.request');
    await page.getByRole('option', { selected: true }).getByText('Call an HTTP API', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await field(page, 'URL').fill(`${receiver.url}/orders?cursor={{ previous.body.next ?? '0' }}`);
    await draftHas("previous.body.next ?? '0'");
    await page
      .getByRole('button', { name: /^Test step/ })
      .first()
      .click();
    await page.getByText('200', { exact: true }).first().waitFor();
    await page.locator('[data-step="repeat"]').click();
    await field(page, 'Again while').click();
    await page.keyboard.type('{next');
    await page.getByRole('option', { name: /"1"/ }).first().waitFor();
    await picture(opened, 'repeat-while');
    await page.keyboard.press('Enter');
    await draftHas('{{ steps.request.body.next }}');
    for (const theme of ['light', 'dark'] as const) {
      await inTheme(page, theme);
      expect(await accessibilityFaults(opened)).toEqual([]);
      await picture(opened, `repeat-edit-${theme}`);
    }
    await page.getByRole('button', { name: /^Publish v2/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Live v2').waitFor();
    expect((await instance.api<FlowView>('flows/orders')).text).toContain('"repeat"');
    const run = await endOf(instance, await send('orders'));
    expect(run.status).toBe('succeeded');
    await page.goto(`${instance.url}/runs/${run.id}?step=repeat`);
    const strip = page.getByRole('group', { name: 'Iterations' });
    await strip.waitFor();
    await strip.getByRole('button', { name: 'Next iteration' }).click();
    await strip.getByRole('button', { name: 'Next iteration' }).click();
    await page.waitForURL(/iter=repeat%3A2/);
    await picture(opened, 'repeat-run');
    expect(await accessibilityFaults(opened)).toEqual([]);
    for (const view of ['list', 'timeline']) {
      await page.goto(`${instance.url}/runs/${run.id}?view=${view}`);
      const second = page.getByRole('button', { name: 'Request, item 2', exact: true });
      await second.click();
      await page.waitForURL(/step=request&iter=repeat%3A1|iter=repeat%3A1&step=request/);
      expect(await page.locator('[aria-current="step"]').allInnerTexts()).toEqual(['Request, item 2']);
      await page.getByRole('complementary', { name: 'Inspector' }).getByText('cursor=1').first().waitFor();
    }
    await picture(opened, 'repeat-timeline');
    expect(opened.complaints).toEqual([]);
  });
});
