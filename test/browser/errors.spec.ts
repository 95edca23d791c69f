import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, visit, type Visitor } from '../support/browser.js';
import { endOf, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver, type Reply } from '../support/receiver.js';

jest.setTimeout(300_000);

const REPLIES: Readonly<Record<string, Reply>> = {
  '/gone': { status: 404, body: { error: 'no such order' } },
  '/broken': { status: 502, body: { error: 'upstream' } },
  '/busy': { status: 429, headers: { 'retry-after': '0' }, body: { error: 'slow down' } },
  '/closed': { status: 401, body: { error: 'token expired' } },
  '/half': { status: 200, headers: { 'content-type': 'application/json' }, body: '{"half":' },
  '/huge': { status: 200, body: 'x'.repeat(11 * 1024 * 1024) },
};

/** A step for each way to fail. `{url}` is the other side. */
const KINDS: Readonly<Record<string, object>> = {
  dns: { with: { url: 'http://a-label-that-is-longer-than-the-sixty-three-characters-that-dns-allows.test/' } },
  tls: { with: { url: '{secure}/orders' } },
  timeout: { with: { url: '{url}/never' }, timeout: '300ms' },
  'client error': { with: { url: '{url}/gone' } },
  'server error': { with: { url: '{url}/broken' }, retry: { attempts: 2, delay: '10ms' } },
  'rate limit': { with: { url: '{url}/busy' }, retry: { attempts: 2, delay: '10ms' } },
  'bad JSON': { with: { url: '{url}/half' } },
  'missing reference': { with: { url: '{url}/{{ trigger.body.customer.id }}' } },
  'type mismatch': { with: { url: '{url}', headers: '{{ trigger.body.number }}' } },
  'expired credential': { with: { url: '{url}/closed' }, credential: 'crm' },
  'too large': { with: { url: '{url}/huge' } },
};

function idOf(kind: string): string {
  return kind.toLowerCase().replaceAll(' ', '-');
}

describeInBrowser('an error', () => {
  let receiver: Receiver;
  let instance: TestInstance;
  let visitor: Visitor;
  const hanging: (() => void)[] = [];

  beforeAll(async () => {
    receiver = await startReceiver(({ url }) => {
      if (url !== '/never') return REPLIES[url] ?? { status: 200 };
      return new Promise((resolve) => hanging.push(() => resolve({ status: 200 })));
    });
    const place = (step: object): object =>
      JSON.parse(
        JSON.stringify(step).replaceAll('{url}', receiver.url).replaceAll('{secure}', receiver.url.replace('http:', 'https:')),
      ) as object;
    const flows = Object.entries(KINDS).map(([kind, step]) =>
      webhookFlow(idOf(kind), {}, [
        { id: 'tell', name: 'Tell the warehouse', use: 'http.request', retry: { attempts: 1 }, ...place(step) },
      ]),
    );
    const waiting = webhookFlow('cancelled', {}, [{ id: 'nap', wait: { for: '1h' } }]);
    const credentials = { crm: { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'CRM_KEY' } } };
    instance = await startInstance({
      flows: { credentials, ...Object.assign({}, ...flows), ...waiting },
      env: { CRM_KEY: 'a-secret-that-is-long-enough' },
    });
    visitor = await visit(instance, '/flows');
  });
  afterAll(async () => {
    for (const answer of hanging) answer();
    await visitor.context.close();
    await instance.stop();
    await receiver.close();
  });

  async function run(flow: string): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: '{"number":7}' });
    return ((await response.json()) as { runIds: string[] }).runIds[0]!;
  }

  /** As a person reads it, without what differs each time. */
  async function shown(page: Page, runId: string): Promise<string> {
    await page.goto(`${instance.url}/runs/${runId}`);
    const region = page.getByRole('region', { name: 'What failed' });
    await region.waitFor();
    const head = await page.getByRole('complementary', { name: 'Inspector' }).getByRole('heading', { level: 2 }).innerText();
    const paragraphs = await region.locator('> h3, > p').allInnerTexts();
    return [head, ...paragraphs]
      .join('\n')
      .replaceAll(receiver.url.slice('http://'.length), 'the-other-side')
      .replace(/\d\d:\d\d:\d\d/g, 'hh:mm:ss')
      .replace(/\([A-Z][A-Z_]+\)/g, '(THE_CODE)');
  }

  it.each(Object.keys(KINDS))('of the kind %s names the step, the cause, the attempt and what to do', async (kind) => {
    const runId = await run(idOf(kind));
    expect((await endOf(instance, runId)).status).toBe('failed');
    const text = await shown(visitor.page, runId);
    expect(text).toMatchSnapshot();
    expect(text).not.toMatch(/\[object|undefined|null|Error:/);
  });

  it('of a run that was cancelled says so, and offers to run it again', async () => {
    const runId = await run('cancelled');
    await instance.api(`runs/${runId}/cancel`, { method: 'POST' });
    const { page } = visitor;
    await page.goto(`${instance.url}/runs/${runId}?step=run`);
    await page.getByRole('heading', { name: 'Run cancelled' }).waitFor();
    expect(await page.locator('.cancelled-words').innerText()).toMatchSnapshot();
    await page.getByRole('button', { name: 'Run again' }).waitFor();
  });
});
