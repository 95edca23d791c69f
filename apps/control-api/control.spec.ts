import 'reflect-metadata';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EventRecord, StepRow } from '@millrace/engine';
import { HealthModule, PlatformModule, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import { createLogger, Metrics } from '@millrace/telemetry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { controlModule, openApiDocument } from './index.js';

const TOKEN = 'a-token-for-tests';
const RUN = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398f';
const EVENT = '01920f7a-5c1e-7cc3-98c4-dc0c0c07398e';
const bearer = { authorization: `Bearer ${TOKEN}`, host: 'localhost:3000' };

const run: RunSummary = {
  id: RUN,
  flowId: 'hello',
  version: 1,
  eventId: EVENT,
  status: 'failed',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.001Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  resumeAt: null,
  parent: null,
  rerunOf: null,
  dry: false,
  test: false,
  resolution: null,
  error: { code: 'http.500', message: 'It failed.', step: 'send' },
};

const journal: StepRow[] = [
  { path: 'read', attempt: 1, status: 'succeeded', kind: 'use', startedAt: 0, finishedAt: 1, input: { id: 1 }, output: [null] },
  { path: 'send', attempt: 1, status: 'failed', kind: 'use', startedAt: 1, finishedAt: 2, error: run.error ?? undefined },
];

const event: EventRecord = {
  id: EVENT,
  flowId: 'hello',
  receivedAt: 0,
  method: 'POST',
  url: '/flows/hello/hook',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"a":[1,"\\u0000"]}'),
};

const FLOW_TEXT = '{ "format": 1, "id": "hello", "name": "Hello", "trigger": { "type": "webhook" }, "steps": [] }';

/** The database can say what stands, and nothing else. */
function queried(text: string): Promise<{ rows: object[] }> {
  if (!text.includes('as open_collections')) return Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:5432'));
  return Promise.resolve({
    rows: [{ runs: { queued: 1, behind: 2 }, oldest_due: 0, dead_letters: 0, open_collections: 3, undelivered: 0 }],
  });
}

/** The platform as far as the control API uses it, without a database. */
function fakePlatform(config: Partial<Platform['config']> = {}): Platform {
  const live = { id: 'hello', version: 1, enabled: true, rules: {}, credential: undefined, problems: [] };
  return {
    config: { host: '127.0.0.1', publicUrl: undefined, ...config },
    metrics: new Metrics(),
    log: createLogger({ level: 'silent', format: 'json' }),
    publicUrl: 'http://127.0.0.1:3000',
    database: { pool: { query: queried } },
    catalog: {
      plan: () => Promise.reject(new Error('There is no plan')),
      flows: () => [live],
      flow: (id: string) => (id === 'hello' ? live : undefined),
    },
    flows: { version: () => Promise.resolve({ text: FLOW_TEXT, createdAt: new Date(0) }), find: () => Promise.resolve(null) },
    collections: {
      collectedBy: () => Promise.resolve([{ flowId: 'hello', runId: RUN, dueAt: undefined }]),
      collectedFor: () => Promise.resolve({ count: 1, ids: [EVENT] }),
    },
    auditLog: { keep: () => Promise.reject(new Error('The disk is full')) },
    history: {
      runs: ({ limit }: { limit: number }) =>
        Promise.resolve({ items: Array.from({ length: Math.min(limit, 3) }, () => run), next: limit < 3 ? RUN : null }),
      run: (id: string) => Promise.resolve(id === RUN ? run : undefined),
      triggers: () => Promise.resolve(new Map([[EVENT, event]])),
      failures: () => Promise.resolve(new Map()),
      waits: () => Promise.resolve(new Map()),
      holds: () => Promise.resolve(new Map()),
      journal: () => Promise.resolve(journal),
      listedJournal: () => Promise.resolve(journal),
      stepValue: (_: string, path: string, name: string) => Promise.resolve(path === 'each[0].send' ? Buffer.from(`"${name}"`) : undefined),
      events: () => Promise.resolve({ items: [{ ...event, size: event.body.length, runs: [] }], next: null }),
      event: (id: string) => Promise.resolve(id === EVENT ? event : undefined),
      eventBeginning: (id: string) => Promise.resolve(id === EVENT ? { ...event, size: event.body.length } : undefined),
      refusals: () => Promise.reject(new Error('relation "refusals" at secret-host is broken')),
      cancel: () => Promise.resolve([]),
    },
    // Only what the controllers touch is there; touching anything else fails the test.
  } as unknown as Platform;
}

