import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, describeInBrowser, picture, visit, type Visitor } from '../support/browser.js';
import { eventually } from '../support/flow-files.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];
const PAGES = [
  ['the editor', () => '/flows/order-to-crm/edit?step=createDeal'],
  ['a flow', () => '/flows/order-to-crm?step=createDeal'],
  ['a run', () => `/runs/${world.failed.id}?step=createDeal`],
] as const;

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const visitor = await visit(world.instance, path, options);
  visitor.page.setDefaultTimeout(10_000);
  visitors.push(visitor);
  await visitor.page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  return visitor;
}

const line = (page: Page) => page.getByRole('separator', { name: 'Width of the inspector' });

/** As it says and as it is drawn; sooner or later, for without motion every change of a style still takes a moment. */
async function widthIs(page: Page, width: number): Promise<void> {
  const widths = `[
    Number(document.querySelector('[role="separator"]').ariaValueNow),
    document.querySelector('.inspector').getBoundingClientRect().width,
  ]`;
  const isSo = async (): Promise<true | undefined> => (String(await page.evaluate(widths)) === `${width},${width}` ? true : undefined);
  await eventually(`an inspector of ${width} px`, isSo).catch(async () => expect(await page.evaluate(widths)).toEqual([width, width]));
}

async function pull(page: Page, by: number): Promise<void> {
  const { x, y, width, height } = (await line(page).boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + by / 2, y + 10, { steps: 3 });
  await page.mouse.move(x + width / 2 + by, y + height / 2, { steps: 3 });
  await page.mouse.up();
}

describeInBrowser('the inspector', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it.each(PAGES)('of %s is made wider by keys and by pulling, within bounds, and stays so', async (name, path) => {
    const visitor = await open(path());
    const { page } = visitor;
    await widthIs(page, 400);
    await line(page).focus();
    await page.keyboard.press('ArrowLeft');
    await widthIs(page, 420);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await widthIs(page, 380);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await widthIs(page, 340);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await widthIs(page, 640);
    await pull(page, 100);
    await widthIs(page, 540);
    await page.mouse.move(300, 300);
    await widthIs(page, 540);
    await picture(visitor, `split-${name.replace(' ', '-')}`);
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await page.reload();
    await line(page).waitFor();
    await widthIs(page, 540);
    await line(page).dblclick();
    await widthIs(page, 400);
    expect(visitor.complaints).toEqual([]);
  });

  it('has its width with the first frame that it is drawn in', async () => {
    const { page } = await open(PAGES[0][1]());
    await page.evaluate("localStorage.setItem('millrace-inspector-width', '500')");
    await page.addInitScript(`
      window.seen = new Set();
      const look = () => {
        const width = document.querySelector('.inspector')?.getBoundingClientRect().width;
        if (width) window.seen.add(width);
        requestAnimationFrame(look);
      };
      look();
    `);
    await page.reload();
    await page.getByRole('textbox', { name: 'URL' }).waitFor();
    expect(await page.evaluate('[...window.seen]')).toEqual([500]);
  });

  it('takes its keys for itself: none of them means the step that is selected', async () => {
    const { page } = await open(PAGES[0][1]());
    await line(page).focus();
    await page.keyboard.press('Delete');
    await page.keyboard.press('a');
    expect([await page.locator('[data-step="createDeal"]').count(), await page.getByRole('dialog').count()]).toEqual([1, 0]);
  });

  it('has no such line where it lies over the drawing', async () => {
    const { page } = await open(PAGES[2][1](), { width: 1199 });
    await page.evaluate("localStorage.setItem('millrace-inspector-width', '600')");
    await page.reload();
    const box = await page.getByRole('complementary', { name: 'Inspector' }).boundingBox();
    expect([box?.width, await line(page).count()]).toEqual([400, 0]);
  });
});
