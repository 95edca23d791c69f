import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;
let run: string;
const visitors: Visitor[] = [];

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const visitor = await visit(instance, path, options);
  visitor.page.setDefaultTimeout(10_000);
  visitors.push(visitor);
  await visitor.page.locator('.canvas [data-step]').first().waitFor();
  // It is put in its place after its first frame.
  await eventually('the drawing in its place', async () => ((await viewOf(visitor.page)).y === 0 ? undefined : true));
  return visitor;
}

const log = (id: string): object => ({ id, use: 'log', with: { message: id } });
const LONG = Array.from({ length: 60 }, (_, n) => log(`s${n}`));

/** Where the drawing lies: its offset and its zoom. */
function viewOf(page: Page): Promise<{ x: number; y: number; zoom: number }> {
  return page.evaluate(`(() => {
    const { a, e, f } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform);
    return { x: Math.round(e), y: Math.round(f), zoom: Math.round(a * 1000) / 1000 };
  })()`);
}

/** Until something holds on the page. Its policy lets nobody but the debugger evaluate, so that the page cannot wait for it. */
async function until(page: Page, what: string, holds: string): Promise<void> {
  await eventually(what, async () => ((await page.evaluate(holds)) === true ? true : undefined));
}

/** Until all of a step can be seen: it is inside of the canvas, below the bars, and nothing lies over its corners. */
function seen(page: Page, step: string): Promise<void> {
  return until(
    page,
    `all of ${step} in sight`,
    `(() => {
      const node = document.querySelector('.canvas [data-step="${step}"]');
      if (!node) return false;
      const { left, right, top, bottom } = node.getBoundingClientRect();
      const corners = [left + 9, right - 9].flatMap((x) => [top + 9, bottom - 9].map((y) => document.elementFromPoint(x, y)));
      return top >= document.querySelector('.canvas').getBoundingClientRect().top + 56 && corners.every((at) => node.contains(at));
    })()`,
  );
}

/** Pulls the drawing up, out of sight of what was seen. */
async function lookAway(page: Page, by = 5_000): Promise<void> {
  const { y } = await viewOf(page);
  await page.mouse.move(600, 500);
  await page.mouse.wheel(0, by);
  await eventually('another part of the drawing', async () => (Math.abs((await viewOf(page)).y - y) > 1_000 ? true : undefined));
}

/** Until the drawing is shown at a zoom. */
async function zoomed(page: Page, fits: (zoom: number) => boolean): Promise<void> {
  await eventually('another zoom', async () => (fits((await viewOf(page)).zoom) ? true : undefined));
}

async function pressOn(page: Page, step: string, key: string): Promise<void> {
  await page.locator(`[data-step="${step}"]`).focus();
  await page.keyboard.press(key);
}

