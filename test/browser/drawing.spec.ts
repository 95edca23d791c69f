import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DraftView, FlowView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const visitors: Visitor[] = [];

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const visitor = await visit(instance, path, options);
  visitor.page.setDefaultTimeout(10_000);
  visitors.push(visitor);
  return visitor;
}

const log = (id: string, message = id): object => ({ id, use: 'log', with: { message } });

/** A flow of its own for each test: `draw1`, `draw2` … */
const STEPS = [
  { id: 'greet', set: { text: 'Hello {{ trigger.body.name }}' } },
  { id: 'large', if: '{{ trigger.body.total > 5 }}', then: [log('yes', '{{ steps.greet.text }}')], else: [] },
  { id: 'each', forEach: '{{ trigger.body.lines }}', steps: [log('line', '{{ item.sku }}')] },
  log('tell', '{{ steps.greet.text }}'),
];

async function draft(flow: string): Promise<string> {
  return (await instance.api<DraftView>(`flows/${flow}/draft`)).text;
}

/** The steps of the draft as words, once they are as expected: `greet large(yes|) each(line) tell`. */
async function shape(flow: string, expected: string): Promise<void> {
  const read = async (): Promise<string> => wordsOf((JSON.parse(await draft(flow)) as { steps: Step[] }).steps);
  const unreadable = (): string => 'no draft';
  await eventually(expected, async () => ((await read().catch(unreadable)) === expected ? true : undefined)).catch(async () =>
    expect(await read().catch(unreadable)).toBe(expected),
  );
}

interface Step {
  readonly id: string;
  readonly then?: Step[];
  readonly else?: Step[];
  readonly steps?: Step[];
}

function wordsOf(steps: readonly Step[] = []): string {
  const inside = ({ then, else: other, steps: body }: Step): string =>
    then ? `(${wordsOf(then)}|${wordsOf(other)})` : body ? `(${wordsOf(body)})` : '';
  return steps.map((step) => step.id + inside(step)).join(' ');
}

function clipboard(page: Page): Promise<string> {
  return page.evaluate('navigator.clipboard.readText()');
}

async function focus(page: Page, step: string): Promise<void> {
  await page.locator(`[data-step="${step}"]`).focus();
}

async function focused(page: Page, step: string): Promise<void> {
  await page.locator(`[data-step="${step}"]:focus`).waitFor();
}

