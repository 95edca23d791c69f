import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { newKeyText } from '@millrace/credentials';
import type {
  DraftView,
  EndpointItem,
  EndpointList,
  EventView,
  KeptEndpoint,
  NewSecret,
  SettingsView,
} from '../../apps/control-api/index.js';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const key = newKeyText();
let databaseUrl: string;
let postgres: PrivatePostgres;
let first: TestInstance;
let second: TestInstance;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  databaseUrl = await postgres.newUrl();
  const env = { DATABASE_URL: databaseUrl, MILLRACE_KEY: key };
  const flows = { endpoints: { declared: { limit: '10b' } }, ...webhookFlow('paused', {}, [], { enabled: false }) };
  first = await startInstance({ flows, env });
  second = await startInstance({ flows: first.flows, env });
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await postgres.stop();
});

function keep(name: string, body: object, at = first): Promise<KeptEndpoint> {
  return at.api(`endpoints/${name}`, { method: 'PUT', body: JSON.stringify(body) });
}

function rotate(name: string, body: object = {}): Promise<NewSecret> {
  return first.api(`endpoints/${name}/secret`, { method: 'POST', body: JSON.stringify(body) });
}

const BODY = '{"n":1}';

function send(path: string, { url }: TestInstance = first, secret?: string): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (secret !== undefined) headers.set('x-hub-signature-256', `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}`);
  return fetch(`${url}/${path}`, { method: 'POST', body: BODY, headers });
}

/** The answer once it is none of these; whoever fails often is told to wait. */
function settled(ask: () => Promise<Response>, ...not: number[]): Promise<Response> {
  return eventually(`an answer that is not ${not.join(' or ')}`, async () => {
    const response = await ask();
    return response.status === 429 || not.includes(response.status) ? undefined : response;
  });
}

async function eventOf(response: Response): Promise<EventView> {
  const { eventId } = (await response.json()) as { eventId: string };
  return first.api<EventView>(`events/${eventId}`);
}

const GITHUB = { definition: { name: 'Code' }, generate: { type: 'hmac', scheme: 'github' } };

