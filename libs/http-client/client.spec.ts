import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { isStepError, type StepError } from '@millrace/component-sdk';
import type { Credential } from '@millrace/credentials';
import { bindFetch } from './bind-fetch.js';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './client.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function client(options: HttpClientOptions = {}): HttpClient {
  const created = createHttpClient({ allow: ['127.0.0.1'], ...options });
  cleanups.push(() => created.close());
  return created;
}

async function listen(server: Server | TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  if ('closeAllConnections' in server) cleanups.push(async () => server.closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener): Promise<string> => listen(createServer(listener));

async function failure(promise: Promise<unknown>): Promise<StepError> {
  const error: unknown = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (!isStepError(error)) throw new Error(`Expected a StepError, got ${String(error)}`);
  return error;
}

const get = (url: string) => ({ method: 'GET', url, headers: {} });
const post = (url: string) => ({ method: 'POST', url, headers: {}, body: new TextEncoder().encode('x') });

function bearer(secret: string): Credential {
  return {
    name: 'vendor',
    type: 'api-key',
    view: { name: 'vendor', type: 'api-key', in: 'header' },
    secrets: [secret],
    carriers: { headers: [], query: [] },
    verify: () => {
      throw new Error('unused');
    },
    diagnose: () => ({ findings: [] }),
    apply: (request) => ({ ...request, headers: { ...request.headers, authorization: `Bearer ${secret}` } }),
  };
}

function secretAddress(address: string): Credential {
  return {
    ...bearer(address),
    view: { name: 'hook', type: 'api-key', in: 'url' },
    apply: (request) => ({ ...request, url: address + request.url }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('request and response', () => {
  it('sends method, query, headers and JSON body, and gives status, headers and bytes', async () => {
    const seen: unknown[] = [];
    const base = await serve(async (request, response) => {
      seen.push(request.method, request.url, request.headers['content-type'], request.headers['x-a'], await bodyOf(request));
      response.writeHead(201, { 'content-type': 'application/json', 'x-many': ['1', '2'] }).end('{"ok":true}');
    });
    const fetch = bindFetch(client());
    const response = await fetch('/things?a=1', {
      baseUrl: base,
      json: { n: 1 },
      query: { b: ['x y', 'z'], none: undefined },
      headers: { 'X-A': 'b' },
    });
    expect(seen).toEqual(['POST', '/things?a=1&b=x+y&b=z', 'application/json', 'b', '{"n":1}']);
    expect([response.status, response.headers['x-many'], response.json()]).toEqual([201, '1, 2', { ok: true }]);
  });

  it('reuses connections', async () => {
    const sockets = new Set<Socket>();
    const base = await serve((request, response) => {
      sockets.add(request.socket);
      response.end();
    });
    const one = client();
    for (let count = 0; count < 20; count++) await one.request(get(base));
    // Two, not one: undici frees a connection a tick after the response is there.
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  it('names the request when a body that should be JSON is not', async () => {
    const base = await serve((_request, response) => response.setHeader('content-type', 'text/html').end('<html>'));
    const response = await client().request(get(`${base}/page`));
    expect(() => response.json()).toThrow(`GET ${base}/page answered 200 (text/html) with a body that is not JSON`);
  });

  it('decodes what was compressed although not asked for, within the size limit', async () => {
    const base = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.setHeader('content-encoding', 'gzip').end(gzipSync('a'.repeat(5000)));
    });
    expect((await client().request(get(base))).text()).toBe('a'.repeat(5000));
    expect((await failure(client({ maxResponseBytes: 4999 }).request(get(base)))).code).toBe('response.too-large');
  });

  it('says when a content encoding cannot be undone', async () => {
    const base = await serve((_request, response) => response.setHeader('content-encoding', 'gzip').end('plain'));
    expect(await failure(client().request(get(base)))).toMatchObject({ code: 'http.bad-encoding', blame: 'remote' });
  });

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'data:text/plain,x', 'http://user:pw@127.0.0.1/', '/relative', 'http://'])(
    'refuses the URL %s',
    async (url) => {
      expect(await failure(client().request(get(url)))).toMatchObject({ code: 'http.bad-url', blame: 'author', arrived: 'no' });
    },
  );

  it('refuses header values that would split the request, before anything is sent', async () => {
    const base = await serve((_request, response) => response.end());
    const error = await failure(client().request({ ...get(base), headers: { 'x-a': 'b\r\nx-evil: 1' } }));
    expect(error).toMatchObject({ code: 'http.bad-request', blame: 'author', arrived: 'no' });
  });
});

describe('limits', () => {
  it.each(['declared', 'streamed'])('stops a body over the size limit: %s', async (how) => {
    const base = await serve((_request, response) => {
      if (how === 'declared') response.setHeader('content-length', 1001);
      response.write('x'.repeat(1001));
      response.end();
    });
    const error = await failure(client({ maxResponseBytes: 1000 }).request(get(base)));
    expect(error).toMatchObject({ code: 'response.too-large', retryable: false });
    expect(error.message).toContain('more than 1000 bytes');
  });

  it('lets a body of exactly the size limit through', async () => {
    const base = await serve((_request, response) => response.end('x'.repeat(1000)));
    expect((await client({ maxResponseBytes: 1000 }).request(get(base))).bytes.byteLength).toBe(1000);
  });

  it('times out when no answer comes, and says that the request was sent', async () => {
    const base = await serve(() => {});
    const error = await failure(client().request(post(base), { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'timeout', retryable: true, arrived: 'maybe' });
    expect(error.message).toContain(new URL(base).host);
    expect(error.message).toContain('The connection was made');
  });

  it('times out when the answer stops half way', async () => {
    const base = await serve((_request, response) => {
      response.write('half');
    });
    expect(await failure(client().request(get(base), { timeoutMs: 50 }))).toMatchObject({ code: 'timeout', arrived: 'maybe' });
  });

  it('times out while connecting, and says that nothing was sent', async () => {
    const stuck = client({ connect: () => {} });
    const error = await failure(stuck.request(post('http://127.0.0.1:9/'), { timeoutMs: 20 }));
    expect(error).toMatchObject({ code: 'timeout', retryable: true, arrived: 'no' });
    expect(error.message).toContain('No connection was made');
  });

  it('never sends a request that was given up while it waited for its connection', async () => {
    let arrivals = 0;
    const base = await serve((_request, response) => {
      arrivals += 1;
      response.end();
    });
    let release: () => void = () => {};
    const resolved = new Promise<string[]>((resolve) => {
      release = () => resolve(['127.0.0.1']);
    });
    const slow = client({ resolve: () => resolved });
    const url = base.replace('127.0.0.1', 'slow.test');
    await failure(slow.request(post(url), { timeoutMs: 20 }));
    const second = slow.request({ ...get(url), method: 'HEAD' });
    release();
    await second;
    expect(arrivals).toBe(1);
  });

  it('stops at the abort of the signal and keeps the code of its reason', async () => {
    const controller = new AbortController();
    const base = await serve(() => controller.abort());
    expect(await failure(client().request(post(base), { signal: controller.signal }))).toMatchObject({
      code: 'cancelled',
      arrived: 'maybe',
    });
    expect(await failure(client().request(post(base), { signal: controller.signal }))).toMatchObject({ code: 'cancelled', arrived: 'no' });
  });
});

describe('closing', () => {
  it('waits for requests under way and for nothing else', async () => {
    let answer: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      void serve((_request, response) => {
        answer = () => response.end('done');
        resolve();
      }).then((base) => {
        pending = one.request(get(base));
      });
    });
    const one = client();
    let pending: Promise<{ text(): string }> | undefined;
    await asked;
    const closed = one.close();
    answer();
    expect((await pending)?.text()).toBe('done');
    await closed;
  });

  it('does not wait for a connection that nobody waits for', async () => {
    const stuck = client({ connect: () => {} });
    await failure(stuck.request(get('http://127.0.0.1:9/'), { timeoutMs: 1 }));
    await expect(stuck.close()).resolves.toBeUndefined();
  });
});

describe('redirects', () => {
  it('are followed for GET, with the credential only on the same origin', async () => {
    const seen: string[] = [];
    const other = await serve((request, response) => {
      seen.push(`other ${request.headers.authorization ?? '-'}`);
      response.end('there');
    });
    const base = await serve((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization ?? '-'}`);
      response.writeHead(302, { location: request.url === '/a' ? '/b' : other }).end();
    });
    const response = await client().request(get(`${base}/a`), { credential: bearer('s3cret') });
    expect(response.text()).toBe('there');
    expect(seen).toEqual(['/a Bearer s3cret', '/b Bearer s3cret', 'other -']);
  });

  it("drop a component's own authorization and cookie headers on another origin", async () => {
    const seen: unknown[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.cookie, request.headers['x-a']);
      response.end();
    });
    const base = await serve((_request, response) => response.writeHead(307, { location: other }).end());
    await client().request({ ...get(base), headers: { authorization: 'a', cookie: 'b', 'x-a': 'c' } });
    expect(seen).toEqual([undefined, undefined, 'c']);
  });

  it('meet the guard at every hop', async () => {
    const base = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    );
    expect(await failure(client().request(get(base)))).toMatchObject({ code: 'address.blocked', blame: 'operator' });
  });

  it('to another scheme are refused', async () => {
    const base = await serve((_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
    expect((await failure(client().request(get(base)))).code).toBe('http.bad-url');
  });

  it('are an error for POST that names the new host', async () => {
    const base = await serve((_request, response) => response.writeHead(308, { location: 'https://elsewhere.test/x?token=abc' }).end());
    const error = await failure(client().request(post(base)));
    expect(error).toMatchObject({ code: 'http.redirected', status: 308, retryable: false });
    expect(error.message).toContain('elsewhere.test');
    expect(JSON.stringify(error.details)).not.toContain('abc');
  });

  it('end after five', async () => {
    let count = 0;
    const base = await serve((_request, response) => {
      count += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    expect((await failure(client().request(get(base)))).code).toBe('http.redirected');
    expect(count).toBe(6);
  });

  it('are results where the caller accepts them', async () => {
    const base = await serve((_request, response) => response.writeHead(302, { location: '/b' }).end());
    expect((await client().request({ ...get(base), accept: (status) => status === 302 })).status).toBe(302);
  });
});

describe('statuses', () => {
  const now = (): Date => new Date('2025-01-01T00:00:00Z');

  async function answered(status: number, headers: Record<string, string> = {}): Promise<StepError> {
    const base = await serve((_request, response) => response.writeHead(status, headers).end('{"why":"s3cret"}'));
    return failure(client().request(post(`${base}/x?key=value`), { now, credential: bearer('s3cret') }));
  }

  it.each([
    [429, {}, { retryable: true, arrived: 'no', retryAfterMs: undefined }],
    [429, { 'retry-after': '3' }, { retryable: true, arrived: 'no', retryAfterMs: 3000 }],
    [429, { 'retry-after': '0.25' }, { retryAfterMs: 250 }],
    [429, { 'retry-after': '999999999' }, { retryAfterMs: 86_400_000 }],
    [429, { 'retry-after': 'Wed, 01 Jan 2025 00:01:00 GMT' }, { retryAfterMs: 60_000 }],
    [429, { 'retry-after': 'Tue, 31 Dec 2024 00:00:00 GMT' }, { retryAfterMs: 0 }],
    [429, { 'retry-after': 'soon 5' }, { retryAfterMs: undefined }],
    [503, { 'retry-after': '1' }, { retryable: true, arrived: 'no', retryAfterMs: 1000 }],
    [503, {}, { retryable: true, arrived: 'maybe' }],
    [500, {}, { retryable: true, arrived: 'maybe', blame: 'remote' }],
    [408, {}, { retryable: true, arrived: 'maybe' }],
    [425, {}, { retryable: true, arrived: 'maybe' }],
    [400, {}, { retryable: false, arrived: 'yes', blame: 'author' }],
    [404, {}, { retryable: false, arrived: 'yes', blame: 'author' }],
    [401, {}, { retryable: false, arrived: 'yes', blame: 'operator' }],
    [403, {}, { retryable: false, arrived: 'yes', blame: 'operator' }],
  ] as const)('%s with %j', async (status, headers, expected) => {
    expect(await answered(status, headers)).toMatchObject({ code: `http.${status}`, status, ...expected });
  });

  it('carry what the run page needs, without secrets', async () => {
    const error = await answered(401, { 'x-request-id': 'abc', 'set-cookie': 'session=1' });
    expect(error.message).toContain('credential "vendor"');
    expect(error.details).toMatchObject({
      method: 'POST',
      status: 401,
      responseBody: '{"why":"[redacted]"}',
      responseHeaders: { 'x-request-id': 'abc' },
    });
    expect(error.details?.['url']).toMatch(/\/x\?key=…$/);
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/s3cret|session|value/);
  });

  it('show only the origin of an address that is itself the secret', async () => {
    const base = await serve((request, response) => response.writeHead(404).end(`no ${request.url}`));
    const error = await failure(
      client().request({ ...post(''), url: '?wait=true' }, { credential: secretAddress(`${base}/services/T0/B0/token`) }),
    );
    expect(error.message).toContain(`${base}/… answered 404`);
    expect(JSON.stringify([error.message, error.details])).not.toContain('token');
  });
});

describe('network failures', () => {
  it('refused connections certainly did not arrive', async () => {
    const server = createTcpServer();
    const base = await listen(server);
    await cleanups.pop()?.();
    expect(await failure(client().request(post(base)))).toMatchObject({ code: 'network.refused', retryable: true, arrived: 'no' });
  });

  it('names that do not resolve certainly did not arrive', async () => {
    const resolve = (): Promise<string[]> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const error = await failure(client({ resolve }).request(post('http://nowhere.test/')));
    expect(error).toMatchObject({ code: 'network.dns', retryable: true, arrived: 'no' });
    expect(error.message).toContain('nowhere.test');
  });

  it('a connection reset after the request was sent may have arrived', async () => {
    const base = await listen(
      createTcpServer((socket) => {
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    expect(await failure(client().request(post(base)))).toMatchObject({ code: 'network.reset', retryable: true, arrived: 'maybe' });
  });

  it('an answer that is not HTTP is named as that', async () => {
    const base = await listen(
      createTcpServer((socket) => {
        socket.once('data', () => socket.end('SSH-2.0-x\r\n'));
      }),
    );
    expect(await failure(client().request(post(base)))).toMatchObject({ code: 'network.protocol', arrived: 'maybe' });
  });

  it('a server that speaks no TLS is a matter for the operator', async () => {
    const base = await serve((_request, response) => response.end());
    expect(await failure(client().request(post(base.replace('http:', 'https:'))))).toMatchObject({
      code: 'network.tls',
      retryable: false,
      arrived: 'no',
      blame: 'operator',
    });
  });
});

describe('what arrived, over the whole step', () => {
  it('a read that failed is safe to repeat', async () => {
    const base = await serve((_request, response) => response.writeHead(500).end());
    expect((await failure(bindFetch(client())(base))).arrived).toBe('no');
    expect((await failure(bindFetch(client())(base, { body: 'x' }))).arrived).toBe('maybe');
  });

  it('a failure after a write that succeeded is not', async () => {
    const base = await serve((request, response) => response.writeHead(request.method === 'POST' ? 200 : 429).end());
    const fetch = bindFetch(client());
    await fetch(base, { body: 'x' });
    expect(await failure(fetch(base))).toMatchObject({ code: 'http.429', retryable: true, arrived: 'maybe' });
  });

  it('a read does not count as a write, whatever its answer', async () => {
    const base = await serve((request, response) => response.writeHead(request.method === 'POST' ? 429 : 404).end());
    const fetch = bindFetch(client());
    await failure(fetch(base));
    expect((await failure(fetch(base, { body: 'x' }))).arrived).toBe('no');
  });
});
