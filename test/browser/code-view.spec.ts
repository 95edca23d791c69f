import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { DraftView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { eventually } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { codeArea, codeText } from './code-text.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const visitors: Visitor[] = [];

/** A draft of that text, opened. */
async function open(id: string, text: string, query = 'view=text', options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  await instance.api(`flows/${id}/draft`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, revision: 0, base: { version: 0, hash: '' } }),
  });
  const visitor = await visit(instance, `/flows/${id}/edit?${query}`, options);
  visitor.page.setDefaultTimeout(15_000);
  visitors.push(visitor);
  if (query.includes('view=text')) await codeArea(visitor.page).waitFor();
  return visitor;
}

async function draft(id: string): Promise<string> {
  return (await instance.api<DraftView>(`flows/${id}/draft`)).text;
}

/** Waits for the draft to be that text, and says how it differs if it never is. */
async function becomes(id: string, text: string): Promise<void> {
  await eventually('the draft', async () => ((await draft(id)) === text ? true : undefined)).catch(async () =>
    expect(await draft(id)).toBe(text),
  );
}

/** A flow as a person writes it, with comments and two steps. */
function written(id: string): string {
  return `// What ${id} is for: { "not": "a block" }
{
  "format": 1,
  "id": "${id}",
  "name": "By hand",
  "trigger": { "type": "webhook" },
  "steps": [
    /* first */
    { "id": "greet", "set": { "text": "Hello {{ trigger.body.name }}" } },
    {
      "id": "tell", // then
      "use": "log",
      "with": { "message": "{{ steps.greet.text }}" }
    }
  ]
}
`;
}

/** As many steps as do not fit on a screen, each reading the first. */
function long(id: string, steps: number): string {
  const step = (n: number): string =>
    `    {\n      "id": "step${n}",\n      "use": "log",\n      "with": { "message": "${n}: {{ steps.first.text }}" }\n    }`;
  const all = Array.from({ length: steps }, (_, n) => step(n)).join(',\n');
  const first = '    { "id": "first", "set": { "text": "{{ trigger.body.name }}" } }';
  return `{\n  "format": 1,\n  "id": "${id}",\n  "name": "Long",\n  "trigger": { "type": "webhook" },\n  "steps": [\n${first},\n${all}\n  ]\n}\n`;
}

/** The caret to the end of the line with these words, which is in sight. */
async function caretTo(page: Page, words: string): Promise<void> {
  await line(page, words).click();
  await page.keyboard.press('End');
}

function line(page: Page, words: string): Locator {
  return page.locator('.cm-line').filter({ hasText: words });
}

function scrollTop(page: Page): Promise<number> {
  return page.locator('.cm-scroller').evaluate((scroller) => (scroller as unknown as { scrollTop: number }).scrollTop);
}

