import { createHash, createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import type { EventPage, EventView, FlowView, RefusalPage, RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, printed, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { sendRaw } from '../support/raw-http.js';

jest.setTimeout(300_000);

const SECRET = 'secret-of-the-receiving-spec';
const OLD = 'older-secret-of-the-receiving-spec';
const VARIABLES = { HOOK_SECRET: SECRET, OLD_SECRET: OLD };

const echo = [
  {
    id: 'seen',
    set: { body: '{{ trigger.body }}', files: '{{ trigger.files }}', method: '{{ trigger.method }}', query: '{{ trigger.query }}' },
  },
];
const digest = [{ id: 'seen', use: 'files.digest', with: { file: '{{ trigger.files[0] }}' } }];

const flows = {
  ...webhookFlow('any', { methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], encodings: ['gzip'] }, echo),
  ...webhookFlow('file', { encodings: ['gzip'], limit: '3mb' }, digest),
  ...webhookFlow('forger', {}, [{ id: 'seen', use: 'files.digest', with: { file: '{{ trigger.body.file }}' } }]),
  ...webhookFlow('leads', { endpoint: 'shop', when: "{{ trigger.body.type = 'lead' }}" }, echo),
  ...webhookFlow('orders', { endpoint: 'shop', schema: { type: 'object', required: ['id'] } }, echo),
  ...webhookFlow('paused', { endpoint: 'shop' }, echo, { enabled: false }),
  ...webhookFlow('slack', { credential: 'slack' }, echo),
  ...webhookFlow('square', { credential: 'square' }, echo),
  ...webhookFlow('limited', { rateLimit: { limit: 1, per: '1h' } }, echo),
  endpoints: {
    shop: { name: 'Shop', credential: 'shop', dedupe: { key: '{{ trigger.body.id }}' } },
    quiet: { respond: { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Ack>true</Ack>' } },
  },
  credentials: {
    shop: { type: 'hmac', scheme: 'github', secrets: [{ env: 'HOOK_SECRET' }, { env: 'OLD_SECRET' }] },
    slack: { type: 'hmac', scheme: 'slack', secrets: [{ env: 'HOOK_SECRET' }] },
    square: { type: 'hmac', scheme: 'square', secrets: [{ env: 'HOOK_SECRET' }] },
  },
};

const PLUGIN = `
import { createHash } from 'node:crypto';
export default {
  name: 'files.digest', title: 'Digest', props: { type: 'object' },
  run: async ({ props, openFile }) => {
    const hash = createHash('sha256');
    let pieces = 0;
    for await (const piece of openFile(props.file)) { hash.update(piece); pieces += 1; }
    return { sha256: hash.digest('hex'), pieces, file: props.file };
  },
};`;

let instance: TestInstance;
let plugins: string;

beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'millrace-receiving-'));
  await writeFile(join(plugins, 'files.mjs'), PLUGIN);
  instance = await startInstance({ flows, env: { ...VARIABLES, MILLRACE_PLUGINS: plugins } });
});

afterAll(() => rm(plugins, { recursive: true, force: true }));

interface Receipt {
  readonly eventId: string;
  readonly runIds: readonly string[];
  readonly runId?: string;
  readonly duplicate?: true;
}

