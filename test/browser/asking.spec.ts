import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { DraftView, RunView } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, stranger, visit, type Visitor } from '../support/browser.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const visitors: Visitor[] = [];

const ask = {
  title: 'Refund {{ trigger.body.amount }} € to {{ trigger.body.name }}?',
  text: 'Order A-1\n\nThe parcel came back <b>unopened</b>.',
  answers: { approve: 'Approve', decline: 'Decline', later: 'Ask me again tomorrow' },
  comment: 'Why?',
};

const flows = webhookFlow(
  'refunds',
  {},
  [
    { id: 'approval', wait: { webhook: { ask, timeout: '3d' } } },
    { id: 'done', set: { said: '{{ steps.approval.answer }}', why: '{{ steps.approval.comment ?? "" }}' } },
  ],
  { name: 'Refunds' },
);

/** A run that asks, and the address of its page. */
async function asking(): Promise<{ readonly id: string; readonly url: string }> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"amount":40,"name":"Ada <script>alert(1)</script>"}',
  };
  const { runId: id } = (await (await fetch(`${instance.url}/flows/refunds/hook`, init)).json()) as { runId: string };
  const url = await eventually('the question', async () => {
    const run = await instance.api<RunView>(`runs/${id}`);
    return run.steps.find(({ question }) => question !== null)?.resumeUrl ?? undefined;
  });
  return { id, url };
}

async function kept(opening: Promise<Visitor>): Promise<Visitor> {
  const visitor = await opening;
  visitors.push(visitor);
  return visitor;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** The page of the question, in a tab of its own. */
async function opened({ page, context }: Visitor): Promise<Page> {
  const opening = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Open the page' }).click();
  const tab = await opening;
  await button(tab, 'Approve').waitFor();
  return tab;
}

describeInBrowser('a question to a person', () => {
  beforeAll(async () => {
    instance = await startInstance({ flows });
  });
  afterEach(() => Promise.all(visitors.splice(0).map(({ context }) => context.close())));
  afterAll(() => instance.stop());

  it('that nobody answered before its run was cancelled says so, and its clock stands', async () => {
    const { id } = await asking();
    const { page } = await kept(visit(instance, `/runs/${id}?step=approval`));
    await page.clock.install();
    const line = page.locator('.result-line');
    /** What the line says, and what it says two minutes later. */
    const inTwoMinutes = async (words: string): Promise<(string | null)[]> => {
      await page.reload();
      await line.getByText(words).waitFor();
      const before = await line.textContent();
      await page.clock.runFor(120_000);
      return [before, await line.textContent()];
    };
    const [early, late] = await inTwoMinutes('Goes on with somebody');
    expect(late).not.toBe(early);
    await instance.api(`runs/${id}/cancel`, { method: 'POST' });
    const [before, after] = await inTwoMinutes('The run was cancelled before anybody had answered.');
    expect(before).toContain('Never answered');
    expect(after).toBe(before);
    expect(await page.getByRole('link', { name: 'Open the page' }).count()).toBe(0);
    expect(await page.locator('.node[data-step="approval"]').getAttribute('data-status')).toBe('cancelled');
  });

  it('is opened from its run, answered by a button, and whoever comes second is told', async () => {
    const { id } = await asking();
    const owner = await kept(visit(instance, `/runs/${id}`));
    await owner.page.getByRole('region', { name: 'The question' }).getByText('Refund 40 € to Ada').waitFor();
    expect(await accessibilityFaults(owner)).toEqual([]);
    await picture(owner, 'asking-run');
    const [page, second] = [await opened(owner), await opened(owner)];
    await page.getByRole('textbox', { name: 'Why?' }).fill('It came back.\nUnopened.');
    await button(page, 'Approve').click();
    await page.getByText('You answered: Approve. You can close this page.').waitFor();
    const ended = await endOf(instance, id);
    expect(ended.steps.find(({ path }) => path === 'done')?.output).toEqual({ said: 'approve', why: 'It came back.\nUnopened.' });
    await button(second, 'Decline').click();
    await second.getByText(/^The answer was Approve, on .* UTC\. You can close this page\.$/).waitFor();
    expect(owner.complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('is readable on a phone in %s, by everybody, and its texts are texts', async (theme) => {
    const { url } = await asking();
    const visitor = await kept(stranger({ theme, width: 390, height: 844 }));
    const { page } = visitor;
    await page.goto(url);
    await button(page, 'Ask me again tomorrow').waitFor();
    expect(await page.getByRole('heading').textContent()).toBe('Refund 40 € to Ada <script>alert(1)</script>?');
    expect(await page.locator('.text').evaluate((element) => (element as unknown as { innerText: string }).innerText)).toBe(ask.text);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await page.evaluate('getComputedStyle(document.querySelector("button.first")).backgroundColor')).toBe(
      theme === 'light' ? 'rgb(26, 95, 180)' : 'rgb(138, 184, 245)',
    );
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await picture(visitor, `asking-${theme}`);
    await page.keyboard.press('Tab');
    await page.keyboard.type('Not today');
    for (let tabs = 0; tabs < 3; tabs += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('You answered: Ask me again tomorrow.').waitFor();
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await page.goto(url);
    await page.getByRole('heading', { name: 'This was answered already' }).waitFor();
    await page.goto(`${url}x`);
    await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(await accessibilityFaults(visitor)).toEqual([]);
    expect(visitor.complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  it('is made in the form of a step', async () => {
    const visitor = await kept(visit(instance, '/flows/refunds/edit?step=approval'));
    const { page } = visitor;
    await page.getByRole('textbox', { name: 'Question', exact: true }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Waits' }).inputValue()).toBe('ask');
    expect(await page.getByRole('textbox', { name: 'Label of a comment' }).inputValue()).toBe('Why?');
    await page.getByRole('textbox', { name: 'Answers later', exact: true }).fill('Not now');
    await page.getByRole('textbox', { name: 'Question', exact: true }).fill('Well?');
    await eventually('both in the draft', async () => {
      const { text } = await instance.api<DraftView>('flows/refunds/draft').catch(() => ({ text: '' }));
      return (text.includes('"Well?"') && text.includes('"Not now"')) || undefined;
    });
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await picture(visitor, 'asking-form');
    await page.getByRole('combobox', { name: 'Waits' }).selectOption('webhook');
    await page.getByRole('textbox', { name: 'What the body must be' }).waitFor();
    await page.getByRole('combobox', { name: 'Waits' }).selectOption('ask');
    await page.getByRole('textbox', { name: 'Answers approve', exact: true }).waitFor();
  });
});
