import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createCredential, type Credential, type CredentialConfig } from '@millrace/credentials';
import type { EventPage, EventView, FlowView, RunPage, RunView } from '../../apps/control-api/index.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { sendRaw } from '../support/raw-http.js';

jest.setTimeout(300_000);

/** Secrets, one of each kind that the schemes want. */
const VARIABLES: Readonly<Record<string, string>> = {
  TEXT_SECRET: 'text-secret-of-the-front-door-spec',
  NEXT_SECRET: 'next-secret-of-the-front-door-spec',
  STANDARD_SECRET: `whsec_${Buffer.from('key-of-the-front-door-spec').toString('base64')}`,
};

const CREDENTIALS = {
  nothing: { type: 'none' },
  basic: { type: 'basic', username: 'partner', password: { env: 'TEXT_SECRET' } },
  header: { type: 'api-key', in: 'header', name: 'X-Partner', prefix: 'Key ', value: { env: 'TEXT_SECRET' } },
  query: { type: 'api-key', in: 'query', name: 'partner', value: { env: 'TEXT_SECRET' } },
  github: { type: 'hmac', scheme: 'github', secrets: [{ env: 'TEXT_SECRET' }] },
  stripe: { type: 'hmac', scheme: 'stripe', secrets: [{ env: 'TEXT_SECRET' }] },
  slack: { type: 'hmac', scheme: 'slack', secrets: [{ env: 'TEXT_SECRET' }] },
  standard: { type: 'hmac', scheme: 'standard-webhooks', secrets: [{ env: 'STANDARD_SECRET' }] },
  rotating: { type: 'hmac', scheme: 'github', secrets: [{ env: 'TEXT_SECRET' }, { env: 'NEXT_SECRET' }] },
} as const satisfies Record<string, CredentialConfig>;

type CredentialName = keyof typeof CREDENTIALS;

const echo = [
  {
    id: 'seen',
    set: { body: '{{ trigger.body }}', headers: '{{ trigger.headers }}', query: '{{ trigger.query }}', method: '{{ trigger.method }}' },
  },
];

const flows = {
  ...Object.assign({}, ...Object.keys(CREDENTIALS).map((credential) => webhookFlow(`by-${credential}`, { credential }, echo))),
  ...webhookFlow('echo', { methods: ['POST', 'GET', 'PUT'] }, echo),
  ...webhookFlow('once', { dedupe: { key: '{{ trigger.body.id }}', window: '1h' }, schema: { type: 'object', required: ['name'] } }, echo),
  ...webhookFlow('picky', { when: "{{ trigger.body.type = 'lead' }}" }, echo),
  ...webhookFlow('answers', { respond: { status: 201, headers: { 'X-Made-By': 'millrace' }, body: { ok: true, list: [1, 2] } } }, echo),
  ...webhookFlow('silent', { respond: { status: 204 } }, echo),
  ...webhookFlow('held', {}, echo, { enabled: false }),
  ...webhookFlow('refusing', { whenPaused: 'refuse' }, echo, { enabled: false }),
  credentials: CREDENTIALS,
} as Record<string, object>;

interface Accepted {
  readonly eventId: string;
  readonly runId?: string;
  readonly runIds: readonly string[];
  readonly duplicate?: true;
}

let instance: TestInstance;

beforeAll(async () => {
  instance = await startInstance({ flows, env: VARIABLES });
});

function credential(name: CredentialName): Credential {
  const created = createCredential(name, CREDENTIALS[name], ({ env }) => VARIABLES[env]);
  if (!created.credential) throw new Error(created.problems[0]?.message);
  return created.credential;
}

const JSON_TYPE = { 'content-type': 'application/json' };

function hookUrl(flow: string, query = ''): string {
  return `${instance.url}/flows/${flow}/hook${query}`;
}

