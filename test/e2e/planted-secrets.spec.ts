import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { EventPage, RefusalPage, RunPage } from '../../apps/control-api/index.js';
import { Client } from 'pg';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type ReceivedRequest, type Receiver, type Reply } from '../support/receiver.js';

jest.setTimeout(300_000);

/** Each is told apart by its number; with characters that JSON and URLs write in another way. */
const planted = {
  envKey: 'planted-1-"key"/of+the=door',
  envBearer: 'planted-2-"bearer"/of+env=x',
  envPassword: 'planted-3-"password"/of+env=x',
  sealedHmac: 'planted-4-"hmac"/sealed+key=x',
  oldHmac: 'planted-5-"hmac"/sealed+old=x',
  sealedBearer: 'planted-6-"bearer"/sealed+key=x',
  sealedPassword: 'planted-7-"password"/sealed+key=x',
  sealedPath: 'planted-8-path-of-the-sealed-address',
  replacedBearer: 'planted-9-"bearer"/replaced+key=x',
};

let postgres: PrivatePostgres;
let databaseUrl: string;
let receiver: Receiver;
let instance: TestInstance;
/** Everything that the instance said to anybody, and where. */
const said: [string, string][] = [];

/** Says back all that it was told, in its body, its headers and its status line; the path says how it ends. */
function echo({ url, headers, text }: ReceivedRequest): Reply {
  const status = Number(/\/status-(\d+)/.exec(url)?.[1] ?? 200);
  const told = { url, headers, text, decoded: Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString() };
  return { status, headers: { 'x-echo': encodeURIComponent(JSON.stringify(told)) }, body: { told, again: JSON.stringify(told) } };
}

function flowFiles(url: string): Record<string, object> {
  const send = (credential: string, status: number, path = `${url}/status-${status}`): object => ({
    id: 'send',
    use: 'http.request',
    credential,
    with: { url: path, method: 'PUT', body: { n: 1 } },
  });
  const tell = { id: 'tell', use: 'log', with: { message: '{{ $string(steps.send) }}' } };
  const trigger = { credential: 'door' };
  const ways = ['env-bearer', 'env-basic', 'sealed-bearer', 'sealed-basic', 'replaced'];
  const flows = ways.flatMap((way) =>
    [200, 401, 422, 500].map((status) =>
      webhookFlow(`${way}-${status}`, trigger, status === 200 ? [send(way, status), tell] : [send(way, status)]),
    ),
  );
  return {
    credentials: {
      door: { type: 'api-key', name: 'x-door', value: { env: 'ENV_KEY' } },
      'env-bearer': { type: 'api-key', name: 'authorization', prefix: 'Bearer ', value: { env: 'ENV_BEARER' } },
      'env-basic': { type: 'basic', username: 'ada', password: { env: 'ENV_PASSWORD' } },
    },
    ...Object.assign({}, ...flows),
    ...webhookFlow('address', trigger, [
      { id: 'send', use: 'http.request', credential: 'sealed-address', with: { url: '', method: 'PUT', body: {} } },
    ]),
    ...webhookFlow('signed', { credential: 'sealed-hmac' }),
  };
}

beforeAll(async () => {
  [postgres, receiver] = await Promise.all([startPrivatePostgres(), startReceiver(echo)]);
  databaseUrl = await postgres.newUrl();
  const env = {
    DATABASE_URL: databaseUrl,
    MILLRACE_LOG_LEVEL: 'debug',
    ENV_KEY: planted.envKey,
    ENV_BEARER: planted.envBearer,
    ENV_PASSWORD: planted.envPassword,
  };
  instance = await startInstance({ flows: flowFiles(receiver.url), env });
  for (const stream of [instance.child.stdout, instance.child.stderr]) stream?.on('data', (chunk: string) => said.push(['log', chunk]));
  said.push(['log', instance.output()]);
});
afterAll(async () => {
  await instance.stop();
  await receiver.close();
  await postgres.stop();
});

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${instance.token}` };
  const response = await fetch(`${instance.url}/api/v1/${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  said.push([`${method} ${path}`, await response.clone().text()]);
  return response;
}

async function sealAll(): Promise<void> {
  const definitions: Record<string, unknown> = {
    'sealed-hmac': { type: 'hmac', scheme: 'github', secrets: [{ secret: planted.oldHmac }] },
    'sealed-bearer': { type: 'api-key', name: 'authorization', prefix: 'Bearer ', value: { secret: planted.sealedBearer } },
    'sealed-basic': { type: 'basic', username: 'ada', password: { secret: planted.sealedPassword } },
    'sealed-address': { type: 'api-key', in: 'url', value: { secret: `${receiver.url}/${planted.sealedPath}/status-500` } },
    replaced: { type: 'api-key', name: 'authorization', prefix: 'Bearer ', value: { secret: planted.replacedBearer } },
  };
  for (const [name, definition] of Object.entries(definitions))
    expect((await call('PUT', `credentials/${name}`, definition)).status).toBe(200);
  expect((await call('POST', 'credentials/sealed-hmac/secret', { secret: planted.sealedHmac, keepOldFor: '1h' })).status).toBe(200);
  // What is refused must not repeat what it was given.
  expect((await call('PUT', 'credentials/wrong', { type: 'basic', username: 'u', password: planted.sealedPassword })).status).toBe(422);
}