@Module({})
class TestRoot {}

/** A listening control API and the routes it registered. */
interface Running {
  readonly port: number;
  readonly routes: readonly string[];
}

const apps: NestFastifyApplication[] = [];

async function start(config: Partial<Platform['config']> = {}): Promise<Running> {
  const imports = [PlatformModule.forRoot(fakePlatform(config)), HealthModule, controlModule(TOKEN)];
  const adapter = new FastifyAdapter({ exposeHeadRoutes: true });
  const root = { module: TestRoot, imports };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: false, bodyParser: false, abortOnError: false });
  const routes: string[] = [];
  adapter.getInstance().addHook('onRoute', ({ method, url }) => void routes.push(`${String(method)} ${url}`));
  await app.listen(0, '127.0.0.1');
  apps.push(app);
  return { port: (adapter.getHttpServer().address() as AddressInfo).port, routes };
}

afterAll(() => Promise.all(apps.map((app) => app.close())));

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  json(): unknown;
}

/** Node's own client, because fetch does not let us choose the Host header. */
function ask(port: number, path: string, headers: Record<string, string>, method = 'GET'): Promise<Response> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', path, method, headers }, (incoming) => {
      buffer(incoming).then((bytes) => {
        const text = bytes.toString();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes, text, json: () => JSON.parse(text) as unknown });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function errorOf(response: Response): { code: string; message: string } {
  return (response.json() as { error: { code: string; message: string } }).error;
}