async function send(
  path: string,
  body: string | Buffer | FormData | undefined,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Response> {
  return fetch(`${instance.url}${path}`, { method, headers, body: Buffer.isBuffer(body) ? new Uint8Array(body) : body });
}

async function receiptOf(answer: Response): Promise<Receipt> {
  expect(answer.status).toBe(202);
  return (await answer.json()) as Receipt;
}

async function outputOf({ runId = '' }: Receipt): Promise<Record<string, unknown>> {
  const run = await endOf(instance, runId);
  expect(run).toMatchObject({ status: 'succeeded', error: null });
  return run.steps[0]?.output as Record<string, unknown>;
}

async function asked(url: string, token: string): Promise<unknown> {
  return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json();
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a flow sees', () => {
  it.each([
    [
      'XML',
      'application/xml; charset=iso-8859-1',
      Buffer.from('<o id="7"><n>\xfc</n><n>2</n></o>', 'latin1'),
      { o: { '@id': '7', n: ['ü', '2'] } },
    ],
    ['SOAP', 'application/soap+xml', Buffer.from('<s:E xmlns:s="urn:s"><s:B/></s:E>'), { 's:E': { '@xmlns:s': 'urn:s', 's:B': '' } }],
    ['a form', 'application/x-www-form-urlencoded', Buffer.from('a=1&a=2&b=%C3%BC'), { a: ['1', '2'], b: 'ü' }],
    ['JSON in UTF-16', 'application/json; charset=utf-16', Buffer.from('{"a":"ü"}', 'utf16le'), { a: 'ü' }],
    ['JSON with a byte order mark', 'application/json', Buffer.from('\ufeff{"a":1}'), { a: 1 }],
    [
      'large integers as they were sent',
      'application/json',
      Buffer.from('{"id":12345678901234567890,"n":1}'),
      { id: '12345678901234567890', n: 1 },
    ],
    ['text', 'text/csv', Buffer.from('a,b\r\n'), 'a,b\r\n'],
  ])('%s', async (_, type, body, value) => {
    const receipt = await receiptOf(await send('/flows/any/hook', body, { 'content-type': type }));
    expect(await outputOf(receipt)).toMatchObject({ body: value, files: [] });
  });

  it('an empty body as null, and the exact bytes are kept whatever it saw', async () => {
    expect(await outputOf(await receiptOf(await send('/flows/any/hook', undefined)))).toMatchObject({ body: null, files: [] });
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from('{"b":1, "a":12345678901234567890}\r\n')]);
    const { eventId } = await receiptOf(await send('/flows/any/hook', bytes, { 'content-type': 'application/json' }));
    const kept = await fetch(`${instance.url}/api/v1/events/${eventId}/body`, { headers: { authorization: `Bearer ${instance.token}` } });
    expect(Buffer.compare(Buffer.from(await kept.arrayBuffer()), bytes)).toBe(0);
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s', async (method) => {
    const receipt = await receiptOf(await send('/flows/any/hook?a=1&a=2', undefined, {}, method));
    expect(await outputOf(receipt)).toMatchObject({ method, query: { a: ['1', '2'] } });
  });

  it('HEAD, whose answer has no body', async () => {
    const answer = await send('/flows/any/hook?head=1', undefined, {}, 'HEAD');
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    const event = (await instance.api<EventPage>('events?flow=any&limit=50')).items.find(({ method }) => method === 'HEAD');
    expect(event?.url).toContain('head=1');
  });

  it('the fields of a multipart form, and its files by name', async () => {
    const form = new FormData();
    form.append('title', 'Ünïcode');
    form.append('tag', 'a');
    form.append('tag', 'b');
    form.append('doc', new Blob(['%PDF-1.7'], { type: 'application/pdf' }), 'a"b.pdf');
    const seen = await outputOf(await receiptOf(await send('/flows/any/hook', form)));
    expect(seen.body).toEqual({ title: 'Ünïcode', tag: ['a', 'b'] });
    expect(seen.files).toEqual([
      expect.objectContaining({ name: 'doc', type: 'application/pdf', size: 8, filename: expect.stringContaining('.pdf') as string }),
    ]);
  });
});

describe('a component streams', () => {
  const bytes = Buffer.alloc(200_000, 'bytes \0\xff', 'latin1');

  it('a file of a multipart form', async () => {
    const form = new FormData();
    form.append('before', 'x');
    form.append('doc', new Blob([new Uint8Array(bytes)]), 'x.bin');
    expect(await outputOf(await receiptOf(await send('/flows/file/hook', form)))).toMatchObject({ sha256: sha256(bytes), pieces: 4 });
  });

  it('a body that is a file of any type', async () => {
    const seen = await outputOf(await receiptOf(await send('/flows/file/hook', bytes, { 'content-type': 'application/x-protobuf' })));
    expect(seen).toMatchObject({
      sha256: sha256(bytes),
      file: { name: 'body', filename: null, type: 'application/x-protobuf', size: 200_000 },
    });
  });

  it('a file of a body that was sent compressed', async () => {
    const answer = await send('/flows/file/hook', gzipSync(bytes), { 'content-type': 'image/png', 'content-encoding': 'gzip' });
    expect(await outputOf(await receiptOf(answer))).toMatchObject({ sha256: sha256(bytes) });
  });

  it('nothing that a sender only pretends', async () => {
    const file = { name: 'x', filename: null, type: 'a/b', offset: 0, size: 10_000 };
    const { runId = '' } = await receiptOf(
      await send('/flows/forger/hook', JSON.stringify({ file }), { 'content-type': 'application/json' }),
    );
    expect((await endOf(instance, runId)).error).toMatchObject({ code: 'file.not-found', step: 'seen' });
  });
});