function post(flow: string, body: string | Buffer, headers: Readonly<Record<string, string>> = JSON_TYPE): Promise<Response> {
  return fetch(hookUrl(flow), { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
}

async function accepted(response: Response): Promise<Accepted> {
  expect(response.status).toBe(202);
  return (await response.json()) as Accepted;
}

/** What the flow saw, once its run ended. */
async function seenBy({ runId = '' }: Accepted): Promise<Record<string, unknown>> {
  const run = await endOf(instance, runId);
  expect(run).toMatchObject({ status: 'succeeded', error: null });
  return run.steps[0]?.output as Record<string, unknown>;
}

async function bodyOf({ eventId }: Accepted): Promise<Buffer> {
  const headers = { authorization: `Bearer ${instance.token}` };
  return Buffer.from(await (await fetch(`${instance.url}/api/v1/events/${eventId}/body`, { headers })).arrayBuffer());
}

/** A request as the sender's side of a credential makes it. */
async function signed(name: CredentialName, flow: string, body: string, now = new Date(), id = 'msg_1'): Promise<Response> {
  const bytes = Buffer.from(body);
  const request = { method: 'POST', url: hookUrl(flow), headers: JSON_TYPE, body: bytes };
  const { url, headers } = credential(name).apply(request, { now, id });
  return fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) });
}

describe('a request that proves itself', () => {
  it.each(Object.keys(CREDENTIALS) as CredentialName[])(
    'with %s becomes an event and a run, and its secret reaches neither',
    async (name) => {
      const receipt = await accepted(await signed(name, `by-${name}`, '{"id":"evt_1","n":1}'));
      expect(receipt).toEqual({ eventId: expect.any(String), runIds: [receipt.runId], runId: expect.any(String) });
      expect(await seenBy(receipt)).toMatchObject({ body: { id: 'evt_1', n: 1 }, method: 'POST' });
      const event = await instance.api<EventView>(`events/${receipt.eventId}`);
      const kept = JSON.stringify([event, await instance.api<RunView>(`runs/${receipt.runId}`)]);
      expect(kept).not.toContain('of-the-front-door-spec');
      expect(kept).not.toContain(Buffer.from(`partner:${VARIABLES['TEXT_SECRET']}`).toString('base64'));
    },
  );

  it('with the next secret passes while both are active', async () => {
    const { credential: next } = createCredential(
      'next',
      { ...CREDENTIALS.github, secrets: [{ env: 'NEXT_SECRET' }] },
      ({ env }) => VARIABLES[env],
    );
    const body = Buffer.from('{}');
    const { headers } = next!.apply({ method: 'POST', url: hookUrl('by-rotating'), headers: JSON_TYPE, body }, { now: new Date() });
    await accepted(await fetch(hookUrl('by-rotating'), { method: 'POST', headers, body: new Uint8Array(body) }));
  });

  it('loses its key from the query, and only that', async () => {
    const url = hookUrl('by-query', `?page=2&partner=${VARIABLES['TEXT_SECRET']}&tag=a&tag=b%20c`);
    const receipt = await accepted(await fetch(url, { method: 'POST' }));
    expect((await seenBy(receipt))['query']).toEqual({ page: '2', tag: ['a', 'b c'] });
    expect((await instance.api<EventView>(`events/${receipt.eventId}`)).url).toBe('/flows/by-query/hook?page=2&tag=a&tag=b%20c');
  });

  it('loses its key from the headers, and only that', async () => {
    const headers = { ...JSON_TYPE, 'x-partner': `Key ${VARIABLES['TEXT_SECRET']}`, 'x-kept': 'yes' };
    const seen = (await seenBy(await accepted(await post('by-header', '{}', headers))))['headers'];
    expect(seen).toMatchObject({ 'x-kept': 'yes', 'content-type': 'application/json' });
    expect(seen).not.toHaveProperty('x-partner');
  });

  it('is recognised when it is replayed, as it was signed', async () => {
    const now = new Date();
    const receipt = await accepted(await signed('standard', 'by-standard', '{"n":2}', now, 'msg_2'));
    const again = await signed('standard', 'by-standard', '{"n":2}', now, 'msg_2');
    expect([again.status, await again.json()]).toEqual([200, { eventId: receipt.eventId, duplicate: true }]);
  });
});

