import { jest } from '@jest/globals';
import type { Beginning, ActivityView, CredentialList, RunView, ValueView } from '../../apps/control-api/index.js';
import { endOf, webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { exchange } from '../support/raw-http.js';

jest.setTimeout(300_000);

let instance: TestInstance;

beforeAll(async () => {
  const large = { id: 'large', set: { items: '{{ trigger.body.items }}' } };
  instance = await startInstance({
    env: { KEY: 'a-secret-that-is-long-enough' },
    flows: {
      credentials: {
        key: { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'KEY' } },
        later: { type: 'hmac', scheme: 'github', secrets: [{ env: 'NOT_SET' }] },
      },
      ...webhookFlow('hello', {}, [large]),
      ...webhookFlow('guarded', { credential: 'key' }, []),
    },
  });
});
afterAll(() => instance.stop());

async function send(flow: string, body: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${instance.url}/flows/${flow}/hook`, { method: 'POST', headers, body: JSON.stringify(body) });
  return ((await response.json()) as { runIds?: string[] }).runIds?.[0] ?? '';
}

describe('the pages', () => {
  it.each(['/', '/runs', '/runs/01920f7a-5c1e-7cc3-98c4-dc0c0c07398f', '/flows/hello', '/health', '/events?q=a'])(
    '%s is the studio, under a policy without holes',
    async (path) => {
      const response = await fetch(instance.url + path);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
        'x-frame-options': 'DENY',
      });
      expect(await response.text()).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=/);
    },
  );

  it('takes the token out of the address of a page, and refuses a wrong one', async () => {
    const signedIn = await fetch(`${instance.url}/runs?status=failed&token=${instance.token}`, { redirect: 'manual' });
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/runs?status=failed']);
    expect(signedIn.headers.get('set-cookie')).toContain('HttpOnly; SameSite=Strict');
    expect((await fetch(`${instance.url}/runs?token=wrong`)).status).toBe(401);
  });

  it('sends assets compressed, to be kept for ever, and nothing that is not one of them', async () => {
    const page = await (await fetch(`${instance.url}/`)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    const response = await fetch(instance.url + script, { headers: { 'accept-encoding': 'br' } });
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(response.headers.get('cache-control')).toContain('immutable');
    for (const path of [
      '/assets/none.js',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/assets/%2e%2e/index.html',
      '/index.html',
      '/package.json',
    ])
      expect([path, (await fetch(instance.url + path)).status]).toEqual([path, 404]);
  });

  it('leaves the front door and health as they are', async () => {
    expect((await fetch(`${instance.url}/health/live`)).headers.get('content-type')).toContain('application/json');
    expect((await fetch(`${instance.url}/flows/none/hook`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});

/** Reads the stream until `done` says that enough has come. */
async function listen(done: (text: string) => boolean, lastId?: string, ready?: () => Promise<unknown>): Promise<string> {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${instance.token}`, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) };
  const response = await fetch(`${instance.url}/api/v1/stream`, { headers, signal: stop.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  let [text, said] = ['', false];
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!said && /event: (hello|resync)/.test(text)) {
      said = true;
      await ready?.();
    }
    if (done(text)) break;
  }
  stop.abort();
  return text;
}

describe('the stream', () => {
  it('tells what came and what became of it, and goes on after the last id', async () => {
    let runId = '';
    const text = await listen(
      (heard) => runId !== '' && heard.includes('"status":"succeeded"'),
      undefined,
      async () => void (runId = await send('hello', { items: [1] })),
    );
    expect(text).toContain(runId);
    const lastId = [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
    const later = await send('hello', { items: [2] });
    const resumed = await listen((heard) => heard.includes(later), lastId);
    expect(resumed).not.toContain(runId);
    expect(resumed).not.toContain('event: resync');
  });

  it('tells of refused requests, and whoever comes with an unknown id to load anew', async () => {
    const text = await listen(
      (heard) => heard.includes('"flowId":"guarded"'),
      'another-17',
      () => send('guarded', {}),
    );
    expect(text).toMatch(/event: resync/);
  });

  it('is closed to whoever has no token', async () => {
    expect((await fetch(`${instance.url}/api/v1/stream`)).status).toBe(401);
  });
});

describe('what the pages ask for', () => {
  it('a large value comes in pieces, and a preview leaves it out', async () => {
    const items = Array.from({ length: 5_000 }, (_, n) => ({ n, text: `item ${n}` }));
    const run = await endOf(instance, await send('hello', { items }));
    const preview = await instance.api<RunView>(`runs/${run.id}?preview=true`);
    expect(preview.steps[0]).toMatchObject({ output: null, large: ['output'] });
    expect(run.steps[0]?.large).toEqual([]);
    for (const place of [`runs/${run.id}/value/beginning?path=large`, `events/${run.eventId}/value/beginning`]) {
      const { text, size } = await instance.api<Beginning>(place);
      expect(size).toBeGreaterThan(text.length);
      expect(JSON.stringify({ items }).startsWith(text)).toBe(true);
      expect(text.length).toBe(64 * 1024);
    }
    const outline = await instance.api<ValueView>(`runs/${run.id}/value?path=large&at=/items&from=100`);
    expect(outline).toMatchObject({ whole: false, type: 'array', count: 5_000, next: 200 });
    expect(outline.items[0]).toMatchObject({ key: '100', value: items[100] });
    expect(await instance.api<ValueView>(`events/${run.eventId}/value?at=/items/7`)).toMatchObject({ whole: true, value: items[7] });
    await expect(instance.api(`runs/${run.id}/value?path=large&at=/none`)).rejects.toThrow('value.not-found');
  });

  it('credentials say who uses them and what they miss, and no secret', async () => {
    const list = await instance.api<CredentialList>('credentials');
    expect(list.items).toMatchObject([
      { name: 'key', type: 'api-key', usable: true, missing: null, problem: null, usedBy: ['guarded'] },
      { name: 'later', type: 'hmac', usable: false, missing: 'NOT_SET', problem: null, usedBy: [] },
    ]);
    expect(JSON.stringify(list)).not.toContain('long-enough');
  });

  it('activity counts the runs of the hours', async () => {
    await endOf(instance, await send('hello', { items: [] }));
    const { flows } = await instance.api<ActivityView>('activity?hours=2');
    expect(flows.find(({ flowId }) => flowId === 'hello')).toMatchObject({ failed: 0, failing: null, hours: { length: 2 } });
  });

  it('a version that is not there is a 404 with a sentence', async () => {
    expect(await instance.api<{ text: string }>('flows/hello/versions/1')).toMatchObject({ version: 1, live: true });
    await expect(instance.api('flows/hello/versions/9')).rejects.toThrow('version.not-found');
    for (const version of ['0', '-1', '1e3', 'x'])
      await expect(instance.api(`flows/hello/versions/${version}`)).rejects.toThrow('request.invalid');
  });

  it('a search with a character that cannot be searched for is refused with a sentence', async () => {
    await expect(instance.api('runs?q=%00')).rejects.toThrow('request.invalid');
    await expect(instance.api('events?since=yesterday')).rejects.toThrow('must be a time such as');
  });
});

it('the server stops while somebody listens', async () => {
  const other = await startInstance({ flows: {} });
  const listening = exchange(other.url, `GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${other.token}\r\n\r\n`);
  await fetch(`${other.url}/health/live`);
  await other.stop();
  expect((await listening).status).toBe(200);
});
