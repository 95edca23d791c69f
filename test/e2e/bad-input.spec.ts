import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { FlowView, RefusalPage, RunPage } from '../../apps/control-api/index.js';
import { endOf, eventually, printed, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { chunked, exchange, requestBytes, sendRaw, type RawAnswer, type RawRequest } from '../support/raw-http.js';

jest.setTimeout(300_000);

const SECRET = 'whsec-of-the-bad-input-spec';
const KEY = 'api-key-of-the-bad-input-spec';
type RefusalView = RefusalPage['items'][number];

const MEBIBYTE = 1024 * 1024;
const JSON_TYPE = 'Content-Type: application/json';

const log = [{ id: 'tell', use: 'log', with: { message: 'seen' } }];

const flows = {
  ...webhookFlow('open', {}, log),
  ...webhookFlow('strict', { accept: ['application/json'], limit: '2kb', dedupe: { key: '{{ trigger.body.id }}' } }, log),
  ...webhookFlow('signed', { credential: 'signer' }, log),
  ...webhookFlow('timed', { credential: 'slack' }, log),
  ...webhookFlow('keyed', { credential: 'key', methods: ['PUT', 'POST'] }, log),
  ...webhookFlow('flooded', { credential: 'key' }, log),
  ...webhookFlow('secretless', { credential: 'lost' }, log),
  ...webhookFlow('compares', { when: '{{ trigger.body.total > 500 }}' }, log),
  ...webhookFlow('missing', {}, [{ id: 'greet', set: { text: 'Hello {{ trigger.body.customer.name }}' } }]),
  ...webhookFlow('plugged', {}, [{ id: 'works', use: 'good.echo' }]),
  credentials: {
    signer: { type: 'hmac', scheme: 'github', secrets: [{ env: 'HOOK_SECRET' }] },
    slack: { type: 'hmac', scheme: 'slack', secrets: [{ env: 'HOOK_SECRET' }] },
    key: { type: 'api-key', in: 'header', name: 'x-partner', value: { env: 'PARTNER_KEY' } },
    lost: { type: 'api-key', in: 'header', name: 'x-partner-key', value: { env: 'NOBODY_SET_THIS' } },
  },
};

let instance: TestInstance;
let plugins: string;

beforeAll(async () => {
  plugins = await mkdtemp(join(tmpdir(), 'millrace-bad-plugins-'));
  await writeFile(join(plugins, 'broken.mjs'), "throw new Error('no licence for this plugin');");
  await writeFile(
    join(plugins, 'good.mjs'),
    "export default { name: 'good.echo', title: 'Echo', props: { type: 'object' }, run: () => ({ ok: true }) };",
  );
  instance = await startInstance({ flows, env: { HOOK_SECRET: SECRET, PARTNER_KEY: KEY, MILLRACE_PLUGINS: plugins } });
});

afterAll(() => rm(plugins, { recursive: true, force: true }));

/** Whatever happened, the next caller is served. */
afterEach(async () => {
  expect((await fetch(`${instance.url}/health/ready`)).status).toBe(200);
  expect(instance.child.exitCode).toBeNull();
});

function hook(flow: string, request: Omit<RawRequest, 'path'>, mark = 'none'): Promise<RawAnswer> {
  return sendRaw(instance.url, { ...request, path: `/flows/${flow}/hook?mark=${mark}` });
}

function errorOf({ body }: RawAnswer): { code: string; message: string } {
  return (JSON.parse(body) as { error: { code: string; message: string } }).error;
}

async function refusals(flow: string): Promise<RefusalView[]> {
  return (await instance.api<RefusalPage>(`refusals?flow=${flow}&limit=200`)).items;
}

let marks = 0;

/** What tells one request from the others of this file. */
function newMark(): string {
  marks += 1;
  return `m${marks}.`;
}

/** The refusal of the request with this mark: it is written behind the answer. */
function refusalOf(flow: string, mark: string): Promise<RefusalView> {
  return eventually('a refusal', async () => (await refusals(flow)).find(({ url }) => url.includes(mark)));
}

function forever(text: string, times: number): string {
  return text.repeat(times);
}

interface Case {
  readonly name: string;
  readonly flow?: string;
  readonly request: Omit<RawRequest, 'path'>;
  readonly status: number;
  readonly code: string;
  readonly message: string | RegExp;
}

const refused: Case[] = [
  {
    name: 'malformed JSON',
    request: { headers: [JSON_TYPE], body: '{"a":' },
    status: 400,
    code: 'body.malformed',
    message: 'The body is not valid JSON.',
  },
  {
    name: 'JSON that is nested a hundred thousand deep',
    request: { headers: [JSON_TYPE], body: `${forever('[', 100_000)}${forever(']', 100_000)}` },
    status: 400,
    code: 'body.too-deep',
    message: 'The JSON is nested deeper than 100 levels.',
  },
  {
    name: 'a __proto__ key',
    request: { headers: [JSON_TYPE], body: '{"a":[{"__proto__":{"admin":true}}]}' },
    status: 400,
    code: 'body.forbidden-key',
    message: 'The JSON has a "__proto__" key, which is not accepted.',
  },
  {
    name: 'a __proto__ key in disguise',
    request: { headers: [JSON_TYPE], body: '{"\\u005f_proto__":{"admin":true}}' },
    status: 400,
    code: 'body.forbidden-key',
    message: 'The JSON has a "__proto__" key, which is not accepted.',
  },
  {
    name: 'invalid UTF-8 in JSON',
    request: { headers: [JSON_TYPE], body: Buffer.from('{"a":"\xff"}', 'latin1') },
    status: 400,
    code: 'body.not-utf8',
    message: 'The body is not valid UTF-8.',
  },
  {
    name: 'an unknown charset',
    request: { headers: ['Content-Type: application/json; charset=utf-7'], body: '{}' },
    status: 415,
    code: 'body.charset-not-accepted',
    message: 'The charset utf-7 is not read; send UTF-8.',
  },
  {
    name: 'a content type that is none',
    request: { headers: ['Content-Type: garbage'], body: 'x' },
    status: 415,
    code: 'body.type-not-accepted',
    message: /^The Content-Type "garbage" is not a media type; say what it is: /,
  },
  {
    name: 'a body without a content type',
    request: { body: 'x' },
    status: 415,
    code: 'body.type-not-accepted',
    message: /^The request has a body but no Content-Type; say what it is: application\/json/,
  },
  {
    name: 'a type that the flow does not list',
    flow: 'strict',
    request: { headers: ['Content-Type: text/plain'], body: 'x' },
    status: 415,
    code: 'body.type-not-accepted',
    message: 'This URL takes application/json, not text/plain.',
  },
  {
    name: 'Content-Encoding: gzip',
    request: { headers: [JSON_TYPE, 'Content-Encoding: gzip'], body: '{}' },
    status: 415,
    code: 'body.encoding-not-accepted',
    message: 'The content coding gzip is not accepted; send the body as it is.',
  },
  {
    name: 'Transfer-Encoding: gzip, chunked',
    request: { headers: [JSON_TYPE, 'Transfer-Encoding: gzip, chunked'], body: chunked('{}') },
    status: 501,
    code: 'header.transfer-encoding',
    message: 'Only the transfer coding "chunked" is understood.',
  },
  {
    name: 'two Content-Types',
    request: { headers: [JSON_TYPE, 'content-type: text/plain'], body: '{}' },
    status: 400,
    code: 'header.duplicate',
    message: 'The header content-type is there more than once; send it once.',
  },
  {
    name: 'two Hosts',
    request: { headers: [JSON_TYPE, 'Host: a.test', 'Host: b.test'], body: '{}' },
    status: 400,
    code: 'header.duplicate',
    message: 'The header host is there more than once; send it once.',
  },
  {
    name: 'two keys, one of them right',
    flow: 'keyed',
    request: { headers: [JSON_TYPE, 'X-Partner: wrong', `X-Partner: ${KEY}`], body: '{}' },
    status: 400,
    code: 'credential.duplicate',
    message: 'The header x-partner was sent more than once.',
  },
  {
    name: 'a body that its Content-Length says is too large, without waiting for it',
    request: { headers: [JSON_TYPE, `Content-Length: ${MEBIBYTE + 1}`] },
    status: 413,
    code: 'body.too-large',
    message: `The body is larger than ${MEBIBYTE} bytes, which is what this URL takes.`,
  },
  {
    name: 'a body that turns out too large while it streams, before its end',
    request: { headers: [JSON_TYPE, 'Transfer-Encoding: chunked'], body: chunked(forever('x', MEBIBYTE), 'x').slice(0, -5) },
    status: 413,
    code: 'body.too-large',
    message: `The body is larger than ${MEBIBYTE} bytes, which is what this URL takes.`,
  },
  {
    name: "a body over the flow's own limit",
    flow: 'strict',
    request: { headers: [JSON_TYPE], body: `"${forever('x', 3000)}"` },
    status: 413,
    code: 'body.too-large',
    message: /^The body is larger than 20\d\d bytes/,
  },
  {
    name: 'an event without the key that tells copies apart',
    flow: 'strict',
    request: { headers: [JSON_TYPE], body: '{}' },
    status: 400,
    code: 'dedupe.key-missing',
    message: /^The dedupe key cannot be made: `dedupe\.key` needs a value, but trigger\.body has no `id`\./,
  },
  {
    name: 'a method that an open flow does not take',
    request: { method: 'DELETE' },
    status: 405,
    code: 'method.not-allowed',
    message: 'This URL takes POST.',
  },
  {
    name: 'a flow that does not exist',
    flow: 'nobody',
    request: { headers: [JSON_TYPE], body: '{}' },
    status: 404,
    code: 'flow.not-found',
    message: 'There is nothing at this URL. Check the flow id in it.',
  },
  {
    name: 'a flow whose credential cannot be had: the URL is not open meanwhile',
    flow: 'secretless',
    request: { headers: [JSON_TYPE, 'X-Partner-Key: what-the-sender-knows'], body: '{}' },
    status: 503,
    code: 'flow.not-enabled',
    message: 'This flow is not enabled yet. Nothing was accepted; send it again later.',
  },
];

describe('the front door refuses', () => {
  it.each(refused)('$name', async ({ flow = 'open', request, status, code, message }) => {
    const mark = newMark();
    const answer = await hook(flow, request, mark);
    expect({ status: answer.status, ...errorOf(answer) }).toEqual({
      status,
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    expect(await refusalOf(flow, mark)).toMatchObject({ flowId: flow, status, code, method: request.method ?? 'POST' });
  });

  it('without making an event or a run of what it refused', async () => {
    for (const flow of ['open', 'strict', 'keyed']) {
      expect((await instance.api<RunPage>(`runs?flow=${flow}`)).items).toEqual([]);
      expect((await instance.api<RunPage>(`events?flow=${flow}`)).items).toEqual([]);
    }
  });

  it('a method only after the credential, and says which there are', async () => {
    const stranger = await hook('keyed', { method: 'DELETE' });
    expect(stranger.status).toBe(401);
    const partner = await hook('keyed', { method: 'DELETE', headers: [`X-Partner: ${KEY}`] });
    expect(partner).toMatchObject({ status: 405, headers: { allow: 'PUT, POST' } });
  });
});

describe('a request that does not prove itself', () => {
  const body = '{"id":1}';
  const github = (text: string, secret = SECRET): string => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const signed = (signature: string): RawRequest['headers'] => [JSON_TYPE, `X-Hub-Signature-256: ${signature}`];
  const slack = (ageSeconds: number): RawRequest['headers'] => {
    const time = Math.floor(Date.now() / 1000) - ageSeconds;
    const signature = createHmac('sha256', SECRET).update(`v0:${time}:${body}`).digest('hex');
    return [JSON_TYPE, `X-Slack-Request-Timestamp: ${time}`, `X-Slack-Signature: v0=${signature}`];
  };

  it.each([
    ['a signature with another secret', 'signed', signed(github(body, 'another-secret')), 'credential.mismatch'],
    ['a signature of another body', 'signed', signed(github('{"id":2}')), 'credential.mismatch'],
    ['a truncated signature', 'signed', signed(github(body).slice(0, -2)), 'credential.mismatch'],
    ['a signature that is not hexadecimal', 'signed', signed('sha256=zz'), 'credential.malformed'],
    ['a signature with something after it', 'signed', signed(`${github(body)} `.concat('x')), 'credential.malformed'],
    ['no signature', 'signed', [JSON_TYPE], 'credential.missing'],
    ['a signature from ten minutes ago', 'timed', slack(600), 'credential.timestamp-stale'],
    ['a signature from the future', 'timed', slack(-600), 'credential.timestamp-future'],
    ['no timestamp', 'timed', slack(0)!.filter((header) => !header.includes('Timestamp')), 'credential.timestamp-missing'],
    ['a wrong key', 'keyed', [JSON_TYPE, 'X-Partner: wrong'], 'credential.mismatch'],
    ['no key', 'keyed', [JSON_TYPE], 'credential.missing'],
  ])('by %s gets the same 401 as any other, and the owner the reason', async (_name, flow, headers, code) => {
    const mark = newMark();
    const answer = await hook(flow, { headers, body }, mark);
    expect(answer.status).toBe(401);
    expect(answer.body).toBe(
      '{"error":{"code":"request.unauthorized","message":"The request was not authorized. The owner of this URL can see why."}}',
    );
    expect(answer.headers['www-authenticate']).toBe('Basic realm="ingest", charset="UTF-8"');
    expect(await refusalOf(flow, mark)).toMatchObject({ code, status: 401, reason: expect.stringMatching(/^[A-Z].+\.$/) });
  });

  it('too often is told to wait, while one that does still passes', async () => {
    const statuses = [];
    for (let i = 0; i < 31; i += 1) statuses.push((await hook('flooded', { headers: [JSON_TYPE], body })).status);
    expect(statuses).toEqual([...Array(30).fill(401), 429]);
    const limited = await hook('flooded', { headers: [JSON_TYPE], body });
    expect(errorOf(limited)).toEqual({
      code: 'request.too-many-failures',
      message: 'Too many requests from this address were not authorized.',
    });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await hook('flooded', { headers: [JSON_TYPE, `X-Partner: ${KEY}`], body })).status).toBe(202);
  });
});

describe('what is not a request', () => {
  it.each([
    ['garbage', '\x16\x03\x01\x02\x00garbage\r\n\r\n', 400, 'request.malformed'],
    ['a method that HTTP does not have', 'HACK /flows/open/hook HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'request.malformed'],
    [
      'two lengths',
      requestBytes({ path: '/flows/open/hook', headers: ['Content-Length: 2', 'Content-Length: 3'], body: '{}' }),
      400,
      'request.malformed',
    ],
    [
      'a length and chunks',
      requestBytes({ path: '/flows/open/hook', headers: ['Content-Length: 2', 'Transfer-Encoding: chunked'], body: chunked('{}') }),
      400,
      'request.malformed',
    ],
    [
      'oversize headers',
      requestBytes({ path: '/flows/open/hook', headers: [`X-Big: ${forever('x', 17_000)}`] }),
      431,
      'request.headers-too-large',
    ],
    ['an oversize request line', requestBytes({ path: `/flows/open/hook?${forever('x', 17_000)}` }), 431, 'request.headers-too-large'],
    ['broken URL escapes', requestBytes({ path: '/flows/%zz/hook' }), 400, 'request.invalid'],
    ['URL escapes that are not UTF-8', requestBytes({ path: '/flows/%ff%fe/hook' }), 400, 'request.invalid'],
    ['a flow id of ten thousand letters', requestBytes({ path: `/flows/${forever('x', 10_000)}/hook` }), 404, 'route.not-found'],
    ['a path that leads nowhere', requestBytes({ path: '/flows/open/hook/more' }), 404, 'route.not-found'],
  ])('is answered in our form: %s', async (_name, bytes, status, code) => {
    const answer = await exchange(instance.url, bytes);
    expect({ status: answer.status, ...errorOf(answer) }).toEqual({ status, code, message: expect.stringMatching(/^[A-Z].{20,}\.$/) });
  });

  it('costs nothing when its body breaks off, and leaves a refusal', async () => {
    const { hostname, port } = new URL(instance.url);
    const socket = connect(Number(port), hostname);
    const mark = newMark();
    const path = `/flows/open/hook?mark=${mark}`;
    socket.write(requestBytes({ path, headers: [JSON_TYPE, 'Content-Length: 100'], body: '{"a":' }), () => socket.end());
    expect(await refusalOf('open', mark)).toMatchObject({
      status: 400,
      code: 'body.incomplete',
      reason: 'The connection broke before the body was complete.',
    });
  });
});

describe('refusals', () => {
  it('hold no secret, neither one that is known nor one that only sounds like it', async () => {
    const headers = [
      JSON_TYPE,
      `X-Partner: ${KEY}x`,
      'X-Auth-Token: leaked-token',
      'Authorization: Bearer leaked-bearer',
      'Cookie: a=leaked-cookie',
    ];
    await sendRaw(instance.url, { path: `/flows/keyed/hook?page=7&api_key=leaked-query&%74oken=leaked-escaped`, headers, body: '{}' });
    const kept = await eventually('the refusal', async () => (await refusals('keyed')).find(({ url }) => url.includes('page=7')));
    expect(kept.url).toBe('/flows/keyed/hook?page=7');
    expect(JSON.stringify(await instance.api('refusals?limit=200'))).not.toMatch(/leaked|of-the-bad-input|what-the-sender-knows/);
  });
});

describe('a body that a flow cannot use', () => {
  it('fails its run and names step, field and path', async () => {
    const answer = await hook('missing', { headers: [JSON_TYPE], body: '{"customer":{}}' });
    expect(answer.status).toBe(202);
    const run = await endOf(instance, (JSON.parse(answer.body) as { runId: string }).runId);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'expression.missing', step: 'greet' } });
    expect(run.error?.message).toContain('`set.text` needs a value, but trigger.body.customer has no `name`');
  });

  it('is kept with a failed run when the condition of the trigger cannot be evaluated', async () => {
    const answer = await hook('compares', { headers: [JSON_TYPE], body: '{"total":"many"}' });
    expect(answer.status).toBe(202);
    const run = await endOf(instance, (JSON.parse(answer.body) as { runId: string }).runId);
    expect(run).toMatchObject({
      status: 'failed',
      error: { step: 'trigger', message: expect.stringContaining('trigger.body.total > 500') },
    });
  });
});

