import { jest } from '@jest/globals';
import { accessibilityFaults, describeInBrowser, picture, stranger, visit, type Theme } from '../support/browser.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(120_000);

let world: World;

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
    ['health', () => '/health', 'attention'],
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

  it.each(pages.filter(([name]) => ['runs', 'run', 'events', 'flows', 'health', 'event'].includes(name)))(
    '%s fits a phone',
    async (name, path) => {
      const visitor = await visit(world.instance, path(), { width: 390, height: 844 });
      await visitor.page.locator(':is(.rows, .table, .detail):visible').first().waitFor();
      await picture(visitor, `${name}-phone`);
      expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await accessibilityFaults(visitor)).toEqual([]);
      await visitor.context.close();
    },
  );
});