describe('who gets in', () => {
  let port: number;
  let routes: readonly string[];
  beforeAll(async () => void ({ port, routes } = await start()));

  it('every route below /api wants the token, and the answer says where it is', async () => {
    const guarded = routes.filter((route) => route.includes('/api/') && !/^HEAD|\*$/.test(route));
    expect(guarded.length).toBeGreaterThan(8);
    for (const route of guarded) {
      const [method, url = ''] = route.split(' ');
      const response = await ask(port, url.replace(':id', RUN), { host: 'localhost' }, method);
      expect([route, response.status]).toEqual([route, 401]);
      expect(errorOf(response)).toMatchObject({ code: 'api.unauthorized', message: expect.stringContaining('$MILLRACE_HOME/token') });
      expect(response.headers['www-authenticate']).toContain('Bearer');
    }
  });

  const wrong = [`Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, 'Bearer', `Basic ${TOKEN}`, TOKEN];
  it.each(wrong)('%s does not get in', async (authorization) => {
    const response = await ask(port, '/api/v1/runs', { host: 'localhost', authorization });
    expect(response.status).toBe(401);
  });

  it('a link with the token signs the browser in and takes the token out of the address', async () => {
    const response = await ask(port, `/api/v1/runs?limit=2&token=${TOKEN}`, { host: 'localhost' });
    expect(response.status).toBe(303);
    expect(response.headers.location).toBe('/api/v1/runs?limit=2');
    const cookie = String(response.headers['set-cookie']);
    expect(cookie).toMatch(/^millrace_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(TOKEN);
    const next = await ask(port, '/api/v1/runs?limit=2', { host: 'localhost', cookie: `a=b; ${cookie.split(';')[0]}` });
    expect(next.status).toBe(200);
  });

  it('a link with a wrong token sets no cookie', async () => {
    const response = await ask(port, '/api/v1/runs?token=wrong', { host: 'localhost' });
    expect(response.status).toBe(401);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('a cookie alone changes nothing: the header that other sites cannot send must be there', async () => {
    const cookie = await sessionOf(port);
    const cancel = (headers: Record<string, string>) => ask(port, `/api/v1/runs/${RUN}/cancel`, headers, 'POST');
    const forged = await cancel({ host: 'localhost', cookie });
    expect([forged.status, errorOf(forged).code]).toEqual([403, 'request.unproven']);
    expect((await cancel({ host: 'localhost', cookie, 'x-millrace': '1' })).json()).toEqual({ cancelled: false });
    expect((await cancel(bearer)).json()).toEqual({ cancelled: false });
  });

  it('the cookie is marked Secure exactly where the browser came by our https address', async () => {
    const { port: behindTls } = await start({ publicUrl: 'https://hooks.example' });
    const login = (host: string) => ask(behindTls, `/api/v1/runs?token=${TOKEN}`, { host });
    expect(String((await login('hooks.example')).headers['set-cookie'])).toContain('Secure');
    expect(String((await login('localhost:3000')).headers['set-cookie'])).not.toContain('Secure');
  });
});

async function sessionOf(port: number): Promise<string> {
  const response = await ask(port, `/api/v1/runs?token=${TOKEN}`, { host: 'localhost' });
  return String(response.headers['set-cookie']).split(';')[0] ?? '';
}

describe('names of other machines', () => {
  it.each(['evil.example', '127.evil.example', 'localhost.evil.example', '10.0.0.1:3000'])(
    'on loopback a request for the host %p is refused, with the token too',
    async (host) => {
      const { port } = await start();
      const response = await ask(port, '/api/v1/runs', { ...bearer, host });
      expect([response.status, errorOf(response).code]).toEqual([421, 'host.not-allowed']);
    },
  );

  it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'hooks.example'])('%s is our own name', async (host) => {
    const { port } = await start({ publicUrl: 'https://hooks.example' });
    expect((await ask(port, '/api/v1/runs', { ...bearer, host })).status).toBe(200);
  });

  it('a server that listens for all takes any name', async () => {
    const { port } = await start({ host: '0.0.0.0' });
    expect((await ask(port, '/api/v1/runs', { ...bearer, host: 'box.lan' })).status).toBe(200);
  });
});

describe('answers', () => {
  let port: number;
  beforeAll(async () => void ({ port } = await start()));
  const get = (url: string, headers: Record<string, string> = {}) => ask(port, url, { ...bearer, ...headers });

  it.each([
    ['/api/v1/nothing', 404, 'route.not-found'],
    ['/nothing/here?token=abc', 404, 'route.not-found'],
    ['/api/v1/runs/42', 400, 'request.invalid'],
    ['/api/v1/runs/01920f7a-5c1e-7cc3-98c4-000000000000', 404, 'run.not-found'],
    ['/api/v1/events/01920f7a-5c1e-7cc3-98c4-000000000000/body', 404, 'event.not-found'],
    ['/api/v1/flows/none', 404, 'flow.not-found'],
    [`/api/v1/runs/${RUN}/steps/none/output`, 404, 'output.not-found'],
    [`/api/v1/runs/${RUN}/steps/none/input`, 404, 'input.not-found'],
    ['/api/v1/runs?limit=0', 400, 'request.invalid'],
    ['/api/v1/runs?limit=many', 400, 'request.invalid'],
    ['/api/v1/runs?before=yesterday', 400, 'request.invalid'],
    ['/api/v1/runs?status=broken', 400, 'request.invalid'],
    ['/api/v1/runs?flow=a&flow=b', 400, 'request.invalid'],
    ['/api/v1/runs?stauts=failed', 400, 'request.invalid'],
    ['/api/v1/runs?flow=a%00b', 400, 'request.invalid'],
    ['/api/v1/runs?since=2016-12-31T23:59:60Z', 400, 'request.invalid'],
    ['/api/v1/events?flow=a%00b', 400, 'request.invalid'],
    ['/api/v1/refusals?flow=a%00b', 400, 'request.invalid'],
    ['/api/v1/dead-letters?code=a%00b', 400, 'request.invalid'],
    ['/api/v1/flows/none/versions?before=2147483648', 400, 'request.invalid'],
  ])('%s is %i %s with a sentence', async (url, status, code) => {
    const response = await get(url);
    expect([response.status, errorOf(response).code]).toEqual([status, code]);
    expect(errorOf(response).message).toMatch(/^[A-Z].*\.$/);
    expect(errorOf(response).message).not.toContain('token=abc');
  });

  it.each([
    ...['components', 'credentials', 'drafts', 'endpoints', 'flows', 'flows/hello', 'key', 'openapi.json', 'operations', 'schedules'],
    ...[
      'schemes',
      'settings',
      'status',
      'activity',
      `events/${EVENT}/body`,
      'flows/hello/versions',
      'flows/hello/pins',
      `runs/${RUN}/test`,
    ],
  ])('%s takes no parameter that it does not know', async (path) => {
    const response = await get(`/api/v1/${path}?stauts=failed`);
    expect([response.status, errorOf(response).code]).toEqual([400, 'request.invalid']);
    expect(errorOf(response).message).toContain('"stauts"');
  });

  it('a sentence about a parameter says what it takes', async () => {
    expect(errorOf(await get('/api/v1/runs?status=broken')).message).toContain('must be one of queued, running');
    expect(errorOf(await get('/api/v1/runs?stauts=failed')).message).toContain('"stauts" here; there are flow, status');
    expect(errorOf(await get('/api/v1/status?status=failed')).message).toBe('There is no parameter "status" here; this takes none.');
  });

  it.each([
    ['DELETE', '/api/v1/runs', 'GET, HEAD'],
    ['PUT', `/api/v1/runs/${RUN}?x=1`, 'GET, HEAD'],
    ['GET', '/api/v1/dead-letters/retry', 'POST'],
    ['PATCH', '/api/v1/operations/', 'GET, HEAD, POST'],
  ])('%s %s is told what the URL takes', async (method, url, allow) => {
    const response = await ask(port, url, bearer, method);
    expect([response.status, response.headers['allow'], errorOf(response).code]).toEqual([405, allow, 'method.not-allowed']);
    expect(errorOf(response).message).toBe(`This URL takes ${allow}, not ${method}.`);
  });

  it('POST to what is not there is 404, and wants the token as everything does', async () => {
    expect((await ask(port, '/api/v1/nothing', bearer, 'POST')).status).toBe(404);
    expect((await ask(port, '/api/v1/nothing', { host: 'localhost' }, 'POST')).status).toBe(401);
  });

  it('HEAD is answered as GET, without the body', async () => {
    for (const url of ['/api/v1/flows', `/api/v1/events/${EVENT}/body`, '/health/live']) {
      const [got, head] = [await get(url), await ask(port, url, bearer, 'HEAD')];
      expect([head.status, head.text, head.headers['content-length']]).toEqual([got.status, '', got.headers['content-length']]);
    }
    expect((await ask(port, '/api/v1/flows?stauts=failed', bearer, 'HEAD')).status).toBe(400);
    expect((await ask(port, '/api/v1/flows', { host: 'localhost' }, 'HEAD')).status).toBe(401);
    expect((await ask(port, '/api/v1/stream', bearer, 'HEAD')).status).toBe(200);
  });

  it('what was not foreseen is 500 and tells the caller nothing of the inside', async () => {
    const response = await get('/api/v1/refusals');
    expect([response.status, errorOf(response).code]).toEqual([500, 'api.failed']);
    expect(response.text).not.toMatch(/secret-host|relation|at /);
  });

  it('a database that is away makes the process unready, not dead, and shows no addresses', async () => {
    expect((await ask(port, '/health/live', {})).status).toBe(200);
    const ready = await ask(port, '/health/ready', {});
    expect([ready.status, errorOf(ready).code]).toEqual([503, 'health.not-ready']);
    expect(errorOf(ready).message).toContain('database');
    expect(ready.text).not.toContain('10.0.0.1');
  });

  it('are never stored and never sniffed, and indented for browsers only', async () => {
    const plain = await get('/api/v1/status');
    expect(plain.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(plain.text).not.toContain('\n');
    expect((await get('/api/v1/status', { accept: 'text/html,*/*' })).text).toContain('\n  "version"');
  });

  it('a page says where the next one begins, and the last one that there is none', async () => {
    expect((await get('/api/v1/runs?limit=2')).json()).toMatchObject({ items: [{ id: RUN }, { id: RUN }], next: RUN });
    expect((await get('/api/v1/runs?limit=3')).json()).toMatchObject({ next: null });
  });

  it('the body of an event is downloaded byte by byte, whatever type its sender claimed', async () => {
    const response = await get(`/api/v1/events/${EVENT}/body`);
    expect(response.bytes.equals(Buffer.from(event.body))).toBe(true);
    expect(response.headers['content-type']).toBe('application/octet-stream');
    expect(response.headers['content-disposition']).toMatch(/^attachment/);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(['input', 'output'])('gives the %s of a step as a file, whatever its size', async (name) => {
    const response = await get(`/api/v1/runs/${RUN}/steps/${encodeURIComponent('each[0].send')}/${name}`);
    expect(response.bytes.toString()).toBe(`"${name}"`);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['content-disposition']).toMatch(/^attachment/);
  });
});

interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema?: object }> }> }>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** What is looked at of the description of publishing a draft. */
interface Publish {
  post: { responses: { 409: { content: { 'application/json': { schema: { oneOf: { $ref: string }[] } } } } } };
}

const RESUME = ['GET', 'POST'].map((method) => `${method} /resume/:run/:step/:signature`);

describe('the OpenAPI document', () => {
  const document = openApiDocument() as Document;

  it('describes exactly the routes there are', async () => {
    const { routes } = await start();
    const api = routes.filter((route) => /^(?!HEAD).* \/(api|health\/|metrics)/.test(route) && !route.endsWith('*'));
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.sort()).toEqual(
      [...api, 'POST /flows/:id/hook', 'POST /endpoints/:name', 'GET /runs/:id/:signature', ...RESUME].sort(),
    );
  });

  it('says what a resume URL takes, and both conflicts of a draft that is published', () => {
    const { post } = document.paths['/resume/{run}/{step}/{signature}'] as unknown as { post: { responses: object } };
    expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(['200', '202', '400', '404', '405', '410', '422']));
    const conflict = (document.paths['/api/v1/flows/{id}/draft/publish'] as unknown as Publish).post.responses[409];
    expect(conflict.content['application/json'].schema.oneOf.map(({ $ref }) => $ref.split('/').at(-1))).toEqual([
      'DraftStale',
      'PublishConflict',
    ]);
  });

  it('refers only to schemas that it has', () => {
    const references = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? '');
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((name) => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
  });

  it.each([
    ['/api/v1/runs', '/api/v1/runs'],
    [`/api/v1/runs/${RUN}`, '/api/v1/runs/{id}'],
    ['/api/v1/events', '/api/v1/events'],
    [`/api/v1/events/${EVENT}`, '/api/v1/events/{id}'],
    ['/api/v1/flows', '/api/v1/flows'],
    ['/api/v1/flows/hello', '/api/v1/flows/{id}'],
    ['/api/v1/status', '/api/v1/status'],
    ['/health/live', '/health/live'],
  ])('%s answers what it says', async (url, path) => {
    const { port } = await start();
    const response = await ask(port, url, bearer);
    expect(response.status).toBe(200);
    const ajv = new Ajv2020({ strict: false });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    const pointer = path.replaceAll('/', '~1').replace('{', '%7B').replace('}', '%7D');
    const $ref = `api#/paths/${pointer}/get/responses/200/content/application~1json/schema`;
    const validate = ajv.addSchema(document, 'api').compile({ $ref });
    expect([validate(response.json()), validate.errors]).toEqual([true, null]);
  });
});