describe('a flow file that cannot be used', () => {
  const live = webhookFlow('edited', {}, log)['edited'];

  function flow(id: string): Promise<FlowView> {
    return instance.api<FlowView>(`flows/${id}`);
  }

  async function write(id: string, text: string): Promise<void> {
    await writeFile(join(instance.flows, `${id}.json`), text);
  }

  it('is refused with file, line and column in the log and in the API, while its last good version stays live', async () => {
    await write('edited', JSON.stringify(live));
    await eventually('version 1', async () => ((await flow('edited').catch(() => undefined))?.version === 1 ? true : undefined));
    const broken = `{\n  "format": 1,\n  "id": "edited",\n  "trigger": { "type": "webhook", "credential": "nobody" },
  "steps": [{ "id": "a", "use": "slack.send-mesage", "with": { "text": "x" } }]\n}\n`;
    await write('edited', broken);
    const refusedFlow = await eventually('its problems', async () => {
      const edited = await flow('edited');
      return edited.problems.length > 0 ? edited : undefined;
    });
    expect(refusedFlow).toMatchObject({ state: 'live', version: 1 });
    const problems = refusedFlow.problems.map(({ code, line, column }) => ({ code, line, column }));
    expect(problems).toEqual([
      { code: 'credential.unknown', line: 4, column: expect.any(Number) },
      { code: 'component.unknown', line: 5, column: expect.any(Number) },
    ]);
    const [credential, component] = refusedFlow.problems;
    const place = join(instance.flows, 'edited.json');
    await printed(instance, `${place}:4:${credential?.column}: ${credential?.message}`);
    await printed(instance, `${place}:5:${component?.column}: ${component?.message}`);
    expect(component?.message).toContain('slack.send-message');
    expect((await hook('edited', { headers: [JSON_TYPE], body: '{}' })).status).toBe(202);
  });

  it('is not enabled when no version of it was ever good', async () => {
    await write('newborn', '{ "format": 1, ');
    const answered = async (): Promise<RawAnswer> => hook('newborn', { headers: [JSON_TYPE], body: '{}' });
    await eventually('the flow', async () => ((await answered()).status === 404 ? undefined : true));
    expect((await answered()).status).toBe(503);
    const newborn = await flow('newborn');
    const syntax = expect.objectContaining({ code: 'flow.syntax', line: 1, column: 16 });
    expect(newborn).toMatchObject({ state: 'not-enabled', version: 0, problems: expect.arrayContaining([syntax]) });
  });

  it('does not stop the others from being read when it is a folder', async () => {
    await mkdir(join(instance.flows, 'folder.json'));
    await write('beside', JSON.stringify({ ...live, id: 'beside' }));
    await eventually('the other flow', async () =>
      (await hook('beside', { headers: [JSON_TYPE], body: '{}' })).status === 202 ? true : undefined,
    );
  });
});

describe('a plugin that throws while it loads', () => {
  it('is named in the log, and the components of others work', async () => {
    await printed(instance, /warn .*broken\.mjs.*no licence for this plugin/);
    const answer = await hook('plugged', { headers: [JSON_TYPE], body: '{}' });
    const run = await endOf(instance, (JSON.parse(answer.body) as { runId: string }).runId);
    expect(run).toMatchObject({ status: 'succeeded', steps: [{ path: 'works', output: { ok: true } }] });
  });
});
