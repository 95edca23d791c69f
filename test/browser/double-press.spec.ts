import { jest } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { startWorld, type World } from './world.js';

jest.setTimeout(300_000);

let world: World;
const visitors: Visitor[] = [];

/** A page, and what it asked of the server that changes something. */
async function open(path: string): Promise<{ page: Page; sent: string[] }> {
  const opened = await visit(world.instance, path);
  visitors.push(opened);
  const sent: string[] = [];
  opened.page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname.split('/').at(-1)}`);
  });
  return { page: opened.page, sent };
}

/** Two clicks at one place, as a mouse tells them: the second one comes when what the first one did can be seen. */
async function doubleClick(page: Page, target: Locator, seen: () => Promise<unknown>): Promise<void> {
  await target.waitFor();
  const { x, y, width, height } = (await target.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  for (const clickCount of [1, 2]) {
    await page.mouse.down({ clickCount });
    await page.mouse.up({ clickCount });
    if (clickCount === 1) await seen();
  }
}

const answered = (page: Page): Promise<unknown> => page.waitForResponse((response) => response.request().method() === 'POST');

const PRESSES: readonly (readonly [string, () => string, string])[] = [
  ['Replay', () => `/events/${world.succeeded.eventId}`, 'POST replay'],
  ['Run again', () => `/runs/${world.succeeded.id}`, 'POST rerun'],
  ['Retry from here', () => `/runs/${world.failed.id}`, 'POST rerun'],
];

describeInBrowser('a double click is one press', () => {
  beforeAll(async () => void (world = await startWorld()));
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => world.stop());

  it.each(PRESSES)('on %s', async (name, path, request) => {
    const { page, sent } = await open(path());
    await page.getByRole('button', { name, exact: true }).dblclick();
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && url.pathname !== path());
    await page
      .getByText(/^Run (succeeded|failed)$/)
      .first()
      .waitFor();
    expect(sent).toEqual([request]);
  });

  it.each(PRESSES)('on %s, whose answer comes before the second click', async (name, path, request) => {
    const { page, sent } = await open(path());
    await doubleClick(page, page.getByRole('button', { name, exact: true }), () => answered(page));
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && url.pathname !== path());
    await page
      .getByText(/^Run (succeeded|failed)$/)
      .first()
      .waitFor();
    expect(sent).toEqual([request]);
  });

  it('on a form that is sent: an event is replayed once', async () => {
    const { page, sent } = await open(`/runs/${world.succeeded.id}`);
    await page.getByRole('button', { name: 'Edit and re-run' }).click();
    await doubleClick(page, page.getByRole('button', { name: 'Run with this body' }), () => answered(page));
    await page.waitForURL((url) => !url.pathname.endsWith(world.succeeded.id));
    expect(sent).toEqual(['POST rerun']);
  });

  it('and a key that is held is one press too, while pressing it again is another', async () => {
    const { page, sent } = await open(`/events/${world.succeeded.eventId}`);
    const replay = page.getByRole('button', { name: 'Replay', exact: true });
    await replay.focus();
    const first = answered(page);
    for (let n = 0; n < 3; n += 1) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await first;
    await page.waitForURL(/\/runs\//);
    expect(sent).toEqual(['POST replay']);
    await page.goBack();
    await replay.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\//);
    expect(sent).toEqual(['POST replay', 'POST replay']);
  });

  it('deletes no draft: what cannot be had back is confirmed by a press of its own', async () => {
    const text = JSON.stringify({ format: 1, id: 'never-live', name: 'Never live', trigger: { type: 'webhook' }, steps: [] });
    const headers = { 'content-type': 'application/json' };
    await world.instance.api('flows/never-live/draft', { method: 'PUT', headers, body: JSON.stringify({ text, revision: 0 }) });
    const { page, sent } = await open('/flows/never-live/edit');
    const sure = page.getByRole('button', { name: 'Discard the draft of never-live for good' });
    const isDeleted = (): boolean => sent.includes('DELETE draft');
    await doubleClick(page, page.getByRole('button', { name: 'Discard the draft', exact: true }), () => sure.waitFor());
    await page.getByRole('link', { name: 'Flows', exact: true }).first().click();
    await page.getByRole('link', { name: 'Never live' }).click();
    expect(isDeleted()).toBe(false);
    await page.getByRole('button', { name: 'Discard the draft', exact: true }).click();
    await sure.click();
    await page.waitForURL(/\/flows$/);
    expect(isDeleted()).toBe(true);
  });
});