describeInBrowser('whoever draws a flow', () => {
  beforeAll(async () => {
    const flows = Array.from({ length: 10 }, (_, n) => webhookFlow(`draw${n}`, {}, STEPS, { name: `Draw ${n}` }));
    instance = await startInstance({ flows: Object.assign({}, ...flows) as Record<string, object> });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${instance.url}/flows/draw5/hook`, { method: 'POST', headers, body: JSON.stringify({ name: 'Ada', total: 12 }) });
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('moves a step by pulling it onto an edge, also into a branch, and what reads it goes on reading it', async () => {
    const { page } = await open('/flows/draw0/edit');
    await pull(page, 'tell', 'Add a step after Greet');
    await shape('draw0', 'greet tell large(yes|) each(line)');
    await pull(page, 'tell', 'Add a step at the end of “otherwise” of Large');
    await shape('draw0', 'greet large(yes|tell) each(line)');
    expect(await draft('draw0')).toContain('{{ steps.greet.text }}');
    await page.getByText('Draft · saved').waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await shape('draw0', 'greet large(yes|) each(line) tell');
  });

  it('lets go of a step with Escape, and never drops one into itself', async () => {
    const { page } = await open('/flows/draw1/edit');
    await hold(page, 'tell', 'Add a step after Greet');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await hold(page, 'large', 'Add a step at the beginning of “total > 5” of Large');
    await page.mouse.up();
    await focus(page, 'tell');
    await page.keyboard.press('d');
    await shape('draw1', 'greet large(yes|) each(line) tell tell2');
  });

  it('moves steps by key: along the list, out of a block, into the one beside, from lane to lane', async () => {
    const { page } = await open('/flows/draw2/edit?step=tell');
    await focus(page, 'tell');
    await page.keyboard.press('Alt+ArrowRight');
    await shape('draw2', 'greet large(yes|) each(line tell)');
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowUp');
    await shape('draw2', 'greet large(yes|) tell each(line)');
    await page.keyboard.press('Alt+ArrowRight');
    await shape('draw2', 'greet large(yes tell|) each(line)');
    await page.keyboard.press('Alt+ArrowRight');
    await shape('draw2', 'greet large(yes|tell) each(line)');
    await page.keyboard.press('Alt+ArrowDown');
    await shape('draw2', 'greet large(yes|) tell each(line)');
    await focused(page, 'tell');
  });

  it('carries several steps as text to another flow, where they get free ids and read each other', async () => {
    const { page, context } = await open('/flows/draw3/edit?step=greet');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await focus(page, 'greet');
    await page.keyboard.press('Shift+ArrowDown');
    await focused(page, 'large');
    await page.keyboard.press('Control+c');
    await eventually('two steps on the clipboard', async () => ((await clipboard(page)).startsWith('[') ? true : undefined));
    await page.keyboard.press('Control+x');
    await shape('draw3', 'each(line) tell');
    await page.getByText('Deleted 3 steps. 1 field reads them').first().waitFor();
    await page.goto(`${instance.url}/flows/draw4/edit?step=tell`);
    await focus(page, 'tell');
    await page.keyboard.press('Control+v');
    await shape('draw4', 'greet large(yes|) each(line) tell greet2 large2(yes2|)');
    expect(await draft('draw4')).toMatch(/"yes2"[^}]*steps\.greet2\.text/);
  });

  it('copies and pastes steps wherever the browser says that it happened: in Firefox that is not where the focus is', async () => {
    const { page } = await open('/flows/draw9/edit?step=tell');
    await focus(page, 'tell');
    const copied = await page.evaluate(`(() => {
      const clipboardData = new DataTransfer();
      const tell = (type) => document.body.dispatchEvent(new ClipboardEvent(type, { clipboardData, bubbles: true, cancelable: true }));
      tell('copy');
      tell('paste');
      return clipboardData.getData('text/plain');
    })()`);
    expect(copied).toContain('"tell"');
    await shape('draw9', 'greet large(yes|) each(line) tell tell2');
    await focused(page, 'tell2');
  });

  it('walks on from the selected step where a click gave no step the focus, as in Safari', async () => {
    const { page } = await open('/flows/draw9/edit', { safariClicks: true });
    await page.locator('[data-step="greet"]').click();
    await page.locator('.canvas:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await focused(page, 'large');
  });

  it('is told what a deletion broke, is led there by one key, and mends it by another', async () => {
    const { page } = await open('/flows/draw5/edit?step=greet');
    await focus(page, 'greet');
    await page.keyboard.press('Delete');
    await page.getByText('Deleted greet. 2 fields read it').first().waitFor();
    await page
      .locator('[data-step="yes"]')
      .getByText(/no step/i)
      .waitFor();
    await page.keyboard.press('e');
    await page.locator('[data-fix]:focus', { hasText: 'Pick another' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Search keys and values' }).fill('ada');
    await page.keyboard.press('Enter');
    await page.locator('.field-chip', { hasText: 'body.name' }).waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
    await page.locator('[data-step="greet"]').waitFor();
  });

  it('renames a step, and its mappings follow', async () => {
    const { page } = await open('/flows/draw6/edit?step=greet');
    await page.getByRole('textbox', { name: 'Id' }).fill('hello');
    await page.keyboard.press('Enter');
    await shape('draw6', 'hello large(yes|) each(line) tell');
    expect((await draft('draw6')).match(/steps\.hello\.text/g)).toHaveLength(2);
  });

  it('undoes two hundred changes, over a reload, to the first byte', async () => {
    const { page } = await open('/flows/draw7/edit?step=tell');
    const { text } = await instance.api<FlowView>('flows/draw7');
    await focus(page, 'tell');
    for (let times = 0; times < 100; times += 1) {
      await page.keyboard.press('Alt+ArrowUp');
      await page.keyboard.press('Alt+ArrowDown');
    }
    await page.keyboard.press('d');
    await shape('draw7', 'greet large(yes|) each(line) tell tell2');
    await page.getByText('Draft · saved').waitFor();
    await page.reload();
    await page.locator('[data-step="tell2"]').waitFor();
    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    let times = 0;
    for (; await undo.isEnabled(); times += 1) await page.keyboard.press('Control+z');
    expect(times).toBeGreaterThanOrEqual(201);
    await eventually('the first text', async () => ((await draft('draw7')) === text ? true : undefined));
  });

  it('finds a step by what others call it, and is offered what it used last', async () => {
    const { page } = await open('/flows/draw8/edit?step=greet');
    await focus(page, 'greet');
    await page.keyboard.press('a');
    await page.getByRole('combobox', { name: /^Search apps/ }).fill('sleep');
    await page.keyboard.press('Enter');
    await page.locator('[data-step="pause"]').waitFor();
    await page.getByRole('textbox', { name: 'Note' }).fill('Let the shop settle');
    await page.locator('.node-note', { hasText: 'Let the shop settle' }).waitFor();
    await focus(page, 'tell');
    await page.keyboard.press('a');
    await page.getByRole('group', { name: 'Used last' }).getByText('Wait', { exact: true }).waitFor();
  });

  describe.each<Theme>(['light', 'dark'])('on a phone, in the %s theme', (theme) => {
    it('reads the flow as a list, opens settings over the whole screen, moves and adds by touch', async () => {
      const visitor = await open('/flows/draw1/edit', { theme, width: 390, height: 844 });
      const { page } = visitor;
      const flow = page.getByRole('region', { name: 'Flow' });
      await flow.getByRole('button', { name: /^Tell/ }).first().waitFor();
      expect(await page.locator('.canvas').count()).toBe(0);
      await picture(visitor, `editor-phone-${theme}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      await flow.getByRole('button', { name: /^Greet/ }).click();
      await page.getByRole('textbox', { name: 'Id' }).waitFor();
      await picture(visitor, `editor-phone-step-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      const sheet = (await page.locator('.inspector').boundingBox())!;
      expect([sheet.x, sheet.width, sheet.height]).toEqual([0, 390, 844]);
      await page.getByRole('button', { name: 'Close' }).click();
      await flow.getByRole('button', { name: 'Move Greet down' }).click();
      await flow.getByRole('button', { name: 'Move Greet up' }).click();
      await flow.getByRole('button', { name: 'Add a step' }).first().click();
      await page.getByRole('dialog', { name: 'What should happen next?' }).waitFor();
    });
  });
});

/** Presses on a step and pulls it to a plus. */
async function hold(page: Page, step: string, plus: string): Promise<void> {
  const [from, to] = [page.locator(`[data-step="${step}"]`), page.getByRole('button', { name: plus })];
  // Waits until the step stands still and lies under the pointer: the drawing is put in place after its first frame.
  await from.hover({ position: { x: 60, y: 30 } });
  const [start, end] = [(await from.boundingBox())!, (await to.boundingBox())!];
  await page.mouse.down();
  await page.mouse.move(start.x + 80, start.y + 10, { steps: 3 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 6 });
  await page.locator('.dragged').waitFor();
}

async function pull(page: Page, step: string, plus: string): Promise<void> {
  await page.locator(`[data-step="${step}"]`).waitFor();
  await hold(page, step, plus);
  await page.locator('.drop-spot').waitFor();
  await page.mouse.up();
}