describe('an endpoint that is made through the API', () => {
  it('takes signed requests at once, in every process, though no flow listens; its secret is shown once', async () => {
    const { endpoint, secret } = await keep('code', { ...GITHUB, revision: 0 });
    expect(endpoint).toMatchObject({
      source: 'made',
      credential: 'endpoints.code',
      ownsCredential: true,
      takesRequests: true,
      listeners: [],
    });
    const answer = await send('endpoints/code', first, secret!);
    expect([answer.status, (await send('endpoints/code')).status]).toEqual([202, 401]);
    const event = await eventOf(answer);
    expect(event).toMatchObject({
      flowId: 'endpoints/code',
      runs: [],
      draft: false,
      verified: { credential: 'endpoints.code', old: false },
    });
    expect((await settled(() => send('endpoints/code', second, secret!), 404)).status).toBe(202);
    const shown = JSON.stringify([await first.api('endpoints'), await first.api('endpoints/code'), await first.api('credentials')]);
    expect(shown).toContain('endpoints.code');
    expect(shown).not.toContain(secret);
    expect(await first.api('endpoints/code/activity')).toMatchObject({ events: 2, lastEventAt: expect.any(String) });
  });

  it('lets the old secret go on for a while beside the new one, and says which was used', async () => {
    const { secret: old } = await keep('code', GITHUB);
    expect((await settled(() => send('endpoints/code', first, old!), 401)).status).toBe(202);
    const { secret: fresh, keepUntil } = await rotate('code', { keepOldFor: '1h' });
    expect(Date.parse(keepUntil ?? '')).toBeGreaterThan(Date.now());
    const uses = [await send('endpoints/code', first, old!), await send('endpoints/code', first, fresh!)];
    expect((await Promise.all(uses.map(eventOf))).map(({ verified }) => verified?.old)).toEqual([true, false]);
    const { secret: only } = await rotate('code');
    expect((await settled(() => send('endpoints/code', first, only!), 401)).status).toBe(202);
    expect([401, 429]).toContain((await send('endpoints/code', first, fresh!)).status);
  });

  it('goes before the file, whole, and gives way to it again', async () => {
    expect((await send('endpoints/declared', first)).status).toBe(202);
    expect((await keep('declared', { definition: { limit: '5b' } })).endpoint).toMatchObject({ source: 'made', shadowsFile: true });
    expect((await send('endpoints/declared', first)).status).toBe(413);
    expect((await settled(() => send('endpoints/declared', second), 202)).status).toBe(413);
    expect(await first.api('endpoints/declared', { method: 'DELETE' })).toEqual({ removed: true, credential: null });
    expect((await send('endpoints/declared', first)).status).toBe(202);
    await expect(first.api('endpoints/declared', { method: 'DELETE' })).rejects.toThrow(/409.*endpoint\.in-file/);
  });

  it('is changed only by whoever has seen it as it is', async () => {
    const { endpoint } = await keep('seen', { definition: {}, revision: 0 });
    await expect(keep('seen', { definition: {}, revision: 0 })).rejects.toThrow(/409.*endpoint\.stale.*theirs/);
    await keep('seen', { definition: { limit: '2kb' }, revision: endpoint.revision });
    await expect(keep('seen', { definition: { note: 'lost' }, revision: endpoint.revision })).rejects.toThrow('endpoint.stale');
    expect(await first.api('endpoints/seen')).toMatchObject({ definition: { limit: '2kb' }, note: null });
    await expect(keep('never', { definition: {}, revision: 7 })).rejects.toThrow(/endpoint\.stale.*"theirs":null/);
    const conditional = (ifMatch: string): Promise<KeptEndpoint> =>
      first.api('endpoints/seen', { method: 'PUT', body: '{"definition":{"note":"lost"}}', headers: { 'if-match': ifMatch } });
    await expect(conditional(`"${2 ** 31}"`)).rejects.toThrow('endpoint.stale');
    await expect(conditional('"99999999999"')).rejects.toThrow('endpoint.stale');
    await expect(conditional('"latest"')).rejects.toThrow(/400.*request\.invalid/);
  });

  it.each([
    ['a name that is no part of a URL', 'No_Good', { definition: {} }, /400.*endpoint\.bad-name/],
    ['keys that no endpoint has', 'bad', { definition: { when: true } }, /422.*endpoint\.does-not-check/],
    ['a credential that is not there', 'bad', { definition: { credential: 'nobody' } }, /422.*\/credential.*nobody/],
    [
      'two credentials',
      'bad',
      { definition: { credential: 'endpoints.code' }, generate: { type: 'basic' } },
      /400.*endpoint\.two-credentials/,
    ],
    [
      'a secret that only the vendor makes',
      'bad',
      { definition: {}, generate: { type: 'hmac', scheme: 'discord' } },
      /422.*takes-no-secret/,
    ],
    ['a credential that is none', 'bad', { definition: {}, generate: { type: 'api-key', name: 'no header' } }, /422.*credential\.invalid/],
    ['an answer that waits for a run', 'bad', { definition: { respond: 'when-finished' } }, /422.*cannot wait/],
  ])('is not made of %s, and nothing is left of it', async (_what, name, body, refusal) => {
    await expect(keep(name, body)).rejects.toThrow(refusal);
    const { items } = await first.api<EndpointList>('endpoints');
    expect(items.map((item) => item.name)).not.toContain(name);
    await expect(first.api(`credentials/endpoints.${name}`)).rejects.toThrow('404');
  });

  it('starts the flows that come to listen, is kept from removal by them, and takes its credential with it', async () => {
    const { secret } = await keep('shop', GITHUB);
    await writeFile(join(first.flows, 'listener.json'), JSON.stringify(webhookFlow('listener', { endpoint: 'shop' })['listener']));
    await eventually('the listening flow', async () =>
      (await first.api<EndpointItem>('endpoints/shop')).listeners.length > 0 ? true : undefined,
    );
    const { runId } = (await (await send('endpoints/shop', first, secret!)).json()) as { runId: string };
    expect(await endOf(first, runId)).toMatchObject({ flowId: 'listener', status: 'succeeded' });
    await expect(first.api('endpoints/shop', { method: 'DELETE' })).rejects.toThrow(/409.*listener listens to shop: change it first/);
    expect(await first.api('endpoints/shop?force=true', { method: 'DELETE' })).toEqual({ removed: true, credential: 'endpoints.shop' });
    expect((await send('endpoints/shop', first, secret!)).status).toBe(404);
    expect((await settled(() => send('endpoints/shop', second, secret!), 202)).status).toBe(404);
    await expect(first.api('credentials/endpoints.shop')).rejects.toThrow('404');
    await rm(join(first.flows, 'listener.json'));
  });
});

