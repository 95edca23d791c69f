import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DraftView, FlowView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { codeArea } from './code-text.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const visitors: Visitor[] = [];

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const visitor = await visit(instance, path, options);
  visitor.page.setDefaultTimeout(15_000);
  visitors.push(visitor);
  return visitor;
}

function draft(flow: string): Promise<string> {
  return instance.api<DraftView>(`flows/${flow}/draft`).then(
    ({ text }) => text,
    () => '',
  );
}

async function saved(flow: string, words: string): Promise<void> {
  await eventually(`${words} in the draft of ${flow}`, async () => ((await draft(flow)).includes(words) ? true : undefined));
}

const STEPS = [{ id: 'greet', set: { text: 'Hello {{ trigger.body.name }}' } }];
const FILE = webhookFlow('file', {}, STEPS, { name: 'On disk' });

async function rename(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
}

describeInBrowser('an editor of a flow', () => {
  beforeAll(async () => {
    const flows = ['keys', 'away', 'one', 'two', 'code'].map((id) => webhookFlow(id, {}, STEPS, { name: `Flow ${id}` }));
    instance = await startInstance({ flows: Object.assign({}, ...flows, FILE) as Record<string, object> });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${instance.url}/flows/keys/hook`, { method: 'POST', headers, body: JSON.stringify({ name: 'Ada' }) });
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('takes what is typed right after the key that opens the search', async () => {
    const { page } = await open('/flows/two/edit?step=greet', { fewFrames: true });
    await page.locator('[data-step="greet"]').focus();
    await page.keyboard.press('a');
    const search = page.getByRole('combobox', { name: /^Search apps/ });
    await search.waitFor();
    await page.keyboard.type('did');
    expect(await search.inputValue()).toBe('did');
    expect(await page.locator('.node').count()).toBe(2);
  });

  it('builds, maps, publishes and inspects without a pointer', async () => {
    const { page } = await open('/flows/keys/edit');
    await page.locator('[data-step="trigger"]').waitFor();
    await tabTo(page, '[data-step="trigger"]');
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-step="greet"]:focus').waitFor();
    await page.keyboard.press('a');
    await page.getByRole('combobox', { name: /^Search apps/ }).waitFor();
    await page.keyboard.type('print');
    await page.keyboard.press('Enter');
    await page.locator('[data-pointer="/with/message"]:focus').waitFor();
    await page.keyboard.type('It says /');
    await page.keyboard.type('hello');
    await page.keyboard.press('Enter');
    await page.getByText('= "It says Hello Ada"').waitFor();
    await saved('keys', 'It says {{ steps.greet.text }}');
    await tabTo(page, 'button:has-text("Publish v2")');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Publish version 2' }).waitFor();
    await tabTo(page, '.publish button[data-look="ink"]');
    await page.keyboard.press('Enter');
    await page.getByText('Live v2').first().waitFor();
    const headers = { 'content-type': 'application/json' };
    const sent = await fetch(`${instance.url}/flows/keys/hook`, { method: 'POST', headers, body: JSON.stringify({ name: 'Grace' }) });
    const { runIds } = (await sent.json()) as { runIds: string[] };
    await page.goto(`${instance.url}/runs/${runIds[0]}`);
    await page.getByText('Run succeeded').first().waitFor();
    await tabTo(page, '[data-step="trigger"]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByText('It says Hello Grace').first().waitFor();
  });

  it('keeps every change while the server is away, counts them, and saves them when it is back', async () => {
    const { page, context } = await open('/flows/away/edit?step=greet');
    await page.locator('[data-step="greet"]').focus();
    await context.route('**/api/v1/**', (route) => route.abort());
    for (let times = 0; times < 4; times += 1) await page.keyboard.press('d');
    await page.getByText('Offline, 4 changes kept').waitFor();
    await page.locator('.node').nth(5).waitFor();
    await context.unroute('**/api/v1/**');
    await page.getByText('Draft · saved').waitFor();
    await saved('away', 'greet5');
  });

  it('never mixes two flows when the browser goes back and forth', async () => {
    const { page } = await open('/flows/one/edit');
    await rename(page, 'One, changed');
    await page.goto(`${instance.url}/flows/two/edit`);
    await rename(page, 'Two, changed');
    await page.goBack();
    await page.getByRole('heading', { name: 'One, changed' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { name: 'Two, changed' }).waitFor();
    await saved('one', '"One, changed"');
    await saved('two', '"Two, changed"');
    expect([(await draft('one')).includes('Two'), (await draft('two')).includes('One')]).toEqual([false, false]);
  });

  it('shows a file that was changed on disk as a conflict when it publishes, and loses neither text', async () => {
    const { page } = await open('/flows/file/edit');
    await rename(page, 'Mine');
    await saved('file', '"Mine"');
    const theirs = JSON.stringify({ ...FILE['file'], name: 'Theirs, on disk' });
    await writeFile(join(instance.flows, 'file.json'), theirs);
    await eventually('the file to be live', async () =>
      (await instance.api<FlowView>('flows/file')).text?.includes('Theirs') ? true : undefined,
    );
    await page.getByRole('button', { name: /^Publish v/ }).click();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const conflict = page.getByRole('alert', { name: 'Conflict' });
    await conflict.getByRole('button', { name: 'Show the difference' }).click();
    await conflict.getByText('changed from "Theirs, on disk" to "Mine"').waitFor();
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await page.getByRole('heading', { name: 'Theirs, on disk' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
  });

  it('writes the text with what the schema and the components know, and the drawing follows', async () => {
    const { page } = await open('/flows/code/edit?view=text');
    const area = codeArea(page);
    const { text } = await instance.api<FlowView>('flows/code');
    await area.fill(text!.replace('"steps":[', '"steps":[\n{ },\n'));
    await area.focus();
    for (const key of ['Control+Home', 'ArrowDown', 'Home', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await page.keyboard.type('us');
    await page.getByRole('option', { name: /^use/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: /^log/ }).click();
    await page.keyboard.type(', "id": "noted", "wi');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: /^message/ }).click();
    await page.keyboard.type('from code');
    await saved('code', '"message": "from code"');
    await page.getByRole('link', { name: 'Canvas' }).click();
    await page.locator('[data-step="noted"]').waitFor();
  });

  it.each<Theme>(['light', 'dark'])('is accessible with completions of the text open, in the %s theme', async (theme) => {
    const visitor = await open('/flows/two/edit?view=text', { theme });
    await codeArea(visitor.page).focus();
    await visitor.page.keyboard.press('Control+Home');
    await visitor.page.keyboard.press('ArrowRight');
    await visitor.page.keyboard.press('Control+Space');
    await visitor.page.getByRole('listbox', { name: 'What can be written here' }).waitFor();
    await picture(visitor, `code-${theme}`);
    expect(await accessibilityFaults(visitor)).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
});

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < 80; press += 1) {
    if ((await page.locator(selector).and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector}.`);
}
