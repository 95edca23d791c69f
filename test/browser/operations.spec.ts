import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { RunPage, RunView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Theme, type Visitor } from '../support/browser.js';
import { endOf } from '../support/flow-files.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

async function visitor(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visitor> {
  const opened = await visit(world.instance, path, options);
  visitors.push(opened);
  return opened;
}

async function open(path: string): Promise<Page> {
  return (await visitor(path)).page;
}

describeInBrowser('whoever does something to many', () => {
  beforeAll(async () => {
    world = await startWorld();
    for (let n = 0; n < 12; n += 1) await world.send('hello', { name: `Many ${n}` });
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it('is told how many it is about, sees how far it is, and gets the list of what it started', async () => {
    const page = await open('/events?flow=hello');
    const rows = page.getByRole('table', { name: 'Accepted requests' }).getByRole('row');
    await rows.nth(3).waitFor();
    await rows.nth(1).getByRole('checkbox').click();
    await rows
      .nth(3)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    const bar = page.getByRole('region', { name: 'Selected rows' });
    await bar.getByText('3 rows').waitFor();
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Replay 3 events' }).waitFor();
    await page.getByRole('button', { name: 'Replay 3 events' }).click();
    await page.getByText('3 of 3 replayed.').waitFor();
    const started = page.getByRole('table', { name: 'Runs' }).getByRole('row');
    // What was started after the list was loaded stands behind a button, as everywhere.
    const pill = page.getByRole('button', { name: /^\d new$/ });
    await started.nth(3).or(pill).first().waitFor();
    if ((await pill.count()) > 0) await pill.click();
    await started.nth(3).waitFor();
    expect(await started.count()).toBe(4);
    expect(new URL(page.url()).searchParams.get('operation')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes all that the filters let through, at a rate, and leaves the rest', async () => {
    const page = await open('/events?flow=hello&q=Many');
    const rows = page.getByRole('table', { name: 'Accepted requests' }).getByRole('row');
    await rows.nth(1).getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Take all that match' }).click();
    await page.getByRole('button', { name: 'Replay…' }).click();
    await page.getByRole('dialog', { name: 'Replay 12 events' }).waitFor();
    await page.getByLabel('How fast').selectOption({ label: '1 a second, about 12 s' });
    await page.getByRole('button', { name: 'Replay 12 events' }).click();
    await page.getByRole('button', { name: 'Leave the rest' }).click();
    await page.getByText(/cancelled with \d+ left/).waitFor();
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByRole('link', { name: 'Replay 12 events' }).waitFor();
  });

  it('learns what it could not be done to, and why', async () => {
    const page = await open('/runs?flow=hello&status=succeeded');
    await page.getByRole('table', { name: 'Runs' }).getByRole('row').nth(1).getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('button', { name: 'Cancel 1 run' }).click();
    await page.getByText('1 run could not be cancelled').click();
    await page.getByText('It had ended already.').waitFor();
  });

  it('replays one event by one key, and is at its run', async () => {
    const page = await open(`/events/${world.succeeded.eventId}`);
    await page.getByRole('button', { name: 'Replay' }).waitFor();
    await page.keyboard.press('r');
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
    const panel = page.getByRole('region', { name: 'The run' });
    await panel.getByText(/^Replay of event [0-9a-f]{6}, which had made run [0-9a-f]{6} before\.$/).waitFor();
  });

  it('sees dead letters by what they failed of, one by one too, and retries all of a cause', async () => {
    for (let n = 0; n < 2; n += 1)
      await world.send('order-to-crm', { type: 'order.paid', id: `9${n}`, total: 1, customer: { name: 'Bo' } });
    const page = await open('/health');
    await page.getByRole('heading', { name: /failed runs wait for you/ }).waitFor();
    const cause = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Retry \d+ runs of order-to-crm notify/ }) });
    const toggle = cause.getByRole('button', { name: /^\d+ runs$/ });
    const amount = Number.parseInt((await toggle.textContent())!, 10);
    await toggle.click();
    const letters = page.getByRole('button', { name: /^Discard order-to-crm [0-9a-f]{6}$/ });
    await letters.nth(amount - 1).waitFor();
    expect(await letters.count()).toBe(amount);
    await letters.first().click();
    await page
      .getByRole('button', { name: `Retry ${amount - 1} runs of order-to-crm notify…` })
      .or(letters)
      .first()
      .waitFor();
    await cause.getByRole('button', { name: /^Retry/ }).click();
    await page.getByRole('button', { name: /^Retry \d+ failed runs?$/ }).click();
    await page
      .getByText(/retried/)
      .first()
      .waitFor();
  });

  it('finds failed runs that wait counted beside Health, and no longer once they were retried', async () => {
    const page = await open('/health');
    const words = page.getByRole('heading', { name: /failed runs? waits? for you/ });
    const counted = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Health/ });
    await words.waitFor();
    const amount = /(\d+) failed run/.exec((await words.textContent())!)![1]!;
    expect(await counted.innerText()).toContain(`${amount} failed`);
    const { items } = await world.instance.api<RunPage>('dead-letters?limit=100');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ ids: items.map(({ id }) => id), reason: 'Told by telephone', confirm: items.length });
    await world.instance.api('dead-letters/discard', { method: 'POST', headers, body });
    await page.reload();
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    await counted.getByText(/failed/).waitFor({ state: 'detached' });
    // What is of the day is still told, by flow, but waits for nobody.
    await page.goto(`${world.instance.url}/runs?status=failed`);
    await page.getByText('Discarded').first().waitFor();
  });

  it('is offered a retry of failed runs first, which leaves out what was seen to', async () => {
    const sent = [];
    for (let n = 0; n < 2; n += 1)
      sent.push(await world.send('order-to-crm', { type: 'order.paid', id: `7${n}`, total: 1, customer: { name: 'Cy' } }));
    for (const { runIds } of sent) await endOf(world.instance, runIds[0]!);
    const seenTo = sent[0]!.runIds[0]!;
    await world.instance.api(`runs/${seenTo}/rerun`, { method: 'POST' });
    await expect(world.instance.api<RunView>(`runs/${seenTo}`)).resolves.toMatchObject({ resolution: 'rerun' });
    const page = await open('/runs?status=failed');
    const row = (id: string): Locator => page.getByRole('row').filter({ has: page.locator(`a[href="/runs/${id}"]`) });
    await row(seenTo).getByText('Re-run', { exact: true }).waitFor();
    for (const { runIds } of sent) await row(runIds[0]!).getByRole('checkbox').click();
    const bar = page.getByRole('region', { name: 'Selected rows' });
    await bar.getByText('1 of them re-run or discarded already').waitFor();
    await bar.getByRole('button').first().click();
    await page.getByRole('dialog', { name: 'Retry 1 failed run' }).waitFor();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await bar.getByRole('button', { name: 'Take all that match' }).click();
    await bar.getByRole('button', { name: 'Retry…' }).click();
    await page.getByRole('dialog', { name: /^Retry \d+ failed runs?$/ }).waitFor();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await bar.getByRole('button', { name: 'Run again…' }).click();
    await page.getByText(/of them (was|were) re-run or discarded already, and would be run again too/).waitFor();
  });

  it('discards all of a cause once it says why', async () => {
    for (let n = 0; n < 2; n += 1)
      await world.send('order-to-crm', { type: 'order.paid', id: `8${n}`, total: 1, customer: { name: 'Bo' } });
    // What ends while it is asked makes more of them than it was asked about.
    const { items } = await world.instance.api<RunPage>('runs?flow=order-to-crm&limit=100');
    await Promise.all(items.map(({ id }) => endOf(world.instance, id)));
    const page = await open('/health');
    await page.getByRole('button', { name: /^Discard \d+ runs of order-to-crm notify/ }).click();
    const discard = page.getByRole('button', { name: /^Discard \d+ failed runs$/ });
    await discard.waitFor();
    expect(await discard.isDisabled()).toBe(true);
    await page.getByLabel('Why').fill('The warehouse was closed');
    await discard.click();
    await page.getByText(/^\d+ of \d+ discarded/).waitFor();
  });

  it('sees of each event whether it was verified, which runs it made, and why none', async () => {
    await world.send('partner', { n: 2 }, { 'x-key': 'a-secret-that-is-long-enough' });
    await world.send('order-to-crm', { type: 'order.cancelled' });
    const page = await open('/events?flow=partner');
    const row = page.getByRole('table', { name: 'Accepted requests' }).getByRole('row').nth(1);
    await row.getByRole('img', { name: /^Verified by the credential partner/ }).waitFor();
    await row.getByRole('img', { name: 'Succeeded' }).waitFor();
    await page.goto(`${world.instance.url}/events?outcome=none`);
    await page.getByText('No run, the condition did not hold').waitFor();
    await page.getByRole('table', { name: 'Accepted requests' }).getByRole('row').nth(1).getByRole('link').click();
    await page.getByText('The condition of the trigger did not hold:').waitFor();
    await page.getByText('Not verified: the URL is open').first().waitFor();
  });

  it('is told that nothing is like this only when everything was looked through', async () => {
    const page = await open('/events?q=nobody-sent-this');
    await page.getByText('Everything that is kept was looked through.').waitFor();
    await page.getByText('Nothing that is kept is like this').waitFor();
  });

  it.each<readonly [string, Theme, number, number]>([
    ['wide', 'light', 1440, 900],
    ['wide', 'dark', 1440, 900],
    ['phone', 'light', 390, 844],
    ['4k', 'dark', 3840, 2160],
  ])('is accessible: %s, %s', async (size, theme, width, height) => {
    const opened = await visitor('/events?flow=hello', { theme, width, height });
    const { page } = opened;
    await page.getByRole('link', { name: /POST/ }).first().waitFor();
    if (size !== 'phone') await page.getByRole('checkbox').first().click();
    await picture(opened, `events-selected-${size}-${theme}`);
    expect(await accessibilityFaults(opened)).toEqual([]);
    if (size !== 'phone') {
      await page.getByRole('button', { name: 'Replay…' }).click();
      await page.getByRole('button', { name: 'Replay 1 event' }).waitFor();
      await picture(opened, `order-${size}-${theme}`);
      expect(await accessibilityFaults(opened)).toEqual([]);
      await page.getByRole('button', { name: 'Replay 1 event' }).click();
      await page.getByText('1 of 1 replayed.').waitFor();
      await picture(opened, `operation-${size}-${theme}`);
      expect(await accessibilityFaults(opened)).toEqual([]);
    }
    await page.goto(`${world.instance.url}/operations`);
    await page
      .getByRole('link', { name: /^Replay/ })
      .first()
      .waitFor();
    await picture(opened, `operations-${size}-${theme}`);
    expect(await accessibilityFaults(opened)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
