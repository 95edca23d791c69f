import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { createCredential } from '@millrace/credentials';
import type { EventView, RefusalPage, RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { chunked, exchange, requestBytes, sendRaw, type RawAnswer, type RawRequest } from '../support/raw-http.js';

jest.setTimeout(90_000);

/** What a receiver of webhooks must withstand, a row each, on the wire. Numbers are those of the guide "Receiving requests". */
const SECRET = 'secret-of-the-checklist-spec';
const OLD = 'older-secret-of-the-checklist-spec';
const KEY = 'schlüssel-of-the-checklist-spec';
const STANDARD = 'key-of-the-checklist-spec-32byte';
const VARIABLES = {
  HOOK_SECRET: SECRET,
  OLD_SECRET: OLD,
  HOOK_KEY: KEY,
  STANDARD_SECRET: `whsec_${Buffer.from(STANDARD).toString('base64')}`,
};

const see = [{ id: 'seen', set: { body: '{{ trigger.body }}', headers: '{{ trigger.headers }}' } }];
const reach = [{ id: 'call', use: 'http.request', with: { method: 'GET', url: '{{ trigger.body.url }}' } }];

const flows = {
  ...webhookFlow('open', {}, see),
  ...webhookFlow('coded', { encodings: ['gzip', 'deflate', 'br'], limit: '4kb' }, see),
  ...webhookFlow('fits', { schema: { type: 'object', required: ['id'] } }, see),
  ...webhookFlow('reaches', {}, reach),
  ...Object.assign(
    {},
    ...['github', 'slack', 'standard', 'basic', 'keyed', 'query'].map((name) => webhookFlow(name, { credential: name }, see)),
  ),
  credentials: {
    github: { type: 'hmac', scheme: 'github', secrets: [{ env: 'HOOK_SECRET' }, { env: 'OLD_SECRET' }] },
    slack: { type: 'hmac', scheme: 'slack', secrets: [{ env: 'HOOK_SECRET' }] },
    standard: { type: 'hmac', scheme: 'standard-webhooks', secrets: [{ env: 'STANDARD_SECRET' }] },
    basic: { type: 'basic', username: 'partner', password: { env: 'HOOK_KEY' } },
    keyed: { type: 'api-key', name: 'x-sig', value: { env: 'HOOK_KEY' } },
    query: { type: 'api-key', in: 'query', name: 'key', value: { env: 'HOOK_SECRET' } },
  },
} as Record<string, object>;

const JSON_TYPE = 'Content-Type: application/json';

let instance: TestInstance;
let hiding: TestInstance;
/** Begun first, so that its patience passes while the others are looked at. */
let slow: Promise<RawAnswer>;

beforeAll(async () => {
  instance = await startInstance({ flows, env: VARIABLES });
  slow = exchange(instance.url, requestBytes({ path: '/flows/open/hook', headers: [JSON_TYPE, 'Content-Length: 10'], body: '{' }));
  hiding = await startInstance({ flows, env: { ...VARIABLES, MILLRACE_HIDE_UNKNOWN: 'true' } });
});

function hook(flow: string, request: Omit<RawRequest, 'path'> = {}, query = ''): Promise<RawAnswer> {
  return sendRaw(instance.url, { headers: [JSON_TYPE], body: '{}', ...request, path: `/flows/${flow}/hook${query}` });
}

async function statuses(answers: readonly Promise<RawAnswer>[]): Promise<number[]> {
  return (await Promise.all(answers)).map(({ status }) => status);
}

function codeOf({ body }: RawAnswer): string {
  return (JSON.parse(body) as { error: { code: string } }).error.code;
}

function receipt({ status, body }: RawAnswer): { eventId: string; runId: string; duplicate?: true } {
  expect([200, 202]).toContain(status);
  return JSON.parse(body) as ReturnType<typeof receipt>;
}

async function seen(answer: RawAnswer): Promise<{ body: unknown; headers: Record<string, string> }> {
  const run = await endOf(instance, receipt(answer).runId);
  return run.steps[0]?.output as Awaited<ReturnType<typeof seen>>;
}

function hex(secret: string, text: string | Buffer): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function github(body: string, secret = SECRET): string {
  return `X-Hub-Signature-256: sha256=${hex(secret, body)}`;
}

function slackSigned(time: string, body = '{}'): string[] {
  return [JSON_TYPE, `X-Slack-Request-Timestamp: ${time}`, `X-Slack-Signature: v0=${hex(SECRET, `v0:${time}:${body}`)}`];
}

function standardSigned(id: string, body = '{}'): string[] {
  const time = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', STANDARD).update(`${id}.${time}.${body}`).digest('base64');
  return [JSON_TYPE, `webhook-id: ${id}`, `webhook-timestamp: ${time}`, `webhook-signature: v1,${signature}`];
}

function basic(pair: string): string[] {
  return [JSON_TYPE, `Authorization: Basic ${Buffer.from(pair).toString('base64')}`];
}

/** A header whose value is sent as these UTF-8 bytes. */
function wire(header: string): string {
  return Buffer.from(header, 'utf8').toString('latin1');
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Requests that are wrong in every way that a body, a header or a credential can be. */
function badRequests(): Promise<RawAnswer>[] {
  return [
    hook('nobody'),
    hook('github'),
    hook('github', { headers: [JSON_TYPE, 'X-Hub-Signature-256: sha256=zz'] }),
    hook('slack', { headers: slackSigned(String(now() - 4000)) }),
    hook('open', { body: '{"a":' }),
    hook('open', { body: '{"__proto__":{}}' }),
    hook('open', { body: '['.repeat(1000) }),
    hook('open', { headers: ['Content-Type: application/xml'], body: '<a><b></a>' }),
    hook('open', { headers: ['Content-Type: multipart/form-data; boundary=x'], body: 'x' }),
    hook('open', { headers: [JSON_TYPE, 'Content-Encoding: gzip'] }),
    hook('open', { headers: [JSON_TYPE, `Content-Length: ${2 ** 30}`], body: '' }),
    hook('open', { method: 'DELETE' }),
    hook('coded', { headers: [JSON_TYPE, 'Content-Encoding: gzip'], body: 'no gzip' }),
  ];
}

const rows: readonly (readonly [number, string, () => Promise<void>])[] = [
  [
    1,
    'an unknown flow, a missing, wrong, stale and doubled credential are one answer, where unknown flows are hidden',
    async () => {
      const attempt = async (flow: string, headers: string[] = []): Promise<unknown> => {
        const { date: _date, ...rest } = (await sendRaw(hiding.url, {
          path: `/flows/${flow}/hook`,
          headers: [JSON_TYPE, ...headers],
          body: '{}',
        })) as unknown as Record<string, unknown>;
        const { date: _sent, ...own } = rest['headers'] as Record<string, string>;
        return { ...rest, headers: own };
      };
      const first = await attempt('nobody');
      expect(first).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Basic realm="ingest", charset="UTF-8"' } });
      expect(await attempt('github')).toEqual(first);
      expect(await attempt('github', ['X-Hub-Signature-256: sha256=00'])).toEqual(first);
      expect(await attempt('slack', slackSigned(String(now() - 4000)).slice(1))).toEqual(first);
      expect(await attempt('keyed', ['x-sig: a', 'x-sig: b'])).toEqual(first);
    },
  ],
  [
    2,
    'no bad input is answered 410, 3xx or 5xx: vendors would unsubscribe, follow or repeat',
    async () => {
      const answered = await statuses(badRequests());
      expect(answered.filter((status) => status === 410 || status < 400 || status >= 500)).toEqual([]);
    },
  ],
  [
    3,
    'length goes before everything, and nothing of a body is read before its credential',
    async () => {
      expect(
        await statuses([
          hook('nobody', { headers: [JSON_TYPE, `Content-Length: ${2 ** 30}`], body: '' }),
          hook('github', { body: '{"a":' }),
        ]),
      ).toEqual([413, 401]);
    },
  ],
  [
    4,
    'a method that is not taken is told to those who may send, and to nobody else',
    async () => {
      const put = (headers: string[]): Promise<RawAnswer> => hook('github', { method: 'PUT', headers: [JSON_TYPE, ...headers] });
      const answer = await put([github('{}')]);
      expect([answer.status, answer.headers['allow'], (await put([])).status]).toEqual([405, 'POST', 401]);
    },
  ],
  [
    5,
    'a signature has one spelling: no rest, no other alphabet, no other length',
    async () => {
      const good = `sha256=${hex(SECRET, '{}')}`;
      const bad = [
        `${good}00`,
        `${good}zz`,
        good.slice(0, -2),
        good.slice('sha256='.length),
        `sha256=${Buffer.from(hex(SECRET, '{}'), 'hex').toString('base64url')}`,
      ];
      expect(await statuses(bad.map((value) => hook('github', { headers: [JSON_TYPE, `X-Hub-Signature-256: ${value}`] })))).toEqual(
        bad.map(() => 401),
      );
      expect(
        (await hook('github', { headers: [JSON_TYPE, `X-Hub-Signature-256: ${good.toUpperCase().replace('SHA', 'sha')}`] })).status,
      ).toBe(202);
    },
  ],
  [
    6,
    'an empty secret is none, also after its prefix is taken away',
    async () => {
      const made = (scheme: string, secret: string): unknown =>
        createCredential('x', { type: 'hmac', scheme, secrets: [{ env: 'S' }] }, () => secret).problems[0]?.code;
      expect([made('github', ''), made('svix', 'whsec_')]).toEqual(['credential.secret-empty', 'credential.secret-empty']);
    },
  ],
  [
    7,
    'a time is digits, and near in both directions',
    async () => {
      const times = [String(now() - 301), String(now() + 302), `${now()}.0`, `0x${now().toString(16)}`, `0${now()}`, ` ${now()}1`, 'NaN'];
      expect(await statuses(times.map((time) => hook('slack', { headers: slackSigned(time) })))).toEqual(times.map(() => 401));
      expect((await hook('slack', { headers: slackSigned(String(now() + 60)) })).status).toBe(202);
    },
  ],
  [
    8,
    'of many copies at once one is taken, and the others are told which',
    async () => {
      const headers = standardSigned('msg_of_the_checklist');
      const receipts = (await Promise.all(Array.from({ length: 10 }, () => hook('standard', { headers })))).map(receipt);
      expect(new Set(receipts.map(({ eventId }) => eventId)).size).toBe(1);
      expect(receipts.filter(({ duplicate }) => duplicate)).toHaveLength(9);
    },
  ],
  [
    9,
    'a header that decides is sent once',
    async () => {
      const time = String(now());
      const doubled: [string, string[]][] = [
        ['github', [JSON_TYPE, github('{}'), github('{}')]],
        ['slack', [...slackSigned(time), `x-slack-request-timestamp: ${time}`]],
        ['standard', [...standardSigned('msg_twice'), 'webhook-id: msg_twice']],
        ['basic', [...basic(`partner:${KEY}`), 'authorization: Basic eDp5']],
        ['keyed', [JSON_TYPE, wire(`x-sig: ${KEY}`), 'X-Sig: other']],
        ['open', [JSON_TYPE, 'Host: a.test', 'Host: b.test']],
        ['open', [JSON_TYPE, 'content-type: text/plain']],
        ['coded', [JSON_TYPE, 'Content-Encoding: gzip', 'content-encoding: br']],
      ];
      expect(await statuses(doubled.map(([flow, headers]) => hook(flow, { headers })))).toEqual(doubled.map(() => 400));
    },
  ],
  [
    10,
    'where one request ends and the next begins is never in doubt',
    async () => {
      const head = 'POST /flows/open/hook HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n';
      const smuggled = [
        `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
        `${head}Content-Length: 2, 2\r\n\r\n{}`,
        `${head}Content-Length: +2\r\n\r\n{}`,
        `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `${head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
        `${head}X-A: a\r\n b: c\r\nContent-Length: 0\r\n\r\n`,
        `${head}X-A: a\0b\r\nContent-Length: 0\r\n\r\n`,
        `${head}X-A: a\nX-B: b\r\nContent-Length: 0\r\n\r\n`,
        `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      ];
      expect(await statuses(smuggled.map((text) => exchange(instance.url, text)))).toEqual(smuggled.map(() => 400));
      const coded = await exchange(instance.url, `${head}Transfer-Encoding: gzip, chunked\r\n\r\n${chunked('{}')}`);
      expect([coded.status, coded.headers['connection']]).toEqual([501, 'close']);
    },
  ],
  [
    11,
    'headers are bytes, names are exact, and forwarding headers are nobody’s word',
    async () => {
      expect(
        await statuses([
          hook('keyed', { headers: [JSON_TYPE, wire(`X-Sig: ${KEY}`)] }),
          hook('keyed', { headers: [JSON_TYPE, wire(`X_Sig: ${KEY}`)] }),
        ]),
      ).toEqual([202, 401]);
      const answer = await hook('open', { headers: [JSON_TYPE, 'X-Forwarded-For: 203.0.113.1', 'X-Forwarded-Proto: https'] });
      expect(await instance.api<EventView>(`events/${receipt(answer).eventId}`)).toMatchObject({ caller: '127.0.0.1' });
    },
  ],
  [
    12,
    'a body is kept byte for byte',
    async () => {
      const body = Buffer.from('\ufeff"a\\u0000\ud83d\ude00"\r\n', 'utf8');
      const { eventId } = receipt(await hook('open', { body }));
      const kept = await fetch(`${instance.url}/api/v1/events/${eventId}/body`, { headers: { authorization: `Bearer ${instance.token}` } });
      expect(Buffer.from(await kept.arrayBuffer()).equals(body)).toBe(true);
    },
  ],
  [
    13,
    'too large is 413 before its end, too slow is 408, and neither holds anybody up',
    async () => {
      const endless = chunked('x'.repeat(1024 * 1024), 'x').slice(0, -5);
      expect(await hook('open', { headers: [JSON_TYPE, 'Transfer-Encoding: chunked'], body: endless })).toMatchObject({
        status: 413,
        headers: { connection: 'close' },
      });
      expect((await hook('open')).status).toBe(202);
      expect(await slow).toMatchObject({ status: 408, headers: { connection: 'close' } });
    },
  ],
  [
    14,
    'a coding is undone where it is asked for, once, and never beyond the limit',
    async () => {
      const send = (coding: string, body: Buffer, flow = 'coded'): Promise<RawAnswer> =>
        hook(flow, { headers: [JSON_TYPE, `Content-Encoding: ${coding}`], body });
      const bomb = Buffer.alloc(20 * 1024 * 1024);
      const sent = [
        send('gzip', gzipSync('{}')),
        send('deflate', deflateSync('{}')),
        send('br', brotliCompressSync('{}')),
        send('gzip', gzipSync(bomb)),
        send('br', brotliCompressSync(bomb)),
        send('gzip', gzipSync('{}'), 'open'),
        send('gzip, gzip', gzipSync(gzipSync('{}'))),
        send('gzip', Buffer.from('{}')),
      ];
      expect(await statuses(sent)).toEqual([202, 202, 202, 413, 413, 415, 415, 400]);
    },
  ],
  [
    15,
    'Basic is one user and one password, in UTF-8, in strict Base64',
    async () => {
      const good = Buffer.from(`partner:${KEY}`).toString('base64');
      const bad = [
        basic('partner'),
        basic('partner:'),
        basic(`partner:${KEY}x`),
        basic(`partner:${KEY}\0`),
        basic(`:${KEY}`),
        [JSON_TYPE, `Authorization: Basic ${good}!`],
        [JSON_TYPE, 'Authorization: Basic'],
        [JSON_TYPE, `Authorization: Bearer ${good}`],
      ];
      expect(await statuses(bad.map((headers) => hook('basic', { headers })))).toEqual(bad.map(() => 401));
      expect((await hook('basic', { headers: [JSON_TYPE, `authorization: bASIC ${good}`] })).status).toBe(202);
    },
  ],
  [
    16,
    'a key is kept nowhere and cached nowhere',
    async () => {
      const answer = await hook('query', {}, `?key=${SECRET}&a=1`);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect((await hook('query', {}, '?key=wrong-key-of-somebody&b=2')).status).toBe(401);
      const event = await instance.api<EventView>(`events/${receipt(answer).eventId}`);
      expect(event.url).toBe('/flows/query/hook?a=1');
      const refusal = await eventually('the refusal', async () => (await instance.api<RefusalPage>('refusals?flow=query')).items[0]);
      expect(refusal.url).toBe('/flows/query/hook?b=2');
      expect(instance.output()).not.toContain(SECRET);
    },
  ],
  [
    17,
    'each of several secrets counts, and which one did is kept',
    async () => {
      const { eventId } = receipt(await hook('github', { headers: [JSON_TYPE, github('{}', OLD)] }));
      expect(await instance.api<EventView>(`events/${eventId}`)).toMatchObject({
        verified: { credential: 'github', secret: 'OLD_SECRET', old: true },
      });
    },
  ],
  [
    18,
    'who guesses is slowed down, and who is right is never locked out',
    async () => {
      const guesses = await Promise.all(Array.from({ length: 45 }, (_, i) => hook('keyed', { headers: [JSON_TYPE, `x-sig: guess-${i}`] })));
      const told = guesses.filter(({ status }) => status === 429);
      expect(told.length).toBeGreaterThan(0);
      expect(Number(told[0]?.headers['retry-after'])).toBeGreaterThan(0);
      expect((await hook('keyed', { headers: [JSON_TYPE, wire(`X-Sig: ${KEY}`)] })).status).toBe(202);
    },
  ],
  [
    19,
    'no key of a body reaches a prototype',
    async () => {
      const bad = ['{"__proto__":{"admin":true}}', '{"a":[{"\\u005f_proto__":1}]}', '{"n":12345678901234567890,"__proto__":1}'];
      expect(await statuses(bad.map((body) => hook('open', { body })))).toEqual([400, 400, 400]);
      expect((await seen(await hook('open', { body: '{"constructor":{"prototype":1}}' }))).body).toEqual({ constructor: { prototype: 1 } });
    },
  ],
  [
    20,
    'depth is limited, and large integers lose nothing',
    async () => {
      expect(
        await statuses([100, 101, 100_000].map((depth) => hook('open', { body: `${'['.repeat(depth)}${']'.repeat(depth)}` }))),
      ).toEqual([202, 400, 400]);
      expect((await seen(await hook('open', { body: '[9007199254740993]' }))).body).toEqual(['9007199254740993']);
    },
  ],
  [
    21,
    'text is in the charset that it says, and valid in it',
    async () => {
      const text = (charset: string, body: Buffer): Promise<RawAnswer> =>
        hook('open', { headers: [`Content-Type: text/plain${charset}`], body });
      expect(
        await statuses([
          text('', Buffer.from([0xff])),
          text('; charset=utf-7', Buffer.from('x')),
          text('; charset=iso-8859-1', Buffer.from([0xfc])),
        ]),
      ).toEqual([400, 415, 202]);
    },
  ],
  [
    22,
    'XML is well-formed, flat enough, and has no entities of its own',
    async () => {
      const xml = (body: string): Promise<RawAnswer> => hook('open', { headers: ['Content-Type: text/xml'], body });
      const laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>';
      const answers = await Promise.all(
        ['<a>&amp;</a>', laughs, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', '<a><b></a>', '<a/><a/>', '<a>'.repeat(5000)].map(xml),
      );
      expect(answers.map(({ status }) => status)).toEqual([202, 400, 400, 400, 400, 400]);
      expect(answers.slice(1, 3).map(codeOf)).toEqual(['body.doctype', 'body.doctype']);
    },
  ],
  [
    23,
    'a form has a thousand fields, and no prototype',
    async () => {
      const form = (body: string): Promise<RawAnswer> =>
        hook('open', { headers: ['Content-Type: application/x-www-form-urlencoded'], body });
      expect(await statuses([form('a=1&'.repeat(1000)), form('a=1&'.repeat(1001))])).toEqual([202, 400]);
      expect((await seen(await form('a=1&a=2&b=3'))).body).toEqual({ a: ['1', '2'], b: '3' });
    },
  ],
  [
    24,
    'a multipart form is limited in parts, files, fields and headers',
    async () => {
      const part = (name: string, content = '', rest = ''): string =>
        `--x\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n${content}\r\n`;
      const form = (parts: string): Promise<RawAnswer> =>
        hook('open', { headers: ['Content-Type: multipart/form-data; boundary=x'], body: `${parts}--x--\r\n` });
      const many = (count: number, rest = ''): string => Array.from({ length: count }, (_, i) => part(`f${i}`, '', rest)).join('');
      const sent = [
        form(many(100)),
        form(many(101)),
        form(many(10, '; filename="x"')),
        form(many(11, '; filename="x"')),
        form(part('a', 'x'.repeat(65_537))),
        form(part('a', '', `\r\nX: ${'y'.repeat(9000)}`)),
        form('--x\r\nX-A: b\r\n\r\nv\r\n'),
      ];
      expect(await statuses(sent)).toEqual([202, 413, 202, 413, 413, 413, 400]);
    },
  ],
  [
    25,
    'what has no type at all is asked for one',
    async () => {
      expect(
        await statuses([
          hook('open', { headers: [] }),
          hook('open', { headers: ['Content-Type: nonsense'] }),
          hook('open', { headers: ['Content-Type: application/x-unheard-of'] }),
        ]),
      ).toEqual([415, 415, 202]);
    },
  ],
  [
    26,
    'what is answered 202 is written down',
    async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => hook('open', { body: `${i}` })));
      const kept = await Promise.all(answers.map((answer) => instance.api<EventView>(`events/${receipt(answer).eventId}`)));
      expect(kept.map(({ body }) => body.value)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    },
  ],
  [
    27,
    'what does not fit is kept and fails, for the owner to see',
    async () => {
      const run = await instance.api<RunView>(`runs/${receipt(await hook('fits')).runId}`);
      expect(run).toMatchObject({
        status: 'failed',
        error: { code: 'trigger.schema', message: expect.stringContaining("must have required property 'id'") },
      });
    },
  ],
  [
    28,
    'what a sender names is not reached unless it is allowed',
    async () => {
      const answer = await hook('reaches', { body: JSON.stringify({ url: 'http://127.0.0.2:9/' }) });
      const run = await endOf(instance, receipt(answer).runId);
      expect(run).toMatchObject({ status: 'failed', error: { code: 'address.blocked' } });
    },
  ],
];

describe('the checklist', () => {
  it.each(rows)('%i: %s', async (_number, _what, check) => check());

  it('has all of its 28 rows', () => {
    expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
  });

  it('leaves a server behind that serves', async () => {
    const { hostname, port } = new URL(instance.url);
    const socket = connect(Number(port), hostname);
    socket.destroy();
    await once(socket, 'close');
    expect((await hook('open')).status).toBe(202);
    expect([instance.child.exitCode, hiding.child.exitCode]).toEqual([null, null]);
  });
});
