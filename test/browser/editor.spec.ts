import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DraftView, FlowView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { eventually } from '../support/flow-files.js';
import { codeArea, codeText } from './code-text.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function visitor(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const opened = await visit(world.instance, path, options);
  visitors.push(opened);
  return opened;
}

async function open(path: string): Promise<Page> {
  return (await visitor(path)).page;
}

function draftOf(flow: string): Promise<DraftView> {
  return world.instance.api<DraftView>(`flows/${flow}/draft`);
}

async function publish(flow: string, text: string): Promise<void> {
  await world.instance.api(`flows/${flow}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
}

describeInBrowser('whoever edits a flow', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it('builds a flow from an event, maps a field, and publishes what runs from then on', async () => {
    const page = await open(`/events/${world.succeeded.eventId}`);
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.getByRole('button', { name: 'Replay' }).waitFor();
    // A free id is needed only by whoever builds one.
    expect(asked).not.toContain('/api/v1/drafts');
    await page.getByRole('button', { name: 'Build a flow from this event' }).click();
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.getByRole('combobox').fill('log');
    await page.getByRole('option', { selected: true }).getByText('log', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.fill('Hello ');
    await message.pressSequentially('{{');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await page.getByText('= "Hello Ada"').waitFor();
    await page.getByText('Draft · saved').waitFor();
    await page.getByRole('button', { name: 'Publish v1' }).click();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Live v1').waitFor();
    const id = new URL(page.url()).pathname.split('/')[2]!;
    const { text } = await world.instance.api<FlowView>(`flows/${id}`);
    expect(text).toContain('"message": "Hello {{ trigger.body.name }}"');
  });

  it('adds and deletes a step with the keyboard alone, and undo brings it back', async () => {
    const page = await open('/flows/hello/edit?step=greet');
    await page.locator('[data-step="greet"]').focus();
    await page.keyboard.press('a');
    await page.getByRole('combobox').fill('wait');
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: /^Pause/ })
      .and(page.locator('[data-step="pause"]'))
      .waitFor();
    // Its first field gets the focus, a moment later.
    await page.locator('.inspector [data-pointer]:focus').waitFor();
    await page.locator('[data-step="pause"]').focus();
    await page.keyboard.press('Backspace');
    await page.getByText('Deleted pause').first().waitFor();
    await page.locator('[data-step="greet"]:focus').waitFor();
    expect(await page.locator('[data-step="pause"]').count()).toBe(0);
    await page.keyboard.press('Control+z');
    await page.locator('[data-step="pause"]').waitFor();
    await page.locator('[data-step="pause"]').focus();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByText('Draft · saved').waitFor();
    expect(stepIds((await draftOf('hello')).text)).toEqual(['greet', 'tell', 'pause']);
  });

  it('changes nothing of the flow by keys while the settings have the focus, wherever in them was clicked', async () => {
    const page = await open('/flows/order-to-crm/edit?step=notify');
    const panel = page.getByRole('complementary', { name: 'Inspector' });
    await page.locator('[data-step="notify"]').waitFor();
    const before = await page.locator('[data-step]').count();
    for (const spot of ['legend', '.panel-body', '.panel-head', '.test-foot']) {
      await panel
        .locator(spot)
        .first()
        .click({ position: { x: 12, y: 3 } });
      for (const key of ['Backspace', 'Delete', 'd', 'Alt+ArrowUp', 'ControlOrMeta+x', 'a']) await page.keyboard.press(key);
    }
    expect([await page.locator('[data-step]').count(), await page.getByRole('dialog').count()]).toEqual([before, 0]);
    await page.locator('[data-step="notify"]').click();
    await page.keyboard.press('Backspace');
    await page.getByText('Deleted notify').first().waitFor();
    await page.keyboard.press('Control+z');
    await page.locator('[data-step="notify"]').waitFor();
  });

  it('sees on each field what it gives for the loaded event, or that it is missing there', async () => {
    const page = await open(`/flows/order-to-crm/edit?step=createDeal&event=${world.failed.eventId}`);
    await page.getByText('= "Order #1042 of Ada Lovelace"').waitFor();
    await page.getByRole('textbox', { name: 'URL' }).fill('https://crm.example/{{ trigger.body.nobody }}');
    await page.getByText('missing in this event').waitFor();
  });

  it('is shown a conflict when the draft was saved in another browser, and loses neither text', async () => {
    const [mine, theirs] = [await open('/flows/patient/edit'), await open('/flows/patient/edit')];
    await Promise.all([mine, theirs].map((page) => page.getByRole('textbox', { name: 'Name' }).waitFor()));
    await theirs.getByRole('textbox', { name: 'Name' }).fill('Theirs');
    await theirs.getByText('Draft · saved').waitFor();
    await eventually('their draft', async () => ((await draftOf('patient')).text.includes('"Theirs"') ? true : undefined));
    await mine.getByRole('textbox', { name: 'Name' }).fill('Mine');
    const conflict = mine.getByRole('alert', { name: 'Conflict' });
    await conflict.getByRole('button', { name: 'Show the difference' }).click();
    await conflict.getByText('changed from "Theirs" to "Mine"').waitFor();
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await mine.getByRole('heading', { name: 'Theirs' }).waitFor();
    await mine.keyboard.press('Control+z');
    await mine.getByRole('heading', { name: 'Mine' }).waitFor();
    await eventually('my draft', async () => ((await draftOf('patient')).text.includes('"Mine"') ? true : undefined));
  });

  it('keeps what was typed while the server is away, over a reload too', async () => {
    const { page, context } = await visitor('/flows/shop/edit');
    await page.getByRole('textbox', { name: 'Name' }).waitFor();
    await context.route('**/api/v1/flows/shop/draft', (route) => (route.request().method() === 'PUT' ? route.abort() : route.fallback()));
    await page.getByRole('textbox', { name: 'Name' }).fill('Kept');
    await page.getByText('Offline, 1 change kept').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Kept' }).waitFor();
    await context.unroute('**/api/v1/flows/shop/draft');
    await page.getByText('Draft · saved').waitFor();
    expect((await draftOf('shop')).text).toContain('"Kept"');
    await page.keyboard.press('Control+z');
    await page.getByRole('heading', { name: 'Shop orders' }).waitFor();
  });

  it('is led from a problem to the field that it is about', async () => {
    const page = await open('/flows/hello/edit?step=tell');
    await page.getByRole('textbox', { name: 'Message' }).fill('{{ steps.nobody.text }}');
    await page.getByRole('button', { name: '1 problem' }).click();
    await page
      .getByRole('button', { name: /nobody/ })
      .and(page.locator('.problem'))
      .click();
    await page.locator('[data-pointer="/with/message"]:focus').waitFor();
  });

  it('says what starts a flow: a schedule, requests to its own URL, or those of a shared endpoint', async () => {
    const opened = await visitor('/flows');
    const { page } = opened;
    const trigger = async (): Promise<unknown> => (JSON.parse((await draftOf('tidy-up')).text) as { trigger: unknown }).trigger;
    const written = (expected: object): Promise<true> =>
      eventually(JSON.stringify(expected), async () => (JSON.stringify(await trigger()) === JSON.stringify(expected) ? true : undefined));
    await page.getByRole('button', { name: 'New flow' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Tidy up');
    await page.getByLabel('What starts it').selectOption('A schedule');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-step="trigger"]').click();
    const cron = page.locator('[data-pointer="/trigger/cron"]');
    await page.locator('[data-pointer="/trigger/timezone"]').fill('Europe/Berlin');
    await page.getByText('At 06:00, Europe/Berlin.').waitFor();
    await cron.fill('0 6 * *');
    await page
      .locator('[data-step="trigger"]')
      .getByText(/is not a cron line/)
      .waitFor();
    expect(await accessibilityFaults(opened)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /is not a cron line/ })
      .click();
    await page.locator('[data-pointer="/trigger/cron"]:focus').waitFor();
    await page.getByLabel('Goes by').selectOption('An interval');
    await page.locator('[data-pointer="/trigger/every"]').fill('15m');
    await written({ type: 'schedule', every: '15m' });
    await page.getByLabel('What starts it').selectOption('A request');
    await page.getByLabel('Credential').first().selectOption('partner');
    await page.getByText('Requests', { exact: true }).click();
    await page.locator('[data-pointer="/trigger/methods"]').fill('POST, PUT');
    await written({ type: 'webhook', credential: 'partner', methods: ['POST', 'PUT'] });
    await page.getByLabel('Comes in at').selectOption({ label: 'Shop events (shop-events)' });
    await written({ type: 'webhook', endpoint: 'shop-events' });
    expect(await page.locator('[data-pointer="/trigger/credential"]').count()).toBe(0);
    await picture(opened, 'trigger');
    await page.keyboard.press('Control+z');
    await written({ type: 'webhook', credential: 'partner', methods: ['POST', 'PUT'] });
    expect(opened.complaints).toEqual([]);
  });

  it('finds a draft that was never published among the flows, and discards it when asked twice', async () => {
    const page = await open('/flows');
    await page.getByRole('button', { name: 'New flow' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Half done');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Draft · saved').waitFor();
    await page.getByRole('link', { name: 'Flows', exact: true }).first().click();
    await page
      .getByRole('row', { name: /Half done/ })
      .getByText('Never published.')
      .waitFor();
    await page.getByRole('button', { name: 'New flow' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Half done');
    await page.getByText('/flows/half-done-2/hook').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Half done' }).click();
    await page.getByRole('button', { name: 'Discard the draft' }).click();
    await page.getByRole('button', { name: 'Discard the draft of half-done for good' }).click();
    await page.getByRole('link', { name: 'Order to CRM' }).waitFor();
    expect(await page.getByRole('link', { name: 'Half done' }).count()).toBe(0);
    await expect(draftOf('half-done')).rejects.toThrow('404');
  });

  it('is led from publishing to the credential that a step lacks, and makes it there', async () => {
    const page = await open('/flows/hello/edit?step=tell');
    await page.locator('[data-step="tell"]').focus();
    await page.keyboard.press('a');
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.keyboard.type('slack');
    await page.getByRole('option', { name: /Slack/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Hi');
    await page.getByRole('button', { name: /^Publish v/ }).click();
    const review = page.getByRole('dialog', { name: /^Publish version/ });
    await review.getByText('This must be mended first.').waitFor();
    expect(await review.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true);
    await review.getByRole('button', { name: /needs a credential/ }).click();
    await page.locator('[data-pointer="/credential"]:focus').waitFor();
    await page.getByRole('button', { name: 'new credential' }).click();
    await page.getByLabel('Webhook URL').fill('http://127.0.0.1:9/services/nobody');
    await page.getByRole('button', { name: 'Make the credential' }).click();
    await page.getByLabel('Credential needed').and(page.locator('[data-pointer="/credential"]')).waitFor();
    await eventually('the draft to name it', async () => (/"credential": ?"slack"/.test((await draftOf('hello')).text) ? true : undefined));
    await page
      .getByText(/needs a credential/)
      .first()
      .waitFor({ state: 'detached' });
    await world.instance.api('flows/hello/draft', { method: 'DELETE', headers: { 'if-match': String((await draftOf('hello')).revision) } });
  });

  it('leaves a text that was opened and not changed as it is', async () => {
    const page = await open('/flows/partner/edit?view=text');
    const { text } = await world.instance.api<FlowView>('flows/partner');
    expect(await codeText(page)).toBe(text);
    expect(await page.getByRole('button', { name: /^Publish/ }).isDisabled()).toBe(true);
  });

  it('comes from a failed run to the step that failed, with the event of the run loaded', async () => {
    const page = await open(`/runs/${world.failed.id}`);
    await page.getByRole('link', { name: 'Fix in editor' }).click();
    await page.getByRole('textbox', { name: 'Id' }).and(page.locator('[value="notify"]')).waitFor();
    await page.getByText('= "order-1042"').waitFor();
  });

  it('retries a failed run from where it failed, and is shown the new run', async () => {
    const page = await open(`/runs/${world.failed.id}`);
    await page.getByRole('button', { name: 'Retry from here' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(world.failed.id));
  });

  it('runs a run again with another body', async () => {
    const page = await open(`/runs/${world.succeeded.id}`);
    await page.getByRole('button', { name: 'Edit and re-run' }).click();
    await page.getByRole('textbox', { name: 'Body' }).fill('{ "name": "Grace" }');
    await page.getByRole('button', { name: 'Run with this body' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(world.succeeded.id));
    await page.locator('[data-step="tell"]').click();
    await page.getByText('Hello Grace').first().waitFor();
  });

  it('discards a failed run on the page that lists those that wait', async () => {
    const page = await open('/health');
    const one = page.getByRole('button', { name: /^Discard order-to-crm [0-9a-f]{6}$/ }).first();
    const several = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Discard \d+ runs of order-to-crm/ }) });
    const cause = several.getByRole('button', { name: /^\d+ runs$/ });
    await one.or(cause).first().waitFor();
    if ((await one.count()) === 0) await cause.first().click();
    await one.click();
    await page.getByText('1 run discarded').waitFor({ state: 'attached' });
  });

  it('archives a flow when asked twice, and brings it back by a roll back', async () => {
    await publish('short-lived', '{ "format": 1, "id": "short-lived", "trigger": { "type": "webhook" }, "steps": [] }');
    const page = await open('/flows/short-lived');
    await page.getByRole('button', { name: 'Archive the flow' }).click();
    await page.getByRole('button', { name: 'Archive short-lived' }).click();
    await page.getByText('It is archived: nothing starts it.').waitFor();
    await page.getByRole('link', { name: 'Flows', exact: true }).first().click();
    await page.getByRole('link', { name: 'Order to CRM' }).waitFor();
    expect(await page.getByRole('link', { name: 'short-lived' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Archived' }).click();
    await page.getByRole('link', { name: 'short-lived' }).click();
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Roll back to v1…' }).click();
    await page.getByRole('dialog', { name: 'Roll back to version 1' }).getByRole('button', { name: 'Roll back to v1' }).click();
    await page.getByText('Live v1').waitFor();
  });

  it('pauses a flow on its page, and resumes it there', async () => {
    const page = await open('/flows/partner');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText(/^Live v\d+$/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });

  it('rolls back to an older version, which is a new one', async () => {
    const { text } = await world.instance.api<FlowView>('flows/partner');
    await publish('partner', text!.replace('Partner orders', 'Partner orders, new'));
    const page = await open('/flows/partner/versions');
    await page.getByRole('button', { name: 'Changes in v2' }).click();
    await page.getByText('changed from "Partner orders" to "Partner orders, new"').waitFor();
    await page.getByRole('button', { name: 'Roll back to v1…' }).click();
    const review = page.getByRole('dialog', { name: 'Roll back to version 1' });
    await review.getByText('changed from "Partner orders, new" to "Partner orders"').waitFor();
    expect((await world.instance.api<FlowView>('flows/partner')).version).toBe(2);
    await review.getByRole('button', { name: 'Roll back to v1' }).click();
    await page.getByText('Live v3').waitFor();
    expect((await world.instance.api<FlowView>('flows/partner')).text).toBe(text);
  });

  describe.each<Theme>(['light', 'dark'])('in the %s theme', (theme) => {
    const pages: readonly (readonly [string, () => string])[] = [
      ['editor', () => `/flows/order-to-crm/edit?step=createDeal&event=${world.failed.eventId}`],
      ['editor-flow', () => '/flows/order-to-crm/edit'],
      ['editor-text', () => '/flows/order-to-crm/edit?view=text'],
    ];
    it.each(pages)('%s is accessible and complains about nothing', async (name, path) => {
      const opened = await visitor(path(), { theme });
      await (name === 'editor-text' ? codeArea(opened.page) : opened.page.getByRole('textbox').first()).waitFor();
      await picture(opened, `${name}-${theme}`);
      expect(await accessibilityFaults(opened)).toEqual([]);
      expect(opened.complaints).toEqual([]);
    });

    it('the picker is accessible', async () => {
      const opened = await visitor('/flows/order-to-crm/edit', { theme });
      await opened.page.locator('[data-step="trigger"]').focus();
      await opened.page.keyboard.press('a');
      await opened.page.getByRole('option').first().waitFor();
      await picture(opened, `picker-${theme}`);
      expect(await accessibilityFaults(opened)).toEqual([]);
    });
  });
});

function stepIds(text: string): string[] {
  return (JSON.parse(text) as { steps: { id: string }[] }).steps.map(({ id }) => id);
}
