import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DraftView, FlowView, TestStartedView } from '../../apps/control-api/index.js';
import { describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { endOf } from '../support/flow-files.js';
import { eventually } from '../support/flow-files.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function visitor(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const opened = await visit(world.instance, path, options);
  visitors.push(opened);
  return opened;
}

/** Holds answers back until the test lets them go. */
async function held(page: Page, pattern: string): Promise<() => void> {
  let release: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (release = resolve));
  await page.route(pattern, async (route) => {
    await open;
    await route.continue();
  });
  return release;
}

describeInBrowser('a list', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it.each([
    ['/runs', '**/api/v1/runs?*', 'Loading the runs…', 'No runs yet'],
    ['/events', '**/api/v1/events?*', 'Loading the events…', 'No events yet'],
    ['/health', '**/api/v1/activity*', 'Loading the activity…', 'are well'],
    ['/operations', '**/api/v1/operations?*', 'Loading the operations…', 'Nothing was done'],
  ])('%s that is slow says what it waits for, and never that there is nothing', async (path, pattern, words, none) => {
    const { page } = await visitor('/credentials');
    await page.getByRole('heading', { name: 'Credentials' }).waitFor();
    const release = await held(page, pattern);
    await page.goto(world.instance.url + path);
    await page.getByText(words).waitFor();
    expect(await page.getByText(none).count()).toBe(0);
    release();
    await page.getByText(words).waitFor({ state: 'detached' });
  });

  it('of runs comes with the names of their flows, not with ids that turn into names', async () => {
    const { page } = await visitor('/credentials');
    const named = await held(page, '**/api/v1/flows');
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/v1/runs');
    await page.goto(`${world.instance.url}/runs?flow=hello`);
    await answered;
    await page.getByText('Loading the names of the flows…').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    named();
    await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'Hello' }).first().waitFor();
  });

  it('of runs comes with their ids when names cannot be had', async () => {
    const { page } = await visitor('/credentials');
    await page.route('**/api/v1/flows', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'database.away', message: 'Away.' } } }),
    );
    await page.goto(`${world.instance.url}/runs?flow=hello`);
    await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'hello', exact: true }).first().waitFor();
  });

  it('shows what the server said when it cannot be loaded, and loads again', async () => {
    const { page } = await visitor('/credentials');
    // The stream stays silent: should it begin anew, the page loads its lists by itself.
    await page.route('**/api/v1/stream*', () => undefined);
    const answer = { error: { code: 'database.away', message: 'The database cannot be reached just now.' } };
    await page.route('**/api/v1/runs?*', (route) => route.fulfill({ status: 503, json: answer }));
    await page.goto(`${world.instance.url}/runs`);
    await page.getByText('The database cannot be reached just now.').waitFor();
    await page.getByRole('button', { name: 'Load again' }).waitFor();
    await page.unroute('**/api/v1/runs?*');
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('table', { name: 'Runs' }).waitFor();
  });

  it('goes on with a search whose page brought nothing', async () => {
    const { page } = await visitor('/credentials');
    const old = world.succeeded.eventId;
    let asked = 0;
    // Of another process: what the page has loaded may be older than this stream.
    await page.route('**/api/v1/stream*', (route) => route.continue({ url: `${world.instance.url}/api/v1/stream?after=other-1` }));
    await page.route('**/api/v1/events?*q=needle*', async (route) => {
      asked += 1;
      // Long enough for the page to load its lists anew once its stream begins: this request is given up.
      if (asked === 2) await new Promise((resolve) => setTimeout(resolve, 2_000));
      if (asked < 4) return route.fulfill({ json: { items: [], next: `01920f7a-5c1e-7cc3-98c4-dc0c0c07398${asked}` } });
      const { items } = await world.instance.api<{ items: { id: string }[] }>(`events?q=${old}`);
      return route.fulfill({ json: { items, next: null } });
    });
    await page.goto(`${world.instance.url}/events?q=needle`);
    await page.getByRole('table', { name: 'Accepted requests' }).getByRole('link').first().waitFor();
    expect(asked).toBeGreaterThanOrEqual(4);
    await page.getByText('Everything that is kept was looked through.').waitFor();
  });

  it('keeps its view in the address: filters, what is open, its tab', async () => {
    const place = `/events/${world.failed.eventId}?flow=order-to-crm&outcome=failed&q=1042&tab=headers`;
    const { page } = await visitor(place);
    await page.getByText('content-type').first().waitFor();
    expect(await page.getByLabel('Flow', { exact: true }).inputValue()).toBe('order-to-crm');
    expect(await page.getByLabel('What became of it').inputValue()).toBe('failed');
    expect(await page.getByRole('searchbox').inputValue()).toBe('1042');
    await page.reload();
    await page.getByText('content-type').first().waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(place);
    await page.getByLabel('What became of it').selectOption('Any outcome');
    await page.waitForURL((url) => !url.searchParams.has('outcome'));
    await page.goBack();
    await page.waitForURL(/outcome=failed/);
  });

  it('does not move under the pointer: what came stands behind a button, what was loaded below stays', async () => {
    for (let n = 0; n < 60; n += 1) await world.send('hello', { name: `Row ${n}` });
    const { page } = await visitor('/runs?flow=hello');
    const scroll = (to: number): Promise<unknown> => page.evaluate(`document.querySelector('.rows').scrollTo(0, ${to})`);
    await page.getByRole('table', { name: 'Runs' }).waitFor();
    await scroll(400);
    const row = page.locator('.rows-body .row').nth(14);
    const before = [await row.innerText(), (await row.boundingBox())?.y];
    for (let n = 0; n < 4; n += 1) await world.send('hello', { name: `New ${n}` });
    await page.getByRole('button', { name: '4 new' }).waitFor();
    expect([await row.innerText(), (await row.boundingBox())?.y]).toEqual(before);
    await scroll(1e6);
    await page.getByText('That is all.').waitFor();
    await page.getByRole('button', { name: '4 new' }).click();
    expect(await page.getByRole('table', { name: 'Runs' }).getAttribute('aria-rowcount')).toBe('66');
  });

  it('goes on after an interruption without a gap and without repetition', async () => {
    const { page, context } = await visitor('/runs?flow=partner');
    await page.getByText('No run is like this').waitFor();
    await context.setOffline(true);
    await world.send('partner', { n: 1 }, { 'x-key': 'a-secret-that-is-long-enough' });
    await context.setOffline(false);
    await world.send('partner', { n: 2 }, { 'x-key': 'a-secret-that-is-long-enough' });
    await page.locator('.rows-body .row').nth(0).waitFor();
    const pill = page.getByRole('button', { name: /new$/ });
    await eventually('both runs', async () =>
      (await page.locator('.rows-body .row').count()) + (await pill.count()) >= 2 ? true : undefined,
    );
    if ((await pill.count()) > 0) await pill.click();
    expect(await page.locator('.rows-body .row').count()).toBe(2);
  });

  it('of runs stays where it is when its first row is selected: the next one is under the pointer', async () => {
    const { page } = await visitor('/runs');
    const row = page.locator('.rows-body .row').nth(1);
    await row.waitFor();
    const before = await row.boundingBox();
    await page.locator('.rows-body .row').nth(0).getByRole('checkbox').click();
    await page.getByRole('region', { name: 'Selected rows' }).waitFor();
    expect(await row.boundingBox()).toEqual(before);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('navigation', { name: 'Status' }).waitFor();
    expect(await row.boundingBox()).toEqual(before);
  });

  it('of runs tells tests of drafts from real runs, and a test leads to the draft', async () => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const { text } = await world.instance.api<FlowView>('flows/hello');
    const put = { ...post, method: 'PUT', body: JSON.stringify({ text, revision: 0 }) };
    const { revision } = await world.instance.api<DraftView>('flows/hello/draft', put);
    const { runId } = await world.instance.api<TestStartedView>('flows/hello/tests', {
      ...post,
      body: JSON.stringify({ event: world.succeeded.eventId, revision }),
    });
    await endOf(world.instance, runId);
    const { page } = await visitor('/runs?flow=hello');
    const tests = page.getByRole('row').filter({ has: page.getByText('Test', { exact: true }) });
    await tests.first().waitFor();
    expect(await tests.count()).toBe(1);
    await tests.getByRole('link').click();
    await page.getByRole('heading', { name: 'Test succeeded' }).waitFor();
    expect(await page.getByText(/\bv0\b|version 0/).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'draft', exact: true }).getAttribute('href')).toBe('/flows/hello/edit');
  });

  it('shows a name of any length on one line, beside where it leads from', async () => {
    const name = 'Orders of the northern warehouse, with what finance asked for in spring, '.repeat(6).trim();
    await world.instance.api('flows/long-name/versions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: JSON.stringify({ format: 1, id: 'long-name', name, trigger: { type: 'webhook' }, steps: [] }) }),
    });
    for (const width of [1440, 390]) {
      const { page } = await visitor('/flows', { width, height: 844 });
      const link = page.getByRole('link', { name });
      await link.waitFor();
      expect((await link.boundingBox())!.height).toBeLessThan(30);
      expect(await link.getAttribute('title')).toBe(name);
      await link.click();
      const title = page.getByRole('heading', { level: 1 });
      await title.waitFor();
      const [from, to] = [await page.locator('.trail a').boundingBox(), await title.boundingBox()];
      expect(from!.x + from!.width).toBeLessThan(to!.x);
      expect(await page.evaluate(`document.querySelector('.trail a').scrollWidth`)).toBeLessThanOrEqual(Math.ceil(from!.width));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });

  it('of runs shows all of its filters on a phone', async () => {
    const { page } = await visitor('/runs', { width: 390, height: 844 });
    const choices = page.getByRole('navigation', { name: 'Status' }).getByRole('link');
    await choices.first().waitFor();
    const boxes = await Promise.all((await choices.all()).map((choice) => choice.boundingBox()));
    expect(boxes).toHaveLength(8);
    expect(Math.max(...boxes.map((box) => box!.x + box!.width))).toBeLessThanOrEqual(390);
  });

  it('of runs, and a run, can be used on a phone: retried, and its flow paused', async () => {
    const { page } = await visitor(`/runs/${world.failed.id}`, { width: 390, height: 844 });
    await page.getByRole('table', { name: 'Steps' }).waitFor();
    await page.getByRole('button', { name: 'Show what failed' }).click();
    await page.getByRole('region', { name: 'What failed' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Retry from here' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(world.failed.id));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  describe('whose page has come before its stream', () => {
    /** The runs, in a page that hears nothing until it is let. */
    async function deaf(): Promise<{ page: Page; asked: string[]; hear: () => void }> {
      const { page } = await visitor('/credentials');
      const asked: string[] = [];
      page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
      const hear = await held(page, '**/api/v1/stream*');
      await page.goto(`${world.instance.url}/runs`);
      await page.getByRole('table', { name: 'Runs' }).waitFor();
      return { page, asked, hear };
    }

    const newRun = (page: Page): Promise<void> => page.getByRole('button', { name: '1 new' }).waitFor();

    it('is not asked for again when nothing has changed', async () => {
      const { page, asked, hear } = await deaf();
      hear();
      await world.send('hello', { name: 'Grace' });
      await newRun(page);
      // What a run does not change was asked for when the page came, and not when its stream began.
      expect(asked.filter((path) => path === '/api/v1/flows')).toHaveLength(1);
    });

    it('shows what changed in between', async () => {
      const { page, hear } = await deaf();
      const { page: other } = await visitor('/runs');
      await other.getByRole('table', { name: 'Runs' }).waitFor();
      await world.send('hello', { name: 'Grace' });
      // Whoever listens has heard of it by now, and will not be told again.
      await newRun(other);
      hear();
      await newRun(page);
    });
  });
});
