import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, stranger, visit, type Visitor } from '../support/browser.js';
import { endOf } from '../support/flow-files.js';
import { startInstance } from '../support/instance.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function open(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const visitor = await visit(world.instance, path, options);
  visitors.push(visitor);
  return visitor.page;
}

/** Where the page is, without the origin. */
function placeOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

describeInBrowser('a person', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it('signs in by the link, and the token does not stay in the address', async () => {
    const page = await open('/runs?status=failed');
    await page.getByRole('link', { name: 'Order to CRM' }).first().waitFor();
    expect(placeOf(page)).toBe('/runs?status=failed');
  });

  it('signs in by pasting the token, and is told when it is wrong', async () => {
    const visitor = await stranger();
    visitors.push(visitor);
    const { page } = visitor;
    await page.goto(`${world.instance.url}/runs`);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('does not hold the token').waitFor();
    await page.getByLabel('Token').fill(world.instance.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    const cookies = await visitor.context.cookies();
    expect(cookies).toEqual([expect.objectContaining({ name: 'millrace_session', httpOnly: true, sameSite: 'Strict' })]);
  });

  it('sees in a failed run what failed, why, how often it was tried, and what was sent and answered', async () => {
    const page = await open(`/runs/${world.failed.id}`);
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByRole('heading', { name: 'Notify fulfilment' }).waitFor();
    const error = inspector.getByRole('region', { name: 'What failed' });
    expect(await error.innerText()).toMatch(
      /Answered 502[\s\S]*answered 502[\s\S]*3 attempts, last at[\s\S]*Request and response[\s\S]*upstream/,
    );
    expect(await inspector.getByRole('table', { name: 'Attempts' }).getByRole('row').count()).toBe(4);
    expect(await error.innerText()).not.toContain('[object Object]');
  });

  it('sees the way the run took: status and time on each step, the other branch greyed out', async () => {
    const page = await open(`/runs/${world.failed.id}`);
    const flow = page.getByRole('region', { name: 'Flow' });
    await flow.getByRole('button', { name: /Create deal.*Succeeded/ }).waitFor();
    await flow.getByRole('button', { name: /Append row.*Skipped/ }).waitFor();
    await flow.getByRole('button', { name: /Notify fulfilment.*3 attempts.*Failed/ }).waitFor();
    await flow.getByRole('button', { name: /Alarm.*Succeeded/ }).waitFor();
  });

  it('is told why a branch was taken, with the value that decided', async () => {
    const page = await open(`/runs/${world.failed.id}?step=large`);
    const why = page.locator('.why');
    await why.waitFor();
    expect(await why.innerText()).toMatch(/812\.5 ≥ 500 → yes[\s\S]*steps\.normalize\.total\s*= 812\.5/);
  });

  it('opens what passed between two steps by one click on the edge', async () => {
    const page = await open(`/runs/${world.failed.id}`);
    await page.getByRole('button', { name: /^3 fields/ }).click();
    await page.getByText('"Ada Lovelace"').waitFor();
    expect(placeOf(page)).toContain('step=normalize&tab=output');
  });

  it('walks the flow with the arrow keys alone, and what is selected is in the address', async () => {
    const page = await open(`/runs/${world.failed.id}?step=trigger`);
    const flow = page.getByRole('region', { name: 'Flow' });
    await flow.locator('[data-step="trigger"]').focus();
    for (const [key, step] of [
      ['ArrowDown', 'normalize'],
      ['ArrowDown', 'large'],
      ['ArrowDown', 'createDeal'],
      ['ArrowRight', 'appendRow'],
      ['ArrowDown', 'notify'],
      ['ArrowUp', 'createDeal'],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator(`[data-step="${step}"]:focus`).waitFor();
      expect(new URL(page.url()).searchParams.get('step')).toBe(step);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Run failed' }).waitFor();
  });

  it('comes by Tab from the navigation to the header, to the flow as one stop, to the inspector', async () => {
    const page = await open(`/runs/${world.failed.id}`);
    await page.getByRole('heading', { name: 'Notify fulfilment' }).waitFor();
    const stops: string[] = [];
    for (let press = 0; press < 40 && !stops.includes('aside'); press += 1) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(
          "(document.activeElement.closest('nav.nav, .header, .canvas, aside') ?? document.body).className.split(' ')[0]",
        ),
      );
    }
    const order = stops.filter((stop, index) => stop !== stops[index - 1] && stop !== '' && stop !== 'skip');
    expect(order.slice(0, 4)).toEqual(['nav', 'header', 'canvas', 'inspector']);
  });

  it('gets the same view from a copied link', async () => {
    const first = await open(`/runs/${world.failed.id}?view=timeline&step=createDeal&tab=input`);
    await first.getByText('"Order #1042 of Ada Lovelace"').waitFor();
    const second = await open(placeOf(first));
    await second.getByText('"Order #1042 of Ada Lovelace"').waitFor();
    await second.getByText('In the queue').waitFor();
  });

  it('sees a run that was started elsewhere without loading again, and the list does not move until asked', async () => {
    const page = await open('/runs?flow=hello');
    const rows = page.getByRole('table', { name: 'Runs' }).getByRole('row');
    await rows.nth(1).waitFor();
    const before = await rows.count();
    await world.send('hello', { name: 'Grace' });
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await rows.count()).toBe(before);
    await page.getByRole('button', { name: '1 new' }).click();
    await rows.nth(before).waitFor();
  });

  it('finds an event by a value of its body, and what became of it', async () => {
    const page = await open('/events');
    await page.getByRole('searchbox').fill('"1043"');
    await page.waitForURL(/q=/);
    const rows = page.getByRole('table', { name: 'Accepted requests' }).getByRole('row');
    // Until the search has answered, the list is the one before.
    await rows.nth(2).waitFor({ state: 'detached' });
    await rows.nth(1).getByRole('link').click();
    await page.getByText('"1043"').waitFor();
    await page.getByRole('link', { name: /^Run .* failed$/ }).click();
    await page.waitForURL(/\/runs\//);
  });

  it('learns why an event made no run', async () => {
    const { eventId } = await world.send('order-to-crm', { type: 'order.cancelled' });
    const page = await open(`/events/${eventId}`);
    await page.getByText('No run.').waitFor();
  });

  it('learns why a request was refused', async () => {
    const page = await open('/events?show=refused');
    await page.getByRole('link', { name: /401/ }).first().click();
    const reason = page.getByRole('region', { name: 'Why it was refused' });
    await reason.waitFor();
    expect(await reason.innerText()).toMatch(/Answered 401 · credential\./);
  });

  it('looks into a large event piece by piece', async () => {
    const items = Array.from({ length: 20_000 }, (_, n) => ({ n, text: `item ${n}` }));
    const { eventId } = await world.send('hello', { name: 'Large', items });
    const page = await open(`/events/${eventId}`);
    await page.getByRole('button', { name: /^items 20,000 items/ }).click();
    await page.getByRole('button', { name: /^0 2 members/ }).waitFor();
    await page.getByRole('button', { name: /^Show 100 more/ }).waitFor();
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(2_000);
    await page.getByRole('searchbox', { name: 'Search paths, keys and values' }).fill('items[17777].text');
    await page.getByRole('button', { name: '/items/17777/text' }).click();
    await page.getByRole('button', { name: 'Back to the whole' }).waitFor();
    await page.getByText('"item 17777"').waitFor();
    // Longer than typing pauses: what was typed must not be asked again, over what was opened.
    await page.waitForTimeout(600);
    await page.getByRole('button', { name: 'Back to the whole' }).waitFor();
    expect(new URL(page.url()).searchParams.get('at')).toBe('/items/17777/text');
    const search = page.getByRole('searchbox', { name: 'Search paths, keys and values' });
    expect(await search.inputValue()).toBe('');
    await page.goBack();
    await page.getByRole('button', { name: '/items/17777/text' }).waitFor();
    expect(await search.inputValue()).toBe('items[17777].text');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download all of it' }).click();
    expect(await (await download).failure()).toBeNull();
  });

  it('cancels a run that waits', async () => {
    const { runIds } = await world.send('patient', { n: 1 });
    const page = await open(`/runs/${runIds[0]}`);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByText('Run cancelled', { exact: true }).first().waitFor();
    expect((await endOf(world.instance, runIds[0]!)).status).toBe('cancelled');
  });

  it('goes to a flow by a few letters, and reads the keys', async () => {
    const page = await open('/runs', { fewFrames: true });
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).waitFor();
    await page.keyboard.type('order to');
    await page.getByRole('option', { name: /^Order to CRM/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/flows\/order-to-crm/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  });

  it('is told in the palette that nothing is called so', async () => {
    const page = await open('/runs');
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).fill('zzz');
    await page.getByRole('dialog', { name: 'Go to' }).getByRole('status').getByText('Nothing is called so.').waitFor();
  });

  it('gets the focus back where it was, after a look into the palette', async () => {
    const page = await open('/runs');
    await page.locator('.row-link').nth(1).focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).waitFor();
    await page.keyboard.type('heal');
    await page.getByRole('option', { name: /^Health/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.row-link:focus').waitFor();
    expect(await page.evaluate('[...document.querySelectorAll(".row-link")].indexOf(document.activeElement)')).toBe(1);
  });

  it('keeps up in eight tabs over one connection, also when the first one closes', async () => {
    const visitor = await visit(world.instance, '/runs?flow=partner-less');
    visitors.push(visitor);
    const pages = [visitor.page];
    for (let tab = 1; tab < 8; tab += 1) pages.push(await visitor.context.newPage());
    for (const page of pages.slice(1)) await page.goto(`${world.instance.url}/runs/${world.failed.id}`);
    await pages[0]!.close();
    const waiting = pages[7]!;
    await waiting.goto(`${world.instance.url}/events?flow=hello`);
    await waiting.getByRole('table', { name: 'Accepted requests' }).waitFor();
    await world.send('hello', { name: 'Eighth' });
    await waiting.getByRole('button', { name: '1 new' }).waitFor();
  });
});

describeInBrowser('a newcomer', () => {
  it('sends a first event, sees it arrive, and is one click from its run', async () => {
    const instance = await startInstance();
    const visitor = await visit(instance);
    const { page } = visitor;
    await page.getByText('Waiting for your first event…').waitFor();
    await page.getByText(`curl -d`, { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Send a sample for me' }).click();
    await page.getByText(/Received POST \/flows\/hello\/hook/).waitFor();
    await page.getByText('"ada@example.com"', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Open the run' }).click();
    await page.getByRole('region', { name: 'Flow' }).waitFor();
    await page.getByText('Run succeeded').first().waitFor();
    expect(visitor.complaints).toEqual([]);
    await visitor.context.close();
    await instance.stop();
  });
});