describeInBrowser('a drawing that is larger than its pane', () => {
  beforeAll(async () => {
    const flows = Array.from({ length: 8 }, (_, n) => webhookFlow(`long${n}`, {}, LONG, { name: `Long ${n}` }));
    instance = await startInstance({ flows: Object.assign({}, ...flows) as Record<string, object> });
    const sent = await fetch(`${instance.url}/flows/long0/hook`, { method: 'POST', body: '{}' });
    run = ((await sent.json()) as { runIds: string[] }).runIds[0]!;
    await endOf(instance, run);
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('shows what is selected by a link, by arrow keys and by a way to a step, with no more movement than that takes', async () => {
    const { page } = await open('/flows/long1/edit?step=s2');
    const start = await viewOf(page);
    await pressOn(page, 's2', 'ArrowDown');
    await page.locator('[data-step="s3"]:focus').waitFor();
    expect(await viewOf(page)).toEqual(start);
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('ArrowDown');
    await page.locator('[data-step="s7"]:focus').waitFor();
    await seen(page, 's7');
    const after = await viewOf(page);
    expect([after.x, after.zoom]).toEqual([start.x, start.zoom]);
    // It stands at the foot of what is seen, not in the middle.
    expect((await page.locator('[data-step="s7"]').boundingBox())!.y).toBeGreaterThan(700);
    await page.evaluate(`history.pushState(null, '', '?step=s40')`);
    await seen(page, 's40');
    await page.evaluate(`history.pushState(null, '', '?step=s41')`);
    await seen(page, 's41');
    expect((await viewOf(page)).zoom).toBe(start.zoom);
  });

  it('shows a step that was duplicated, moved by key, or pasted', async () => {
    const { page, context } = await open('/flows/long2/edit?step=s5');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await pressOn(page, 's5', 'd');
    await page.locator('[data-step="s60"]:focus').waitFor();
    for (let times = 0; times < 6; times += 1) await page.keyboard.press('Alt+ArrowDown');
    await seen(page, 's60');
    await page.keyboard.press('ControlOrMeta+c');
    await lookAway(page);
    await page.keyboard.press('ControlOrMeta+v');
    await page.locator('[data-step="s61"]:focus').waitFor();
    await seen(page, 's61');
  });

  it('shows a step that was added at its end, and what undo and redo bring back', async () => {
    const { page } = await open('/flows/long3/edit');
    await page.locator('.canvas').focus();
    await page.keyboard.press('a');
    await page.getByRole('combobox', { name: /^Search apps/ }).fill('log');
    await page.keyboard.press('Enter');
    await page.locator('.inspector [data-pointer]:focus').waitFor();
    await seen(page, 'log');
    await page.keyboard.press('ControlOrMeta+z');
    await page.locator('[data-step="log"]').waitFor({ state: 'detached' });
    await lookAway(page, -5_000);
    await page.keyboard.press('ControlOrMeta+Shift+z');
    await seen(page, 'log');
    await page.evaluate(`history.pushState(null, '', '?step=s3')`);
    await seen(page, 's3');
    await pressOn(page, 's3', 'Delete');
    await page.locator('[data-step="s3"]').waitFor({ state: 'detached' });
    await lookAway(page);
    await page.keyboard.press('ControlOrMeta+z');
    await seen(page, 's3');
  });

  it('is where the focus is once a block was added: in what it must know, or in its first lane, which keys reach and fill', async () => {
    const { page } = await open('/flows/long0/edit?step=s1');
    const add = async (words: string): Promise<void> => {
      await page.keyboard.press('a');
      await page.getByRole('combobox', { name: /^Search apps/ }).fill(words);
      await page.keyboard.press('Enter');
    };
    const start = await viewOf(page);
    await page.locator('[data-step="s1"]').focus();
    await add('parallel');
    await page.locator('[data-stop$="/first"]:focus').waitFor();
    expect(await viewOf(page)).toEqual(start);
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-stop$="/second"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: /^Search apps/ }).fill('log');
    await page.keyboard.press('Enter');
    await page.locator('.inspector [data-pointer="/with/message"]:focus').waitFor();
    await page.locator('[data-step="log"]').focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-stop$="/first"]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await add('loop');
    await page.locator('.inspector [data-pointer="/forEach"]:focus').waitFor();
    await page.locator('[data-step]', { hasText: 'Each' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('[data-stop$="/steps"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-stop$="/steps"]:focus').waitFor();
  });

  it('leaves whoever looks elsewhere and types where that is', async () => {
    const { page } = await open('/flows/long4/edit?step=s2');
    await page.getByRole('textbox', { name: 'Note' }).focus();
    await lookAway(page);
    const away = await viewOf(page);
    await page.keyboard.type('Far from here');
    await page.getByText('Draft · saved').waitFor();
    expect(await viewOf(page)).toEqual(away);
  });

  it('shows a step that the Tab key comes to, and one that the settings would lie over', async () => {
    const { page } = await open('/flows/long5/edit?step=s2');
    await lookAway(page);
    await page.locator('.header a').first().focus();
    for (let presses = 0; presses < 20 && (await page.locator('[data-step]:focus').count()) === 0; presses += 1)
      await page.keyboard.press('Tab');
    await seen(page, 's2');
    const narrow = (await open('/flows/long5', { width: 900, height: 700 })).page;
    await narrow.locator('[data-step="s1"]').click();
    await narrow.locator('.inspector[data-open="true"]').waitFor();
    await seen(narrow, 's1');
  });

  it('zooms and fits by buttons and by keys', async () => {
    const { page } = await open(`/runs/${run}?step=run`);
    const start = await viewOf(page);
    const buttons = page.getByRole('group', { name: 'Zoom' });
    await buttons.getByRole('button', { name: 'Zoom in' }).click();
    await zoomed(page, (zoom) => zoom > start.zoom);
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    await zoomed(page, (zoom) => zoom < start.zoom);
    await page.keyboard.press('=');
    await zoomed(page, (zoom) => zoom === start.zoom);
    await buttons.getByRole('button', { name: 'Fit the flow into the view' }).click();
    await zoomed(page, (zoom) => zoom < 0.3);
    await page.keyboard.press('0');
    await zoomed(page, (zoom) => zoom === 1);
  });

  it('says that it zooms no further, and keeps the focus on what was pressed', async () => {
    const { page } = await open('/flows/long6');
    const closer = page.getByRole('group', { name: 'Zoom' }).getByRole('button', { name: 'Zoom in' });
    for (let presses = 0; presses < 4; presses += 1) await closer.press('Enter');
    await page.getByRole('button', { name: 'Zoom in', disabled: true }).and(page.locator(':focus')).waitFor();
    expect((await viewOf(page)).zoom).toBe(1.5);
  });

  describe.each<Theme>(['light', 'dark'])('in the %s theme', (theme) => {
    it.each([
      ['the editor', '/flows/long7/edit', 1440, 900],
      ['a run on a phone', 'run', 390, 844],
    ] as const)('has buttons in %s that can be hit and lie on nothing else', async (name, path, width, height) => {
      const visitor = await open(path === 'run' ? `/runs/${run}?view=canvas` : path, { theme, width, height });
      const { page } = visitor;
      const boxes = await page.evaluate(`[...document.querySelectorAll('.view-controls button')].map((button) => {
        const { x, y, width, height } = button.getBoundingClientRect();
        return { width, height, isOnTop: button.contains(document.elementFromPoint(x + 2, y + 2)), words: button.title };
      })`);
      expect(boxes).toEqual([
        ...[['Zoom out (−)'], ['Zoom in (+)'], ['Fit the flow into the view (F)']].map(([words]) => ({
          ...{ width: 30, height: 30, isOnTop: true, words },
        })),
      ]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await picture(visitor, `zoom-${name.replaceAll(' ', '-')}-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
    });
  });
});
