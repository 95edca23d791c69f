import { jest } from '@jest/globals';
import { accessibilityFaults, describeInBrowser, picture, visit } from '../support/browser.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;

describeInBrowser('the audit log', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterAll(() => world.stop());

  it('names whoever said their name, and leads to what they changed', async () => {
    const visitor = await visit(world.instance, '/settings');
    const { page } = visitor;
    await page.getByRole('textbox', { name: 'Your name' }).fill('Zoë 李');
    await page.goto(`${world.instance.url}/flows/order-to-crm`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.getByRole('link', { name: 'Audit log' }).click();
    const row = page.getByRole('row', { name: /Paused order-to-crm.*Zoë 李, in the studio.*127\.0\.0\.1/ });
    await row.waitFor();
    expect(await page.getByRole('row', { name: /Signed in/ }).count()).toBe(1);
    await picture(visitor, 'audit');
    await row.getByRole('button', { name: 'only this: order-to-crm' }).click();
    await page.getByRole('row', { name: /Published order-to-crm as version 1.*A file of the flows folder/ }).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
    expect(new URL(page.url()).search).toBe('?subject=order-to-crm');
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await row.getByRole('link', { name: 'order-to-crm' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.goto(`${world.instance.url}/flows/order-to-crm/versions`);
    await page.getByRole('link', { name: 'Who changed it' }).click();
    await page.getByRole('row', { name: /Resumed order-to-crm/ }).waitFor();
    await page.goto(`${world.instance.url}/settings`);
    expect(await page.getByRole('textbox', { name: 'Your name' }).inputValue()).toBe('Zoë 李');
    await picture(visitor, 'settings-you');
    expect(visitor.complaints).toEqual([]);
    await visitor.context.close();
  });
});