async function hook(flow: string, headers: Record<string, string>, body = '{"n":1}', query = ''): Promise<Response> {
  const response = await fetch(`${instance.url}/flows/${flow}/hook${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  said.push([`hook ${flow}`, await response.clone().text()]);
  return response;
}

async function run(flow: string): Promise<string> {
  const response = await hook(flow, { 'x-door': planted.envKey });
  expect([flow, response.status]).toEqual([flow, 202]);
  const { runId } = (await response.json()) as { runId: string };
  return (await endOf(instance, runId)).status;
}

async function refuseAll(): Promise<void> {
  const { envKey, sealedHmac } = planted;
  const signature = (secret: string): string => `sha256=${createHmac('sha256', secret).update('{"n":1}').digest('hex')}`;
  const bad = [
    await hook('env-bearer-200', { 'x-elsewhere': envKey }),
    await hook('env-bearer-200', { 'x-door': `Bearer ${envKey}` }),
    await hook('env-bearer-200', { 'x-door': 'wrong', 'x-note': `my key is ${envKey}` }),
    await hook('env-bearer-200', {}, '{}', `?k=${encodeURIComponent(envKey)}`),
    await hook('env-bearer-200', {}, '{}', `?k=${envKey.replaceAll('"', '%22')}`),
    await hook('signed', { 'x-hub-signature-256': signature(sealedHmac) }, '{"n":1}\n'),
    await hook('signed', { 'x-hub-signature-256': sealedHmac }),
    await hook('signed', { 'x-hub-signature-256': signature('wrong') }, JSON.stringify({ oops: sealedHmac })),
    await hook('signed', { 'x-other': signature(sealedHmac) }),
  ];
  expect(bad.map(({ status }) => status)).toEqual(bad.map(() => 401));
  for (const secret of [planted.sealedHmac, planted.oldHmac])
    expect((await hook('signed', { 'x-hub-signature-256': signature(secret) })).status).toBe(202);
  await eventually('all refusals', async () => {
    const { items } = await instance.api<RefusalPage>('refusals?limit=200');
    return items.filter(({ status }) => status === 401).length >= bad.length ? true : undefined;
  });
}

/** Everything that the API shows. */
async function crawl(): Promise<void> {
  const lists = ['flows', 'events?limit=200', 'runs?limit=200', 'refusals?limit=200', 'credentials', 'key', 'status'];
  for (const path of lists) await call('GET', path);
  for (const kind of ['runs', 'events', 'refusals'] as const) {
    const { items } = await instance.api<RunPage | EventPage | RefusalPage>(`${kind}?limit=200`);
    for (const { id } of items) await call('GET', `${kind}/${id}`);
  }
}

/** Every value of every table, bytes as they are. */
async function tables(): Promise<[string, string][]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
    );
    const found: [string, string][] = [];
    for (const { name } of rows) {
      const content = await client.query<Record<string, unknown>>(`select * from ${name}`);
      for (const row of content.rows) found.push([`table ${name}`, Object.values(row).map(text).join('\n')]);
    }
    return found;
  } finally {
    await client.end();
  }
}

function text(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

async function files(folder: string): Promise<[string, string][]> {
  const names = await readdir(folder, { withFileTypes: true, recursive: true });
  return Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => [`file ${name}`, await readFile(join(parentPath, name), 'utf8')] as [string, string]),
  );
}

/** How a secret may be spelt. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const basic = Buffer.from(`ada:${secret}`).toString('base64');
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    basic,
  ];
}

it('planted secrets, of the environment and sealed, are in nothing that is left behind', async () => {
  await sealAll();
  const ways = ['env-bearer', 'env-basic', 'sealed-bearer', 'sealed-basic', 'replaced'];
  for (const way of ways) {
    expect(await run(`${way}-200`)).toBe('succeeded');
    for (const status of [401, 422, 500]) expect(await run(`${way}-${status}`)).toBe('failed');
  }
  expect(await run('address')).toBe('failed');
  await call('PUT', 'credentials/replaced', { type: 'api-key', name: 'authorization', value: { secret: planted.sealedBearer } });
  await refuseAll();
  await call('POST', 'key/rotate');
  await crawl();
  // The stand-in did get them: had nothing been sent, nothing could have leaked.
  const got = receiver.requests.map(({ url, headers }) => url + JSON.stringify(headers)).join('\n');
  for (const secret of [planted.envBearer, planted.sealedBearer, planted.replacedBearer])
    expect(got).toContain(JSON.stringify(secret).slice(1, -1));
  expect(got).toContain(planted.sealedPath);
  await instance.stop();

  const left = [...said, ...(await tables()), ...(await files(instance.home))];
  console.log(`${left.length} things searched, ${left.reduce((sum, [, content]) => sum + content.length, 0)} characters.`);
  expect(left.some(([where, content]) => where.startsWith('table') && content.includes('[redacted]'))).toBe(true);
  const leaks = left.flatMap(([where, content]) =>
    Object.entries(planted).flatMap(([name, secret]) =>
      spellings(secret).some((form) => content.includes(form)) ? [`${name} in ${where}`] : [],
    ),
  );
  expect([...new Set(leaks)]).toEqual([]);
});