describe('a shared endpoint', () => {
  function post(body: object, secret = SECRET): Promise<Response> {
    const text = JSON.stringify(body);
    const signature = createHmac('sha256', secret).update(text).digest('hex');
    return send('/endpoints/shop', text, { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` });
  }

  it('runs each flow that listens and whose condition holds', async () => {
    const receipt = await receiptOf(await post({ type: 'lead', id: 'e1' }));
    expect(receipt.runIds).toHaveLength(3);
    const event = await instance.api<EventView>(`events/${receipt.eventId}`);
    expect(event).toMatchObject({ flowId: 'endpoints/shop', verified: { credential: 'shop', secret: 'HOOK_SECRET' } });
    const ended = await Promise.all(receipt.runIds.map((id) => instance.api<RunView>(`runs/${id}`)));
    expect(ended.map(({ flowId }) => flowId).sort()).toEqual(['leads', 'orders', 'paused']);
    for (const { id, flowId } of ended.filter((run) => run.flowId !== 'paused')) {
      expect([flowId, (await endOf(instance, id)).status]).toEqual([flowId, 'succeeded']);
    }
  });

  it('keeps apart what did not match, what did not fit and what is held', async () => {
    const receipt = await receiptOf(await post({ type: 'other', id: 'e2' }));
    const event = await instance.api<EventView>(`events/${receipt.eventId}`);
    expect(event).toMatchObject({ unmatchedBy: { leads: "{{ trigger.body.type = 'lead' }}" } });
    expect(event.runs.map(({ flowId }) => flowId).sort()).toEqual(['orders', 'paused']);
  });

  it('drops copies by its key, whoever listens', async () => {
    const first = await receiptOf(await post({ id: 'once' }));
    const second = await post({ id: 'once' });
    expect([second.status, await second.json()]).toEqual([200, { eventId: first.eventId, duplicate: true }]);
  });

  it('verifies, and says which of its secrets matched', async () => {
    expect((await send('/endpoints/shop', '{}', { 'content-type': 'application/json' })).status).toBe(401);
    const { eventId } = await receiptOf(await post({ id: 'old' }, OLD));
    expect(await instance.api<EventView>(`events/${eventId}`)).toMatchObject({
      verified: { credential: 'shop', secret: 'OLD_SECRET', old: true },
    });
    const refused = await eventually('the refusal', async () => (await instance.api<RefusalPage>('refusals?flow=endpoints/shop')).items[0]);
    expect(refused).toMatchObject({ code: 'credential.missing', flowId: 'endpoints/shop' });
  });

  it('captures where nobody listens, and answers as it is told', async () => {
    const answer = await send('/endpoints/quiet', '<a/>', { 'content-type': 'text/xml' });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/xml', '<Ack>true</Ack>']);
    expect((await instance.api<EventPage>('events?flow=endpoints/quiet')).items).toHaveLength(1);
  });

  it('is there from the moment it is declared, keeps its last good form, and is 404 when it is gone', async () => {
    const file = join(instance.flows, 'endpoints.json');
    const change = (later: object): Promise<void> => writeFile(file, JSON.stringify({ ...flows.endpoints, ...later }));
    const answers = (status: number): Promise<true> =>
      eventually(`the answer ${status}`, async () => ((await send('/endpoints/later', undefined)).status === status ? true : undefined));
    await change({ later: { respond: { status: 204 } } });
    await answers(204);
    await change({ later: { respond: { status: 204 }, limit: 'huge' } });
    await printed(instance, 'endpoints.json:1:');
    await answers(204);
    await writeFile(file, '{ "later": ');
    await answers(204);
    await writeFile(file, JSON.stringify(flows.endpoints));
    await answers(404);
  });

  it('leaves a flow that listens no URL of its own', async () => {
    expect((await send('/flows/leads/hook', '{}', { 'content-type': 'application/json' })).status).toBe(404);
    const { state, trigger } = await instance.api<FlowView>('flows/leads');
    expect([state, trigger]).toEqual([
      'live',
      expect.objectContaining({ type: 'webhook', url: `${instance.url}/endpoints/shop`, methods: ['POST'], credential: 'shop' }),
    ]);
  });
});

describe('a handshake', () => {
  it('of Slack is answered once it is signed, and makes no event', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB10' });
    const time = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', SECRET).update(`v0:${time}:${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-slack-request-timestamp': time };
    const answer = await send('/flows/slack/hook', body, { ...headers, 'x-slack-signature': `v0=${signature}` });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      '3eZbrw1aB10',
    ]);
    expect((await send('/flows/slack/hook', body, { ...headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` })).status).toBe(401);
    expect((await instance.api<EventPage>('events?flow=slack')).items).toEqual([]);
  });
});

describe('over its rate', () => {
  it('a flow answers 429 and says when to come again', async () => {
    await receiptOf(await send('/flows/limited/hook', undefined));
    const answer = await send('/flows/limited/hook', undefined);
    expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(await answer.json()).toMatchObject({ error: { code: 'request.rate-limited' } });
  });
});

describe('behind a proxy', () => {
  it('the public URL is what is signed, its prefix kept or taken away, and callers are those that a trusted proxy names', async () => {
    const env = { ...VARIABLES, MILLRACE_PUBLIC_URL: 'https://hooks.example.com/in/', MILLRACE_TRUSTED_PROXIES: '127.0.0.1' };
    const proxied = await startInstance({ flows, env: { ...env, MILLRACE_PLUGINS: plugins } });
    const signature = createHmac('sha256', SECRET).update('https://hooks.example.com/in/flows/square/hook?a=1{}').digest('base64');
    const headers = [
      'Content-Type: application/json',
      `x-square-hmacsha256-signature: ${signature}`,
      'X-Forwarded-For: 203.0.113.9, 198.51.100.7',
    ];
    const address = (await readFile(join(proxied.home, 'url'), 'utf8')).trim();
    for (const prefix of ['', '/in']) {
      const answer = await sendRaw(address, { path: `${prefix}/flows/square/hook?a=1`, headers, body: '{}' });
      expect(answer.status).toBe(202);
    }
    const { items: events } = (await asked(`${address}/api/v1/events?flow=square`, proxied.token)) as EventPage;
    expect(events.map(({ caller, url }) => [caller, url])).toEqual(Array(2).fill(['198.51.100.7', '/flows/square/hook?a=1']));
    await proxied.stop();
  });

  it('nobody is believed who is not trusted', async () => {
    const answer = await sendRaw(instance.url, {
      path: '/flows/any/hook',
      headers: ['X-Forwarded-For: 203.0.113.9', 'Content-Type: text/plain'],
      body: 'forged',
    });
    expect(answer.status).toBe(202);
    const { caller } = await instance.api<EventView>(`events/${(JSON.parse(answer.body) as Receipt).eventId}`);
    expect(caller).toBe('127.0.0.1');
  });
});

describe('with a certificate of its own', () => {
  const place = (name: string): string => resolve('test/support/tls', name);

  it('it speaks https', async () => {
    const env = { ...VARIABLES, MILLRACE_TLS_CERT: place('cert.pem'), MILLRACE_TLS_KEY: place('key.pem'), MILLRACE_PLUGINS: plugins };
    const secured = await startInstance({ flows, env });
    expect(secured.url).toMatch(/^https:/);
    const ca = await readFile(place('cert.pem'));
    const status = await new Promise((resolveStatus, reject) => {
      const options = { method: 'POST', ca, servername: 'localhost', agent: false } as const;
      const sent = httpsRequest(`${secured.url}/flows/any/hook`, options, ({ statusCode }) => resolveStatus(statusCode));
      sent.on('error', reject).end();
    });
    expect(status).toBe(202);
    await secured.stop();
  });
});