describe('the URL of a flow that does not run', () => {
  let revision = 0;

  async function saveDraft(trigger: object | string): Promise<void> {
    const text =
      typeof trigger === 'string' ? trigger : JSON.stringify({ format: 1, id: 'idea', trigger: { type: 'webhook', ...trigger } });
    const draft = await first.api<DraftView>('flows/idea/draft', { method: 'PUT', body: JSON.stringify({ text, revision }) });
    ({ revision } = draft);
  }

  it('keeps what comes while there is only a draft, in every process, and runs nothing', async () => {
    expect((await send('flows/idea/hook')).status).toBe(404);
    await saveDraft({ when: '{{ trigger.body.n > 5 }}', dedupe: { key: '{{ trigger.body.n }}' } });
    const answers = [await send('flows/idea/hook'), await send('flows/idea/hook')];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    for (const event of await Promise.all(answers.map(eventOf))) {
      expect(event).toMatchObject({ flowId: 'idea', draft: true, runs: [], unmatched: null, body: { value: { n: 1 } } });
    }
    expect((await settled(() => send('flows/idea/hook', second), 404)).status).toBe(202);
  });

  it('asks for the credential that the draft names, and is never open because that cannot be had', async () => {
    await saveDraft({ credential: 'nobody' });
    expect((await send('flows/idea/hook')).status).toBe(503);
    const { secret } = await keep('lender', GITHUB);
    await saveDraft({ credential: 'endpoints.lender' });
    expect((await send('flows/idea/hook', first, secret!)).status).toBe(202);
    expect((await send('flows/idea/hook')).status).toBe(401);
  });

  it('stays what it was while the text is half written, and closes with the draft', async () => {
    await saveDraft({});
    await saveDraft('{ "format": 1, "id": "idea", "trigger": { "type": ');
    expect((await send('flows/idea/hook')).status).toBe(202);
    await first.api(`flows/idea/draft?revision=${revision}`, { method: 'DELETE' });
    expect((await send('flows/idea/hook')).status).toBe(404);
    revision = 0;
  });

  it('runs once it is published, and holds while it is paused', async () => {
    const text = JSON.stringify({ format: 1, id: 'idea', trigger: { type: 'webhook' }, steps: [] });
    await saveDraft(text);
    expect((await eventOf(await send('flows/idea/hook'))).draft).toBe(true);
    await first.api('flows/idea/draft/publish', { method: 'POST', body: JSON.stringify({ revision }) });
    const answer = (await (await send('flows/idea/hook')).json()) as { runId: string };
    expect(await endOf(first, answer.runId)).toMatchObject({ status: 'succeeded' });
    expect((await eventOf(await send('flows/paused/hook'))).runs).toMatchObject([{ flowId: 'paused', status: 'queued' }]);
  });
});

describe('the settings', () => {
  it('are shown with where they come from, and nothing that is secret', async () => {
    const shown = await first.api<SettingsView>('settings');
    const one = (variable: string): object | undefined => shown.settings.find((setting) => setting.variable === variable);
    expect(one('MILLRACE_FLOWS')).toMatchObject({ value: first.flows, isSet: true, isSecret: false });
    expect(one('MILLRACE_RETENTION')).toMatchObject({ value: '30d', isSet: false });
    expect(one('DATABASE_URL')).toMatchObject({ value: null, isSet: true, isSecret: true });
    expect(shown.database).toMatchObject({ kind: 'own', bytes: expect.any(Number) });
    const text = JSON.stringify(shown);
    for (const secret of [key, databaseUrl, first.token]) expect(text).not.toContain(secret);
  });
});

describe('the command line', () => {
  function millrace(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      ...process.env,
      MILLRACE_HOME: first.home,
      MILLRACE_TOKEN: first.token,
      MILLRACE_FLOWS: first.flows,
      MILLRACE_PLUGINS: '',
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [MAIN, 'endpoints', ...args, '--url', first.url], { env, cwd: first.home }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });
  }

  it('makes, lists, changes, rotates and removes one, and prints a secret alone', async () => {
    const made = await millrace('create', 'cli', '--scheme', 'github', '--title', 'From the shell');
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^[A-Za-z0-9_-]{43}\n$/)]);
    expect((await send('endpoints/cli', first, made.out.trim())).status).toBe(202);
    expect((await millrace()).out).toMatch(/^cli +made +receiving +endpoints\.cli +- +http/m);
    const rotated = await millrace('rotate', 'cli', '--keep-old-for', '1h');
    expect(rotated.out).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    expect((await millrace('change', 'cli', '--note', 'kept')).code).toBe(0);
    expect((await millrace('show', 'cli')).out).toMatch(/"name":"From the shell".*"note":"kept"/);
    expect((await send('endpoints/cli', first, rotated.out.trim())).status).toBe(202);
    expect((await millrace('remove', 'cli')).out).toBe('The endpoint cli is gone, and its credential endpoints.cli with it.\n');
  });

  it('makes no open URL by an oversight', async () => {
    expect((await millrace('create', 'oops')).err).toContain('Say who may send');
    const open = await millrace('create', 'oops', '--open');
    expect([open.code, open.err]).toEqual([0, expect.stringContaining('anybody who knows the URL may send')]);
  });
});