describe('a body', () => {
  it.each([
    ['JSON', 'application/json', '{"a":[1,null,"x"]}', { a: [1, null, 'x'] }],
    ['JSON of a vendor', 'application/vnd.api+json; charset=UTF-8', '{"a":1}', { a: 1 }],
    ['JSON after a byte order mark', 'application/json', '\ufeff{"a":1}', { a: 1 }],
    ['JSON that is not an object', 'application/json', '"text"', 'text'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=x+y&a=2&c=%26', { a: ['1', '2'], b: 'x y', c: '&' }],
    ['text', 'text/plain; charset=utf-8', 'Grüße', 'Grüße'],
  ])('that is %s is seen parsed', async (_name, type, body, expected) => {
    const receipt = await accepted(await post('echo', body, { 'content-type': type }));
    expect((await seenBy(receipt))['body']).toEqual(expected);
    expect(await bodyOf(receipt)).toEqual(Buffer.from(body));
  });

  it('may be absent', async () => {
    const receipt = await accepted(await fetch(hookUrl('echo', '?hub=1'), { method: 'GET' }));
    expect(await seenBy(receipt)).toMatchObject({ body: null, query: { hub: '1' }, method: 'GET' });
  });

  it.each([
    ['NUL in text', 'text/plain', Buffer.from('a\0b\0')],
    [
      'key order, white space, repeated keys and large numbers',
      'application/json',
      Buffer.from('{ "z":1,\r\n\t"a":12345678901234567890, "z":1.10 }\n'),
    ],
    ['lone surrogates and escapes', 'application/json', Buffer.from('{"a":"\\ud800\\u0000\\/"}')],
    ['a byte order mark and CRLF', 'application/json', Buffer.from('\ufeff{}\r\n')],
    ['a form with broken escapes', 'application/x-www-form-urlencoded', Buffer.from('a=%zz&b=%ff&&=')],
    ['the largest body there may be', 'text/plain', Buffer.alloc(1024 * 1024, 'millrace ')],
  ])('keeps its exact bytes: %s', async (_name, type, bytes) => {
    const receipt = await accepted(await post('echo', bytes, { 'content-type': type }));
    expect((await bodyOf(receipt)).equals(bytes)).toBe(true);
    expect(await instance.api<EventView>(`events/${receipt.eventId}`)).toMatchObject({ size: bytes.length });
    expect(await endOf(instance, receipt.runId ?? '')).toMatchObject({ status: 'succeeded' });
  });

  it('in chunks is the same body', async () => {
    const body = '2\r\n{"\r\n5\r\na":1}\r\n0\r\n\r\n';
    const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
    const answer = await sendRaw(instance.url, { path: '/flows/echo/hook', headers, body });
    expect(answer.status).toBe(202);
    expect((await bodyOf(JSON.parse(answer.body) as Accepted)).toString()).toBe('{"a":1}');
  });
});

describe('headers', () => {
  it('are seen with lower-case names, repeats joined', async () => {
    const headers = ['X-Tag: a', 'x-tag: b', 'Cookie: c=1', 'Cookie: d=2', 'X-Latin: \xe9', '__proto__: x'];
    const { body } = await sendRaw(instance.url, { path: '/flows/echo/hook', headers });
    const seen = (await seenBy(JSON.parse(body) as Accepted))['headers'] as Record<string, string>;
    expect(seen).toMatchObject({ 'x-tag': 'a, b', cookie: 'c=1; d=2', 'x-latin': '\xe9', host: 'millrace.test' });
    expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
  });
});

describe('a copy of an event', () => {
  it('is answered with the first one and makes no second run', async () => {
    const receipt = await accepted(await post('once', '{"id":"a","name":"Ada"}'));
    const again = await post('once', '{"id":"a","name":"changed"}');
    expect([again.status, await again.json()]).toEqual([200, { eventId: receipt.eventId, duplicate: true }]);
    expect((await instance.api<RunPage>(`runs?event=${receipt.eventId}`)).items).toHaveLength(1);
  });

  it('that arrives twenty times at once makes one run', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('once', '{"id":"twenty","name":"Ada"}')));
    const bodies = await Promise.all(answers.map(async (answer) => [answer.status, ((await answer.json()) as Accepted).eventId] as const));
    expect(bodies.filter(([status]) => status === 202)).toHaveLength(1);
    expect(bodies.filter(([status]) => status === 200)).toHaveLength(19);
    expect(new Set(bodies.map(([, eventId]) => eventId)).size).toBe(1);
    expect((await instance.api<RunPage>(`runs?event=${bodies[0]?.[1]}`)).items).toHaveLength(1);
  });

  it('is not taken for one when its first did not fit the schema', async () => {
    const misfit = await accepted(await post('once', '{"id":"b"}'));
    expect(await endOf(instance, misfit.runId ?? '')).toMatchObject({
      status: 'failed',
      error: { code: 'trigger.schema', step: 'trigger', message: expect.stringContaining("must have required property 'name'") },
    });
    const mended = await accepted(await post('once', '{"id":"b","name":"Ada"}'));
    expect(await seenBy(mended)).toMatchObject({ body: { name: 'Ada' } });
  });
});

