import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { DraftView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { eventually } from '../support/flow-files.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const visitor = await visit(world.instance, path, options);
  visitor.page.setDefaultTimeout(10_000);
  visitors.push(visitor);
  return visitor;
}

/** The text of a step's field is in the draft on the server, sooner or later. */
function saved(flow: string, expected: string): Promise<void> {
  return written(flow, JSON.stringify(expected).slice(1, -1));
}

/** These characters are in the draft on the server, sooner or later. */
async function written(flow: string, expected: string): Promise<void> {
  const read = async (): Promise<string> =>
    world.instance.api<DraftView>(`flows/${flow}/draft`).then(
      ({ text }) => text,
      () => 'There is no draft yet.',
    );
  await eventually(`${expected} in the draft`, async () => ((await read()).includes(expected) ? true : undefined)).catch(async () =>
    expect(await read()).toContain(expected),
  );
}

function field(page: Page, name: string): Locator {
  return page.getByRole('textbox', { name, exact: true });
}

/** What is under the field. */
function below(page: Page, name: string): Locator {
  return page.locator('.mapped', { has: field(page, name) }).locator('.mapped-about');
}

const TELL = '/flows/hello/edit?step=tell';

describeInBrowser('a mapped field', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it('is text with chips: a reference is put in by keys, shows its value, and goes with one Backspace', async () => {
    const { page } = await open(TELL);
    await field(page, 'Message').fill('');
    await field(page, 'Message').pressSequentially('Dear /');
    await page.getByRole('option', { name: /^Trigger/ }).waitFor();
    await page.keyboard.type('ada');
    await page.getByRole('option', { name: /Ada/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type(', hi {');
    await page.keyboard.type('text');
    // What earlier steps gave comes from the server.
    await page.getByRole('option', { name: /Hello Ada/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('.');
    await below(page, 'Message').getByText('= "Dear Ada, hi Hello Ada."').waitFor();
    expect(await field(page, 'Message').locator('.field-chip').allInnerTexts()).toEqual(['body.name', 'greet.text']);
    await saved('hello', 'Dear {{ trigger.body.name }}, hi {{ steps.greet.text }}.');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Backspace');
    await below(page, 'Message').getByText('= "Dear Ada, hi ."').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.type('Oh ');
    await saved('hello', 'Oh Dear {{ trigger.body.name }}, hi .');
  });

  it('shows the values when it is clicked while it is empty, and takes what is typed as its text all the same', async () => {
    const { page } = await open(TELL);
    const message = field(page, 'Message');
    await message.fill('');
    await message.click();
    const values = page.getByRole('listbox', { name: 'Values to insert' });
    await values.waitFor();
    await page.keyboard.type('Good day');
    await written('hello', '"message":"Good day"');
    expect(await values.count()).toBe(0);
    await message.fill('');
    await message.click();
    await values.waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.getByRole('option', { name: /^Trigger/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await written('hello', '"message":"{{ trigger }}"');
  });

  it('has fields for the members of an object, and for each item of a list', async () => {
    const { page } = await open('/flows/hello/edit?step=tell');
    await page.locator('[data-step="tell"]').focus();
    await page.keyboard.press('a');
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.keyboard.type('zendesk');
    await page
      .getByRole('option', { name: /Zendesk/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await field(page, 'E-mail').fill('ada@example.com');
    await page.getByRole('button', { name: 'Add to tags' }).click();
    await field(page, 'Tags 1').fill('urgent');
    await written('hello', '"requester":{"email":"ada@example.com"},"tags":["urgent"]');
    await field(page, 'E-mail').fill('');
    await page.getByRole('button', { name: 'Tags as text' }).click();
    await field(page, 'Tags').fill('{{ trigger.body.tags }}');
    await written('hello', '"with":{"tags":"{{ trigger.body.tags }}"}');
    await page.getByRole('button', { name: 'Delete the step' }).click();
  });

  it('takes a value into a member of an object by the same keys as into a text, also inside of JSON', async () => {
    const { page } = await open(`/flows/order-to-crm/edit?step=createDeal&event=${world.failed.eventId}`);
    const amount = field(page, 'Body amount');
    const values = page.getByRole('listbox', { name: 'Values to insert' });
    for (const typed of ['/', '{']) {
      await amount.fill('');
      await amount.pressSequentially(`${typed}body.total`);
      await page
        .getByRole('option', { name: /812\.5/ })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await written('order-to-crm', '"amount":"{{ trigger.body.total }}"');
    }
    await amount.fill('');
    await amount.pressSequentially('{"sum": "/body.total');
    await page
      .getByRole('option', { name: /812\.5/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('"}');
    await written('order-to-crm', '"amount":{"sum":"{{ trigger.body.total }}"}');
    expect(await values.count()).toBe(0);
  });

  it('takes a brace that begins an object as it is typed: no value is put in its place by Enter', async () => {
    const { page } = await open(`/flows/order-to-crm/edit?step=createDeal&event=${world.failed.eventId}`);
    const amount = field(page, 'Body amount');
    await amount.fill('');
    await amount.pressSequentially('{');
    const values = page.getByRole('listbox', { name: 'Values to insert' });
    await values.waitFor();
    expect(await values.getByRole('option', { selected: true }).count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.keyboard.type('"sum": 1}');
    await written('order-to-crm', '"amount":{"sum":1}');
  });

  it('keeps the focus where Tab took it from the name of a member that was changed', async () => {
    const { page } = await open('/flows/order-to-crm/edit?step=createDeal');
    await page.getByRole('button', { name: 'Add to body' }).click();
    await page.getByRole('textbox', { name: 'Name in Body' }).last().fill('source');
    await page.keyboard.press('Tab');
    await page.locator('[data-pointer="/with/body/source"]:focus').waitFor();
    await page.keyboard.type('shop');
    await written('order-to-crm', '"source":"shop"');
    await page.getByRole('button', { name: 'Remove amount' }).click();
    await page.getByRole('button', { name: 'Remove amount' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: 'Name in Body' }).nth(1).inputValue()).toBe('source');
  });

  it('keeps the focus from the first character of a body to the last that is deleted, and its other way while that is empty', async () => {
    const { page } = await open('/flows/patient/edit?step=knock');
    const inRows = page.getByRole('button', { name: 'Body as names and values' });
    await field(page, 'Body').click();
    await page.keyboard.type('hege');
    await written('patient', '"body":"hege"');
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('Backspace');
    await inRows.waitFor();
    await page.keyboard.type('ge');
    expect(await field(page, 'Body').innerText()).toBe('ge');
    await inRows.waitFor({ state: 'detached' });
    await field(page, 'Body').fill('{"a":1}');
    await inRows.click();
    await page.getByRole('button', { name: 'Body as text' }).click();
    await field(page, 'Body').fill('{{ trigger.body }}');
    await field(page, 'Body').press('ControlOrMeta+A');
    await page.keyboard.type('x');
    expect(await field(page, 'Body').innerText()).toBe('x');
    expect(new URL(page.url()).pathname).toBe('/flows/patient/edit');
  });

  it('begins a member at its name, and keeps the place of one that is renamed, with the focus', async () => {
    const { page } = await open('/flows/order-to-crm/edit?step=notify');
    const names = page.getByRole('textbox', { name: 'Name in Body' });
    await page.getByRole('button', { name: 'Add to body' }).click();
    await names.nth(3).and(page.locator(':focus')).waitFor();
    await page.keyboard.type('source');
    await page.keyboard.press('Enter');
    await written('order-to-crm', '"source":""');
    await names.nth(1).fill('ref');
    await page.keyboard.press('Enter');
    await written('order-to-crm', '"ref":"order-{{ steps.normalize.id }}","ship_by"');
    expect(await names.evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value))).toEqual([
      ...['order_id', 'ref', 'ship_by', 'source'],
    ]);
    await names.nth(1).and(page.locator(':focus')).waitFor();
  });

  it('takes what stands around a reference in a condition as one expression with it', async () => {
    const { page } = await open(`/flows/order-to-crm/edit?step=large&event=${world.failed.eventId}`);
    const condition = field(page, 'Condition');
    await condition.fill('');
    await condition.press('End');
    await page.keyboard.type('{total');
    await page
      .getByRole('option', { name: /812\.5/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type(' >');
    await below(page, 'Condition').getByText('A condition is one whole expression').waitFor();
    await page.locator('[data-step="large"]', { hasText: 'Not a condition yet' }).waitFor();
    await page.keyboard.type(' 500');
    await below(page, 'Condition').getByText('= true').waitFor();
    await written('order-to-crm', '"if":"{{ trigger.body.total > 500 }}"');
    expect(await page.locator('.problems').count()).toBe(0);
    await condition.fill('{{ trigger.body.total }} or');
    await below(page, 'Condition').locator('code', { hasText: '{{ trigger.body.total or }}' }).waitFor();
    await page.locator('.test-foot code', { hasText: '{{ trigger.body.total or }}' }).waitFor();
    await page.locator('[data-step="large"]', { hasText: 'write {{ trigger.body.total or }}' }).waitFor();
  });

  it('offers the error where something has failed, and says what such a reference is', async () => {
    const { page } = await open(`/flows/order-to-crm/edit?step=alarm&event=${world.failed.eventId}`);
    const message = field(page, 'Message');
    await message.fill('');
    await message.pressSequentially('{error');
    const offered = page.getByRole('listbox', { name: 'Values to insert' });
    await offered.locator('[data-path="error.code"]', { hasText: 'http.502' }).waitFor();
    await message.fill('{{ error.code }}');
    await below(page, 'Message').getByText('= "http.502"').waitFor();
    await page.goto(`${world.instance.url}/flows/patient/edit?step=report`);
    await message.fill('{{ error.message }}');
    await below(page, 'Message').getByText('known when something has failed').waitFor();
    expect(await page.getByRole('button', { name: 'Use default…' }).count()).toBe(0);
  });

  it('walks over a chip in one step, and types on both sides of it', async () => {
    const { page } = await open(TELL);
    await field(page, 'Message').fill('{{ trigger.body.name }}{{ steps.greet.text }}');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('-');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('<');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Delete');
    await saved('hello', '<{{ trigger.body.name }}');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('x');
    await saved('hello', '<{{ trigger.body.name }}\nx');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Backspace');
    await saved('hello', '<');
  });

  it('is empty without a trace once its last word was deleted by word, and deletes a chip as a word', async () => {
    const { page } = await open(TELL);
    const message = field(page, 'Message');
    const held = (): Promise<unknown> => page.evaluate('[document.activeElement.textContent, document.activeElement.children.length]');
    await message.fill('hello');
    await written('hello', '"message":"hello"');
    await page.keyboard.press('Control+Backspace');
    await written('hello', '"message":""');
    expect(await held()).toEqual(['', 0]);
    await message.fill('hello');
    await page.keyboard.press('Home');
    await page.keyboard.press('Control+Delete');
    expect(await held()).toEqual(['', 0]);
    await message.fill('one {{ trigger.body.name }} two');
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('three');
    await page.keyboard.press('Control+Backspace');
    await saved('hello', 'one {{ trigger.body.name }} two\n');
    await page.keyboard.press('Control+Backspace');
    await page.keyboard.press('Control+Backspace');
    await saved('hello', 'one {{ trigger.body.name }} ');
    await page.keyboard.press('Control+Backspace');
    await page.keyboard.type('four');
    await saved('hello', 'one four');
  });

  it('begins a line with Enter only where a text may well have several, and leaves Ctrl Enter to the test', async () => {
    const { page } = await open(TELL);
    const message = field(page, 'Message');
    await message.fill('one');
    await page.keyboard.press('Enter');
    // It comes with the event to test with, and its key with it.
    await page.locator('[data-test="⌘↵"]:enabled').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('It worked.').waitFor();
    expect(await message.innerText()).toBe('one');
    await page.goto(`${world.instance.url}/flows/hello/edit?step=greet`);
    const text = field(page, 'Values text');
    await text.fill('one');
    await page.keyboard.press('Enter');
    await page.keyboard.type('two');
    await saved('hello', 'one\ntwo');
    await text.fill('Hello {{ trigger.body.name }}');
    await saved('hello', 'Hello {{ trigger.body.name }}');
  });

  it('keeps what is selected while it is drawn anew, as when an event arrives: the next key replaces all of it', async () => {
    const { page } = await open(TELL);
    await field(page, 'Message').fill('To {{ trigger.body.name }} at once');
    await saved('hello', 'To {{ trigger.body.name }} at once');
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/v1/events**', async (route) => released.then(() => route.continue()));
    await page.reload({ waitUntil: 'domcontentloaded' });
    const chip = field(page, 'Message').locator('.field-chip');
    const before = await chip.getAttribute('title');
    await field(page, 'Message').focus();
    await page.keyboard.press('ControlOrMeta+A');
    release();
    await eventually('the chip to show its value', async () => ((await chip.getAttribute('title')) !== before ? true : undefined));
    await page.keyboard.type('x');
    expect(await field(page, 'Message').innerText()).toBe('x');
  });

  it('takes an IME: nothing is drawn anew while a word is composed', async () => {
    const { page, context } = await open(TELL);
    await field(page, 'Message').fill('{{ trigger.body.name }} ');
    await page.keyboard.press('End');
    const cdp = await context.newCDPSession(page);
    for (const text of ['に', 'にほ', 'にほん'])
      await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await cdp.send('Input.insertText', { text: '日本' });
    await page.keyboard.type('!');
    await saved('hello', '{{ trigger.body.name }} 日本!');
  });

  it('leaves the Enter that ends the work of an IME to that, also where it comes when the word is composed, as in Safari', async () => {
    const { page } = await open('/flows/order-to-crm/edit?step=createDeal');
    const takes = (key: string): Promise<unknown> =>
      page.evaluate(
        `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', keyCode: 229, bubbles: true, cancelable: true }))`,
      );
    await field(page, 'Body name').fill('{"a":1}');
    expect(await takes('Enter')).toBe(true);
    await page.getByRole('button', { name: 'Insert a value into Body name' }).click();
    await page.getByRole('textbox', { name: 'Search keys and values' }).fill('1042');
    expect(await takes('Enter')).toBe(true);
    await page.locator('.spot').first().click();
    await page.getByRole('combobox').fill('log');
    expect([await takes('ArrowDown'), await takes('Enter')]).toEqual([true, true]);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('copies and pastes chips as the text they are, and pastes nothing else than text', async () => {
    const { page, context } = await open(TELL);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await field(page, 'Message').fill('a {{ trigger.body.name }} b');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    await eventually('the text on the clipboard', async () =>
      (await page.evaluate('navigator.clipboard.readText()')) === 'a {{ trigger.body.name }} b' ? true : undefined,
    );
    await page.keyboard.press('End');
    await page.keyboard.press('Control+v');
    await saved('hello', 'a {{ trigger.body.name }} ba {{ trigger.body.name }} b');
    await page.evaluate(
      `navigator.clipboard.write([new ClipboardItem({ 'text/html': new Blob(['<b>bold</b>'], { type: 'text/html' }), 'text/plain': new Blob(['one\\r\\ntwo'], { type: 'text/plain' }) })])`,
    );
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+v');
    await saved('hello', 'one\ntwo');
    expect(await field(page, 'Message').locator('b').count()).toBe(0);
  });

  it('shows a reference as an expression to write on, and as a chip again', async () => {
    const { page } = await open(TELL);
    await field(page, 'Message').fill('{{ trigger.body.name }}');
    await field(page, 'Message').locator('.field-chip').click();
    await page.getByRole('button', { name: 'Edit as an expression' }).click();
    expect(await field(page, 'Message').innerText()).toBe('{{ trigger.body.name }}');
    await page.keyboard.press('Home');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.type('$uppercase(');
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(')');
    await below(page, 'Message').getByText('= "ADA"').waitFor();
    await saved('hello', '{{ $uppercase(trigger.body.name) }}');
  });

  it('says what is missing in this event, and mends it with a default or another value', async () => {
    const { page } = await open(TELL);
    await field(page, 'Message').fill('Hi {{ trigger.body.nick }}');
    await below(page, 'Message').getByText('missing in this event').waitFor();
    await page.getByRole('button', { name: 'Use default…' }).click();
    await page.keyboard.type('you');
    await below(page, 'Message').getByText('= "Hi you"').waitFor();
    await saved('hello', 'Hi {{ trigger.body.nick ?? "you" }}');
    await field(page, 'Message').fill('Hi {{ trigger.body.nick }}');
    await page.getByRole('button', { name: 'Pick another' }).click();
    await page.getByRole('textbox', { name: 'Search keys and values' }).fill('ada');
    await page.getByRole('option', { name: /Ada/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await below(page, 'Message').getByText('= "Hi Ada"').waitFor();
  });

  it('says of a condition about what is missing that it does not hold, as it would of any value', async () => {
    const { page } = await open(`/flows/hello/edit?step=trigger&event=${world.succeeded.eventId}`);
    await field(page, 'Only when').fill('{{ trigger.body.nick }}');
    await below(page, 'Only when').getByText('= false: missing in this event').waitFor();
    expect(await below(page, 'Only when').locator('.bad, button').count()).toBe(0);
    await field(page, 'Only when').fill('');
    await page.getByText('Draft · saved').waitFor();
  });

  it('begins what mends it where the sentence above begins', async () => {
    const { page } = await open(TELL);
    await field(page, 'Message').fill('{{ steps.gone.id }}');
    await below(page, 'Message').getByRole('button', { name: 'Pick another' }).waitFor();
    const lefts = await page.evaluate(`[...document.querySelectorAll('.mapped-wrong > *')].map((part) => {
      const words = document.createRange();
      words.selectNodeContents(part);
      return words.getBoundingClientRect().left;
    })`);
    expect(lefts).toEqual([expect.any(Number), (lefts as number[])[0]]);
  });

  it('offers what can be read at its place: nothing from inside a block behind it, and with a default what may be missing', async () => {
    const { page } = await open(`/flows/order-to-crm/edit?step=notify&event=${world.failed.eventId}`);
    const offered = (): Promise<string[]> =>
      page.getByRole('option').evaluateAll((rows) => rows.map((row) => (row as unknown as { dataset: { path: string } }).dataset.path));
    await page.getByRole('button', { name: 'Insert a value into URL' }).click();
    await page.getByRole('option', { name: /^normalize/ }).waitFor();
    expect((await offered()).filter((path) => /^steps\.(normalize|large|createDeal|appendRow)$/.test(path))).toEqual(['steps.normalize']);
    await page.keyboard.press('Escape');
    await page.goto(`${world.instance.url}/flows/order-to-crm/edit?step=alarm&event=${world.failed.eventId}`);
    await field(page, 'Message').fill('');
    await field(page, 'Message').pressSequentially('/');
    await page.keyboard.type('createDeal');
    await page.getByRole('option', { name: /^createDeal, may be missing/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('no deal');
    await saved('order-to-crm', '{{ steps.createDeal ?? "no deal" }}');
    await page.getByText('Draft · saved').waitFor();
    expect(await page.getByText('may not have run').count()).toBe(0);
  });

  it('fills the condition of a trigger like that of a step: with chips and the values of the loaded event', async () => {
    const { page } = await open(`/flows/hello/edit?step=trigger&event=${world.succeeded.eventId}`);
    await field(page, 'Only when').click();
    await page.getByRole('option', { name: /^Trigger/ }).waitFor();
    expect(await page.locator('[role="option"][data-path^="steps."]').count()).toBe(0);
    await page.keyboard.type('{name');
    await page.getByRole('option', { name: /Ada/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await field(page, 'Only when').locator('.field-chip', { hasText: 'body.name' }).waitFor();
    await page.keyboard.type(" = 'Ada'");
    await below(page, 'Only when').getByText('= true').waitFor();
    await saved('hello', "{{ trigger.body.name = 'Ada' }}");
    await field(page, 'Only when').fill('');
    await page.getByText('Draft · saved').waitFor();
  });

  it('opens an expression by a click that leaves its button without the focus, as in Safari', async () => {
    const { page } = await open(TELL, { safariClicks: true });
    await field(page, 'Message').fill('{{ trigger.body.name }}');
    await field(page, 'Message').locator('.field-chip').click();
    await page.getByRole('textbox', { name: 'Search keys and values' }).waitFor();
    await page.getByRole('button', { name: 'Edit as an expression' }).click();
    await eventually('the expression', async () =>
      (await field(page, 'Message').innerText()) === '{{ trigger.body.name }}' ? true : undefined,
    );
    const list = page.getByRole('listbox', { name: 'Values to insert' });
    await page.getByRole('button', { name: 'Insert a value into Message' }).click();
    await list.waitFor();
    await page.getByRole('button', { name: 'Insert a value into Message' }).click();
    await list.waitFor({ state: 'detached' });
  });

  it.each(['caretPositionFromPoint', 'caretRangeFromPoint'])(
    'takes a value that is dropped on it, where the browser has only %s',
    async (has) => {
      const { page } = await open(TELL);
      const hasNot = ['caretPositionFromPoint', 'caretRangeFromPoint'].find((name) => name !== has)!;
      await page.evaluate(`Object.defineProperty(document, '${hasNot}', { value: undefined })`);
      await field(page, 'Message').fill(has);
      await page.getByRole('button', { name: 'Insert a value into Message' }).click();
      await page.locator('.values-row[data-path="trigger.body.name"]').dragTo(field(page, 'Message'), { targetPosition: { x: 10, y: 16 } });
      await saved('hello', `{{ trigger.body.name }}${has}`);
    },
  );

  it('says when a value is of another type than it takes, and converts it by one click', async () => {
    const { page } = await open(`/flows/order-to-crm/edit?step=createDeal&event=${world.failed.eventId}`);
    await field(page, 'URL').fill('{{ trigger.body.total }}');
    await below(page, 'URL').getByText('a number, and this takes text').waitFor();
    await page.getByRole('button', { name: 'Make it text' }).click();
    await below(page, 'URL').getByText('= "812.5"').waitFor();
  });

  it('changes every value with the event that is loaded', async () => {
    const { eventId } = await world.send('hello', { name: 'Grace' });
    const { page } = await open(`/flows/hello/edit?step=greet&event=${world.succeeded.eventId}`);
    await page.getByText('= "Hello Ada"').waitFor();
    await page.goto(`${world.instance.url}/flows/hello/edit?step=greet&event=${eventId}`);
    await page.getByText('= "Hello Grace"').waitFor();
  });

  describe.each<Theme>(['light', 'dark'])('in the %s theme', (theme) => {
    it('is accessible, with its list of values open and with a broken chip', async () => {
      const visitor = await open(TELL, { theme });
      const { page } = visitor;
      await field(page, 'Message').fill('Dear {{ trigger.body.name }} of {{ steps.gone.company }} ');
      await page.keyboard.press('End');
      await page.keyboard.type('/');
      await page.getByRole('listbox', { name: 'Values to insert' }).waitFor();
      await picture(visitor, `field-values-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      await page.keyboard.press('Escape');
      await below(page, 'Message').getByText('There is no step gone').waitFor();
      await picture(visitor, `field-broken-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      expect(visitor.complaints).toEqual([]);
    });
  });
});