describeInBrowser('the code view', () => {
  beforeAll(async () => void (instance = await startInstance({ flows: {} })));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('is loaded when it is opened, not before', async () => {
    const { page } = await open('lazy', written('lazy'), 'view=canvas');
    const scripts = (): Promise<string[]> => page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => name)`);
    await page.locator('[data-step="tell"]').waitFor();
    expect((await scripts()).filter((name) => name.includes('code-view'))).toEqual([]);
    await page.getByRole('link', { name: 'Text', exact: true }).click();
    await codeArea(page).waitFor();
    expect((await scripts()).filter((name) => name.includes('code-view'))).toHaveLength(1);
  });

  it('says so when it cannot be loaded, keeps the page, and loads again', async () => {
    const { page, context } = await open('offline', written('offline'), 'view=canvas');
    await page.locator('[data-step="tell"]').waitFor();
    await context.route('**/code-view-*', (route) => route.abort());
    await page.getByRole('link', { name: 'Text', exact: true }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Load again' }).waitFor();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Still here');
    await context.unroute('**/code-view-*');
    await page.getByRole('button', { name: 'Load again' }).click();
    await line(page, '"Still here"').waitFor();
  });

  it('folds and unfolds blocks, and changes nothing by it', async () => {
    const { page } = await open('fold', written('fold'));
    await caretTo(page, '"steps": [');
    await page.keyboard.press('Control+Shift+BracketLeft');
    await page.getByLabel('folded code').waitFor();
    expect(await line(page, '"tell"').count()).toBe(0);
    expect(await line(page, '"steps": [').textContent()).toMatch(/"steps": \[.*\]$/);
    await page.getByLabel('folded code').click();
    await line(page, '"tell"').waitFor();
    await page.locator('.cm-foldGutter span[title="Fold line"]').last().click();
    expect(await line(page, '"use"').count()).toBe(0);
    expect(await codeText(page)).toBe(written('fold'));
    expect(await draft('fold')).toBe(written('fold'));
  });

  it('finds and replaces, and one undo takes all of it back', async () => {
    const { page, complaints } = await open('find', written('find'));
    await caretTo(page, '"format"');
    await page.keyboard.press('Control+f');
    await page.locator('input[name="search"]:focus').waitFor();
    await page.keyboard.type('[greet?', { delay: 5 });
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('greet');
    await page.keyboard.press('Enter');
    expect(await page.locator('.cm-searchMatch').count()).toBe(2);
    expect(await line(page, '"id": "greet"').locator('.cm-searchMatch-selected').count()).toBe(1);
    await page.getByRole('textbox', { name: 'Replace' }).fill('hello');
    await page.getByRole('button', { name: 'Replace all' }).click();
    await becomes('find', written('find').replaceAll('greet', 'hello'));
    await page.keyboard.press('Escape');
    await codeArea(page).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Control+z');
    await becomes('find', written('find'));
    expect(complaints).toEqual([]);
  });

  it.each([
    ['the search', 'Control+f', 'Escape'],
    ['the question for a line', 'Control+Alt+g', 'Escape'],
    ['the question for a line, answered', 'Control+Alt+g', 'Enter'],
  ])('has the focus again after %s', async (_, asks, ends) => {
    const { page } = await open('focus', written('focus'));
    await codeArea(page).focus();
    await page.keyboard.press(asks);
    const asked = page.locator('.cm-panels input').first();
    await asked.waitFor();
    await page.keyboard.type('3');
    await page.keyboard.press(ends);
    await codeArea(page).and(page.locator(':focus')).waitFor({ timeout: 5_000 });
    expect(await asked.count()).toBe(0);
  });

  it('has one undo with the canvas and the settings, over a reload too', async () => {
    const { page } = await open('undo', written('undo'));
    const typed = written('undo').replace('"format": 1,', '"format": 1, // typed');
    const both = typed.replace('By hand', 'In the form');
    await caretTo(page, '"format"');
    await page.keyboard.insertText(' // typed');
    await becomes('undo', typed);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('In the form');
    await becomes('undo', both);
    await line(page, '"In the form"').click();
    await page.keyboard.press('Control+z');
    await becomes('undo', typed);
    await line(page, '"By hand"').waitFor();
    await page.keyboard.press('Control+z');
    await becomes('undo', written('undo'));
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+y');
    await becomes('undo', both);
    await page.getByRole('link', { name: 'Canvas' }).click();
    await page.locator('[data-step="tell"]').focus();
    await page.keyboard.press('Control+z');
    await becomes('undo', typed);
    await page.reload();
    await page.locator('[data-step="tell"]').focus();
    await page.keyboard.press('Control+z');
    await becomes('undo', written('undo'));
    expect(await page.getByRole('button', { name: 'Undo', exact: true }).isDisabled()).toBe(true);
  });

  it('takes what the browser itself would undo for an undo of the draft', async () => {
    const { page } = await open('menu', written('menu'));
    await caretTo(page, '"format"');
    await page.keyboard.insertText(' // typed');
    await becomes('menu', written('menu').replace('"format": 1,', '"format": 1, // typed'));
    await page.evaluate(`document.querySelector('.code-view').shadowRoot.querySelector('.cm-content')
      .dispatchEvent(new InputEvent('beforeinput', { inputType: 'historyUndo', bubbles: true, cancelable: true }))`);
    await becomes('menu', written('menu'));
  });

  it('keeps caret and scroll when the text is changed from outside, above and below them', async () => {
    const { page } = await open('kept', long('kept', 60));
    await codeArea(page).press('Control+End');
    await caretTo(page, '"id": "step50"');
    const before = await scrollTop(page);
    expect(before).toBeGreaterThan(500);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('A name that is longer than the one before it');
    await eventually('the name', async () => ((await draft('kept')).includes('longer') ? true : undefined));
    expect(await scrollTop(page)).toBe(before);
    await codeArea(page).focus();
    await page.keyboard.type(' // here');
    const named = long('kept', 60).replace('"Long"', '"A name that is longer than the one before it"');
    await becomes('kept', named.replace('"id": "step50",', '"id": "step50", // here'));
    expect(await scrollTop(page)).toBe(before);
  });

  it('keeps caret and scroll when a step is renamed that is read on every side of them', async () => {
    const { page } = await open('renamed', long('renamed', 60), 'view=text&step=first');
    await page.getByRole('textbox', { name: 'Id' }).waitFor();
    await codeArea(page).press('Control+End');
    await caretTo(page, '"id": "step50"');
    const before = await scrollTop(page);
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('textbox', { name: 'Id' }).fill('origin');
    await page.getByRole('textbox', { name: 'Id' }).press('Enter');
    const renamed = long('renamed', 60).replaceAll('first', 'origin');
    await becomes('renamed', renamed);
    await page.keyboard.press('Control+z');
    await becomes('renamed', long('renamed', 60));
    expect(await scrollTop(page)).toBe(before);
    await codeArea(page).focus();
    await page.keyboard.type('X');
    await becomes('renamed', long('renamed', 60).replace('"id": "step50",', '"id": "step50"X,'));
  });

  it('shows where the selected step stands', async () => {
    const { page } = await open('shown', long('shown', 60), 'view=canvas&step=step50');
    await page.getByRole('link', { name: 'Text', exact: true }).click();
    await line(page, '"id": "step50"').waitFor();
    await codeArea(page).focus();
    await page.keyboard.type('//');
    await becomes('shown', long('shown', 60).replace('{\n      "id": "step50"', '//{\n      "id": "step50"'));
  });

  it('changes one letter of a file with line breaks of Windows and nothing else', async () => {
    const text = written('crlf').replaceAll('\n', '\r\n');
    const { page } = await open('crlf', text);
    await caretTo(page, '"use"');
    await page.keyboard.type('/');
    await becomes('crlf', text.replace('"log",', '"log",/'));
    await page.keyboard.press('Enter');
    await becomes('crlf', text.replace('"log",', '"log",/\r\n      '));
  });

  it('marks problems at their place, with what is wrong, and goes to them', async () => {
    const { page, complaints } = await open('wrong', written('wrong').replace('steps.greet', 'steps.great'));
    const mark = page.locator('.cm-lintRange-error');
    await mark.waitFor();
    expect(await mark.textContent()).toBe('great');
    expect(await page.locator('.cm-lint-marker-error').count()).toBe(1);
    await mark.hover();
    await page.locator('.cm-tooltip-lint').getByText('great').waitFor();
    await caretTo(page, '"format"');
    await page.keyboard.press('F8');
    await page.locator('[aria-live="polite"]').getByText('great').waitFor({ state: 'attached' });
    await page.keyboard.type('greet');
    await becomes('wrong', written('wrong'));
    await mark.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('lets the keyboard out, and keeps keys and the clipboard to itself while one types', async () => {
    const { page } = await open('keys', written('keys'), 'view=text&step=tell');
    await page.getByRole('textbox', { name: 'Id' }).waitFor();
    await caretTo(page, '// then');
    await page.keyboard.type(' ? g f e d');
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Shift+Enter');
    await codeArea(page).focus();
    await becomes('keys', written('keys').replace('// then', '// then ? g f e d'));
    expect(await codeText(page)).toBe(await draft('keys'));
    await page.keyboard.press('Tab');
    await page.getByRole('separator').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Tab');
    await page.locator('.inspector :focus').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await codeArea(page).and(page.locator(':focus')).waitFor();
    expect(await draft('keys')).toBe(written('keys').replace('// then', '// then ? g f e d'));
  });

  describe.each<Theme>(['light', 'dark'])('in the %s theme', (theme) => {
    it('is accessible and breaks no policy with all of it in sight', async () => {
      const text = written(`all-${theme}`).replace('steps.greet', 'steps.great');
      const visitor = await open(`all-${theme}`, text, 'view=text', { theme });
      const { page } = visitor;
      await page.locator('.cm-lintRange-error').waitFor();
      await caretTo(page, '"id": "greet"');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('text');
      await page.keyboard.press('Enter');
      await page.locator('.cm-lintRange-error').hover();
      await page.locator('.cm-tooltip-lint').waitFor();
      await picture(visitor, `code-search-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.mouse.move(0, 0);
      await page.locator('.cm-tooltip-lint').waitFor({ state: 'detached' });
      await caretTo(page, '"id": "tell"');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Control+Shift+BracketLeft');
      await page.getByLabel('folded code').waitFor();
      await page.keyboard.press('Control+Shift+KeyM');
      await page.getByRole('listbox', { name: 'Problems' }).waitFor();
      await picture(visitor, `code-folded-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      expect(visitor.complaints).toEqual([]);
    });

    it('is accessible on a phone', async () => {
      const visitor = await open(`phone-${theme}`, written(`phone-${theme}`), 'view=text', { theme, width: 390, height: 844 });
      await caretTo(visitor.page, '"format"');
      await picture(visitor, `code-phone-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      expect(visitor.complaints).toEqual([]);
    });
  });
});