describe('an event that the condition of the trigger does not hold for', () => {
  it('is kept with the clause, and makes no run', async () => {
    const receipt = await accepted(await post('picky', '{"type":"other"}'));
    expect(receipt).toEqual({ eventId: receipt.eventId, runIds: [] });
    const event = await instance.api<EventView>(`events/${receipt.eventId}`);
    expect(event).toMatchObject({ unmatched: "{{ trigger.body.type = 'lead' }}", runs: [] });
    expect((await accepted(await post('picky', '{"type":"lead"}'))).runIds).toHaveLength(1);
  });
});

describe('a fixed answer', () => {
  it('is given with status, headers and body, after the event was kept', async () => {
    const answer = await post('answers', '{}');
    expect([answer.status, answer.headers.get('x-made-by'), await answer.json()]).toEqual([201, 'millrace', { ok: true, list: [1, 2] }]);
    expect((await instance.api<EventPage>('events?flow=answers')).items).toHaveLength(1);
  });

  it('may be empty', async () => {
    const answer = await post('silent', '{}');
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([204, '', null]);
  });
});

describe('a flow that is paused', () => {
  async function enable(id: string): Promise<void> {
    const file = join(instance.flows, `${id}.json`);
    const flow = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...flow, enabled: true }));
    await eventually(`${id} to be live`, async () => ((await instance.api<FlowView>(`flows/${id}`)).state === 'live' ? true : undefined));
  }

  it('holds its events, and runs them once it is enabled', async () => {
    const receipt = await accepted(await post('held', '{"n":1}'));
    expect((await instance.api<RunView>(`runs/${receipt.runId}`)).status).toBe('queued');
    await enable('held');
    expect(await seenBy(receipt)).toMatchObject({ body: { n: 1 } });
    expect(await seenBy(await accepted(await post('held', '{"n":2}')))).toMatchObject({ body: { n: 2 } });
  });

  it('refuses them when its trigger says so, until it is enabled', async () => {
    const answer = await post('refusing', '{}');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toEqual({
      error: { code: 'flow.paused', message: 'This flow is paused. Nothing was accepted; send it again later.' },
    });
    expect((await instance.api<EventPage>('events?flow=refusing')).items).toEqual([]);
    await enable('refusing');
    await accepted(await post('refusing', '{}'));
  });
});

describe('an unknown flow, where they are to be hidden', () => {
  it('cannot be told from a failed credential, however often it is tried', async () => {
    const hiding = await startInstance({ flows, env: { ...VARIABLES, MILLRACE_HIDE_UNKNOWN: 'true' } });
    const attempt = async (flow: string): Promise<unknown> => {
      const answer = await fetch(`${hiding.url}/flows/${flow}/hook`, { method: 'POST', headers: JSON_TYPE, body: '{}' });
      const { date: _date, 'retry-after': retryAfter, ...headers } = Object.fromEntries(answer.headers);
      return { status: answer.status, headers, told: retryAfter !== undefined, body: await answer.text() };
    };
    for (let i = 0; i < 32; i += 1) expect(await attempt('nobody')).toEqual(await attempt('by-github'));
    expect(await attempt('nobody')).toMatchObject({ status: 429, told: true });
    await hiding.stop();
  });
});

describe('when the database goes away', () => {
  it('callers are told to come again or are served, and it recovers by itself', async () => {
    const server = await postmaster();
    process.kill(server, 'SIGKILL');
    await eventually('another server', async () => {
      await servedOrSentAway();
      return (await postmaster().catch(() => server)) === server ? undefined : true;
    });
    const receipt = await eventually('an event to be accepted', servedOrSentAway);
    await eventually('the API', async () => ((await fetch(`${instance.url}/health/ready`)).status === 200 ? true : undefined));
    expect(await seenBy(receipt)).toMatchObject({ body: { while: 'away' } });
    expect(instance.child.exitCode).toBeNull();
  });

  async function postmaster(): Promise<number> {
    return Number((await readFile(join(instance.home, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  }

  async function servedOrSentAway(): Promise<Accepted | undefined> {
    const answer = await post('echo', '{"while":"away"}');
    if (answer.status === 202) return (await answer.json()) as Accepted;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toEqual({
      error: { code: 'event.not-written', message: 'The event could not be written down. Nothing was accepted; send it again.' },
    });
    return undefined;
  }
});
