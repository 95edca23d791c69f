import { createHmac } from 'node:crypto';
import { jest } from '@jest/globals';
import type { RefusalPage } from '../../apps/control-api/index.js';
import { accessibilityFaults, describeInBrowser, picture, visit, type Visitor } from '../support/browser.js';
import { eventually } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

let instance: TestInstance;
const BODY = '{"n":1}';

async function send(path: string, secret: string): Promise<number> {
  const signature = `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
  return (await fetch(`${instance.url}${path}`, { method: 'POST', body: BODY, headers })).status;
}

/** The secret that the page shows at this moment. */
async function shownSecret({ page }: Visitor): Promise<string> {
  return page.getByRole('status', { name: 'The new secret' }).locator('code').innerText();
}

describeInBrowser('connecting a vendor', () => {
  beforeAll(async () => {
    const soon = new Date(Date.now() + 9 * 86_400_000 - 60_000).toISOString();
    const credentials = {
      ending: { type: 'hmac', scheme: 'github', secrets: [{ env: 'ENDING', notAfter: soon }] },
      lasting: { type: 'basic', username: 'ada', password: { env: 'LASTING' } },
    };
    const env = { ENDING: 'a-secret-that-ends-soon-enough', LASTING: 'a-password-that-lasts' };
    instance = await startInstance({ flows: { credentials }, env });
  });
  afterAll(() => instance.stop());

  it('makes a URL with a secret that is shown once, and sees the first event arrive by itself', async () => {
    const visitor = await visit(instance, '/endpoints');
    const { page } = visitor;
    await page.getByText('No endpoints yet').waitFor();
    await page.getByRole('button', { name: 'New endpoint' }).click();
    await page.getByLabel('What people call it').fill('Code');
    expect(await page.getByLabel('Name in the URL').inputValue()).toBe('code');
    const vendor = page.getByRole('combobox', { name: 'Vendor', exact: true });
    await vendor.fill('discord');
    await page.getByText('This vendor makes the keys itself').waitFor();
    await vendor.fill('github');
    await page.getByText('It signs in X-Hub-Signature-256.').waitFor();
    // Firefox shows and searches nothing but the label where there is one.
    expect(await page.locator('datalist option[value="github"]').getAttribute('label')).toBeNull();
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await page.getByRole('button', { name: 'Make the endpoint' }).click();
    const secret = await shownSecret(visitor);
    await picture(visitor, 'endpoint-made');
    await page.getByRole('link', { name: 'Show the endpoint' }).click();
    await page.getByText('Waiting for the first event…').waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await send('/endpoints/code', secret)).toBe(202);
    await page.getByText('Received POST').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Make a new secret' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(visitor.complaints).toEqual([]);
    await visitor.context.close();
  });

  it('stays open when Escape closes the vendors that are suggested, where the page is told of that key, as in Firefox and Safari', async () => {
    const { page, context } = await visit(instance, '/endpoints');
    await page.getByRole('button', { name: 'New endpoint' }).click();
    const vendor = page.getByRole('combobox', { name: 'Vendor', exact: true });
    await vendor.fill('git');
    await vendor.dispatchEvent('keydown', { key: 'Escape' });
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(await vendor.inputValue()).toBe('git');
    await vendor.dispatchEvent('keydown', { key: 'Escape' });
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await context.close();
  });

  it('changes the secret, lets the old one go on, and tells what was refused', async () => {
    const visitor = await visit(instance, '/endpoints/code/details');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    const fresh = await shownSecret(visitor);
    await page.getByText(/A secret that was replaced still counts until/).waitFor();
    expect(await send('/endpoints/code', fresh)).toBe(202);
    expect(await send('/endpoints/code', 'a-wrong-secret')).toBe(401);
    await eventually('the refusal', async () =>
      (await instance.api<RefusalPage>('refusals?flow=endpoints/code')).items.length > 0 ? true : undefined,
    );
    await page.getByRole('link', { name: /^401,/ }).waitFor();
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await picture(visitor, 'endpoint-rotated');
    await visitor.context.close();
  });

  it('is told by a sentence what cannot be made', async () => {
    const visitor = await visit(instance, '/endpoints');
    const { page } = visitor;
    await page.getByRole('button', { name: 'New endpoint' }).click();
    await page.getByLabel('Name in the URL').fill('code');
    await page.getByRole('combobox', { name: 'Vendor', exact: true }).fill('github');
    await page.getByRole('button', { name: 'Make the endpoint' }).click();
    await page.getByText(/There is an endpoint code already/).waitFor();
    await page.getByLabel('Name in the URL').fill('other');
    await page.getByRole('combobox', { name: 'Vendor', exact: true }).fill('nobody-signs-like-this');
    await page.getByRole('button', { name: 'Make the endpoint' }).click();
    await page
      .getByRole('alert')
      .getByText(/scheme/i)
      .waitFor();
    await visitor.context.close();
  });

  it('warns of a credential that ends within two weeks, tests one, and changes its secret', async () => {
    const visitor = await visit(instance, '/credentials');
    const { page } = visitor;
    await page.getByText('Expires in 9 days').waitFor();
    await page.getByRole('link', { name: 'lasting' }).click();
    await page.getByRole('button', { name: 'Test here' }).click();
    await page.getByText(/A sample that was signed with it was accepted/).waitFor();
    await page.getByLabel('A URL that asks for it').fill(`${instance.url}/api/v1/status`);
    await page.getByRole('button', { name: 'Send a GET with it' }).click();
    await page.getByText(/The other side answered 401: it does not take this credential/).waitFor();
    await page.getByLabel('Secret of the other side').fill('a-password-that-somebody-typed');
    await page.getByRole('button', { name: 'Take this secret' }).click();
    await page.getByText('sealed here, before the credentials file').waitFor();
    expect(await page.content()).not.toContain('a-password-that-somebody-typed');
    await page.getByRole('button', { name: 'Remove what is sealed' }).click();
    await page.getByRole('button', { name: 'Remove what is sealed as lasting' }).click();
    await page.getByText('in the credentials file').waitFor();
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await visitor.context.close();
  });

  it('makes a credential by the recipe of its vendor, and one whose secret is made here and shown once', async () => {
    const visitor = await visit(instance, '/credentials');
    const { page } = visitor;
    const begin = (): Promise<void> => page.getByRole('button', { name: 'New credential' }).click();
    await begin();
    await page.getByLabel('What it is').selectOption('Slack bot token');
    await page.getByLabel('Bot token, xoxb-…').fill('xoxb-nobody-has-this-one');
    expect(await accessibilityFaults(visitor)).toEqual([]);
    await picture(visitor, 'credential-new');
    await page.getByRole('button', { name: 'Make the credential' }).click();
    await page.getByRole('heading', { name: 'slack', level: 2 }).waitFor();
    await page.getByText('Ready, sealed').waitFor();
    await page.getByText('"prefix": "Bearer "').waitFor();
    expect(await page.content()).not.toContain('xoxb-nobody-has-this-one');
    await page.getByRole('link', { name: 'Credentials' }).first().click();
    await begin();
    await page.getByLabel('What it is').selectOption('Signature of a sender');
    await page.getByLabel('How it signs').selectOption('github');
    await page.getByText('It signs in X-Hub-Signature-256.').waitFor();
    await page.getByLabel('Name, as flows call it').fill('slack');
    await page.getByRole('button', { name: 'Make it, with a new secret' }).click();
    await page.getByText('There is a credential "slack" already: choose another name.').waitFor();
    await page.getByLabel('Name, as flows call it').fill('code-host');
    await page.getByRole('button', { name: 'Make it, with a new secret' }).click();
    const secret = await shownSecret(visitor);
    expect(secret).toMatch(/^[\w-]{43}$/);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'code-host', level: 2 }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'Remove the credential' }).click();
    await page.getByRole('button', { name: 'Remove code-host for good' }).click();
    await page.getByRole('link', { name: 'lasting' }).waitFor();
    expect(await page.getByRole('link', { name: 'code-host' }).count()).toBe(0);
    expect(visitor.complaints).toEqual([expect.stringContaining('412')]);
    await visitor.context.close();
  });

  it('removes an endpoint for good only when asked twice', async () => {
    const visitor = await visit(instance, '/endpoints/code/details');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Remove the endpoint' }).click();
    await page.getByRole('button', { name: 'Remove code for good' }).click();
    await page.getByText('No endpoints yet').waitFor();
    expect(await send('/endpoints/code', 'any')).toBe(404);
    await visitor.context.close();
  });
});
