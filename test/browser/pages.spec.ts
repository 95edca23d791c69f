import { jest } from '@jest/globals';
import { accessibilityFaults, describeInBrowser, picture, stranger, visit, type Theme } from '../support/browser.js';
import type { FlowList } from '../../apps/control-api/index.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;

const LONG = 'Orders of the shop, once they are paid, to the books, to the warehouse and to the people who want to know';

/** Pages that ask for different things first, of those below. */
const LOADED_AHEAD = [
  'runs',
  'run',
  'events',
  'event',
  'flows',
  'flow',
  'credentials',
  'endpoints',
  'settings',
  'health',
  'operations',
  'audit',
];

/** Texts that reach out of the page and can neither be scrolled to nor show that they go on. */
const CUT_OFF = `(() => {
  const scrolls = (element) => element !== null &&
    (/auto|scroll/.test(getComputedStyle(element).overflowX) || getComputedStyle(element).textOverflow === 'ellipsis' || scrolls(element.parentElement));
  const rightOf = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return range.getBoundingClientRect().right;
  };
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (rightOf(text) > innerWidth && !scrolls(text.parentElement)) found.push(text.data);
  }
  return found;
})()`;

describeInBrowser('every page', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterAll(() => world.stop());

  const pages: readonly (readonly [string, () => string, string])[] = [
    ['welcome', () => '/welcome', 'Received POST'],
    ['runs', () => '/runs', 'That is all.'],
    ['run', () => `/runs/${world.failed.id}`, 'Notify fulfilment'],
    ['run-output', () => `/runs/${world.failed.id}?step=createDeal&tab=output`, '88213'],
    ['run-branch', () => `/runs/${world.failed.id}?step=large`, 'Why this way'],
    ['timeline', () => `/runs/${world.failed.id}?view=timeline`, 'In the queue'],
    ['list', () => `/runs/${world.failed.id}?view=list&step=run`, 'createDeal'],
    ['events', () => '/events', 'That is all.'],
    ['event', () => `/events/${world.failed.eventId}`, 'ada@example.com'],
    ['refused', () => '/events?show=refused', 'That is all.'],
    ['flows', () => '/flows', 'Order to CRM'],
    ['flow', () => '/flows/order-to-crm', 'Live v1'],
    ['flow-text', () => '/flows/order-to-crm?view=text', 'webhook'],
    ['flow-problems', () => '/flows/unready', 'nobody.has-this'],
    ['credentials', () => '/credentials', 'SHOP_SECRET'],
    ['credential', () => '/credentials/partner', 'Change the secret'],
    ['endpoints', () => '/endpoints', 'Of one flow each'],
    ['endpoint', () => '/endpoints/shop-events/details', 'Make a new secret'],
    ['settings', () => '/settings', 'MILLRACE_RETENTION'],
    ['health', () => '/health', 'Storage left'],
    ['audit', () => '/audit', 'Signed in'],
    ['operations', () => '/operations', 'Nothing was done to many yet'],
  ];

  describe.each<Theme>(['light', 'dark'])('in the %s theme', (theme) => {
    it.each(pages)('%s is accessible and complains about nothing', async (name, path, awaited) => {
      const visitor = await visit(world.instance, path(), { theme });
      await visitor.page.getByText(awaited).first().waitFor();
      await picture(visitor, `${name}-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      expect(visitor.complaints).toEqual([]);
      await visitor.context.close();
    });

    it('the way in is accessible', async () => {
      const visitor = await stranger({ theme });
      await visitor.page.goto(`${world.instance.url}/runs`);
      await visitor.page.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();
      await picture(visitor, `sign-in-${theme}`);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      await visitor.context.close();
    });
  });

  const aheadOf: typeof pages = [
    ...pages.filter(([name]) => LOADED_AHEAD.includes(name)),
    ['flow-runs', () => '/flows/order-to-crm/runs', 'That is all.'],
    ['versions', () => '/flows/order-to-crm/versions', 'Live v1'],
    ['editor', () => '/flows/order-to-crm/edit', 'Publish'],
  ];

  it.each(aheadOf)('%s asks once for what the browser was told to load ahead', async (_, path, awaited) => {
    const { page, context } = await visit(world.instance, '/settings');
    await page.addInitScript(
      `{ const ask = fetch; window.asked = []; window.fetch = (url, ...rest) => (asked.push(url), ask(url, ...rest)); }`,
    );
    const sent: string[] = [];
    page.on('request', (request) => void sent.push(request.url().slice(world.instance.url.length)));
    const answer = await page.goto(world.instance.url + path());
    await page.getByText(awaited).first().waitFor();
    const ahead = [...((await answer!.headerValue('link')) ?? '').matchAll(/<([^>]+)>/g)].map(([, one]) => one!);
    expect(ahead.length).toBeGreaterThan(1);
    const asked = await page.evaluate<string[]>('asked');
    expect(ahead.filter((one) => !asked.includes(one) || sent.filter((other) => other === one).length !== 1)).toEqual([]);
    await context.close();
  });

  it('keeps the link of a row in its row where rows have no position, as in Safari', async () => {
    const { page, context } = await visit(world.instance, '/flows');
    await page.locator('.row-link').first().waitFor();
    await page.evaluate(`
      const rules = new CSSStyleSheet();
      rules.replaceSync('tr { position: static !important }');
      document.adoptedStyleSheets = [rules];
    `);
    await page.getByRole('button', { name: 'New flow' }).click({ timeout: 5_000 });
    await page.keyboard.press('Escape');
    await page.getByRole('row', { name: 'Partner orders' }).click({ timeout: 5_000 });
    await page.waitForURL('**/flows/partner');
    await context.close();
  });

  it.each(pages.filter(([name]) => ['flows', 'credentials', 'endpoints', 'settings', 'health'].includes(name)))(
    '%s has no table that scrolls sideways where there is room',
    async (_name, path, awaited) => {
      const { page, context } = await visit(world.instance, path());
      await page.getByText(awaited).first().waitFor();
      expect(await page.locator('.table').count()).toBeGreaterThan(0);
      expect(
        await page.evaluate(
          `[...document.querySelectorAll('main *')].filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth).map((one) => one.className)`,
        ),
      ).toEqual([]);
      await context.close();
    },
  );

  it.each(pages.filter(([name]) => ['runs', 'run', 'events', 'flows', 'health', 'event', 'endpoints'].includes(name)))(
    '%s fits a phone',
    async (name, path) => {
      const visitor = await visit(world.instance, path(), { width: 390, height: 844 });
      await visitor.page.locator(':is(.rows, .table, .detail):visible').first().waitFor();
      await picture(visitor, `${name}-phone`);
      expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await visitor.page.evaluate(CUT_OFF)).toEqual([]);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      await visitor.context.close();
    },
  );

  it('the way to every page is in sight on a small phone', async () => {
    const { page, context } = await visit(world.instance, '/flows', { width: 320, height: 640 });
    await page.getByText('Order to CRM').first().waitFor();
    expect(await page.evaluate(`(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('nav.nav'))`)).toBe(0);
    await context.close();
  });

  it.each(['/flows', '/health', '/endpoints'])('%s fits a phone, whatever flows are called and lack', async (path) => {
    const { page, context } = await visit(world.instance, '/settings', { width: 390, height: 844 });
    await page.route('**/api/v1/flows', async (route) => {
      const answer = await route.fetch();
      const { items, ...rest } = (await answer.json()) as FlowList;
      const problem = { severity: 'error', code: 'credential.missing', message: LONG, path: '', line: 1, column: 1 } as const;
      const long = items.map((flow) => ({ ...flow, name: LONG, state: 'not-enabled' as const, problems: [problem] }));
      await route.fulfill({ json: { items: long, ...rest } });
    });
    await page.goto(world.instance.url + path);
    await page.getByText(LONG).first().waitFor();
    expect(await page.evaluate(CUT_OFF)).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });

  it.each([
    ['/settings', '**/pages-*.js', 'the page', 'Settings'],
    ['/flows/order-to-crm/edit', '**/editor-page-*.js', 'the editor', 'Flow'],
  ])('%s says so when its code cannot be had, and loads again', async (path, pattern, what, shown) => {
    const { page, context } = await visit(world.instance, '/flows');
    await context.route(pattern, (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(world.instance.url + path);
    await page.getByText(`The code for ${what} cannot be loaded`).waitFor();
    await page.getByRole('navigation').first().waitFor();
    await context.unroute(pattern);
    await page.getByRole('button', { name: 'Load again' }).click();
    await page
      .getByText(shown, { exact: true })
      .or(page.getByLabel(shown, { exact: true }))
      .first()
      .waitFor();
    expect(await page.getByText('cannot be loaded').count()).toBe(0);
    await context.close();
  });
});
