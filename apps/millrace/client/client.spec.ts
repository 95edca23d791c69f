import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunView } from '../../control-api/index.js';
import { CommandError } from '../command.js';
import { createClient, type Client } from './client.js';
import { followRun } from './follow.js';
import { withClient } from './index.js';
import { findInstance } from './instance.js';

describe('finding the instance', () => {
  let home: string;
  beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'millrace-client-'))));
  afterEach(() => rm(home, { recursive: true }));
  const config = (part: object = {}) => ({ home, host: '127.0.0.1', port: 3000, token: undefined, ...part });

  it('takes the one that was started last, with the token it wrote', async () => {
    await writeFile(join(home, 'url'), 'http://127.0.0.1:4711/\n');
    await writeFile(join(home, 'token'), 'secret\n');
    expect(await findInstance(config())).toEqual({ url: 'http://127.0.0.1:4711', token: 'secret' });
  });

  it('prefers what was named, and the token of the configuration', async () => {
    await writeFile(join(home, 'url'), 'http://127.0.0.1:4711\n');
    expect(await findInstance(config({ token: 'own' }), 'https://far.example/')).toEqual({ url: 'https://far.example', token: 'own' });
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::1', 'http://[::1]:3000'],
  ])('else asks where the configuration %s would listen', async (host, url) => {
    expect((await findInstance(config({ host, token: 'own' }))).url).toBe(url);
  });

  it('says how to get a token where there is none', async () => {
    await expect(findInstance(config())).rejects.toThrow(/npm start, or set MILLRACE_TOKEN/);
  });

  it('refuses an address that is none', async () => {
    await expect(findInstance(config({ token: 'own' }), 'localhost:3000')).rejects.toThrow(CommandError);
  });
});

describe('asking the instance', () => {
  let server: Server;
  let client: Client;
  let answer: { status: number; body: string };
  const requests: { url: string | undefined; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    server = createServer(({ url, headers }, response) => {
      requests.push({ url, authorization: headers.authorization });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'secret' });
  });
  afterAll(async () => {
    delete process.env['MILLRACE_TOKEN'];
    await client.close();
    server.close();
  });

  it('sends the token and the parameters that were given', async () => {
    answer = { status: 200, body: '{"items":[]}' };
    expect(await client.get('runs', { flow: 'a b', status: undefined })).toEqual({ items: [] });
    expect(requests.at(-1)).toEqual({ url: '/api/v1/runs?flow=a+b', authorization: 'Bearer secret' });
  });

  it.each([
    [{ status: 401, body: '{"error":{"code":"api.unauthorized","message":"Wrong token."}}' }, 'Wrong token.'],
    [
      { status: 404, body: '{"error":{"code":"run.not-found","message":"There is no run 1. GET /api/v1/runs lists what there is."}}' },
      'There is no run 1. millrace runs lists what there is.',
    ],
    [
      {
        status: 401,
        body: '{"error":{"message":"It is in a file. Send it as \\"Authorization: Bearer …\\", or open this URL once with ?token=… added."}}',
      },
      'It is in a file. Set MILLRACE_TOKEN to it.',
    ],
    [{ status: 502, body: '{}' }, /status 502/],
    [{ status: 200, body: '<html>' }, /does not answer like Millrace/],
  ])('turns %j into one sentence', async (given, message) => {
    answer = given;
    const failure = client.get('runs');
    await expect(failure).rejects.toThrow(CommandError);
    await expect(failure).rejects.toThrow(message);
  });

  it.each([
    ['another server', '{"ok":true}', /does not answer like Millrace/],
    ['Millrace itself', '{"info":{"title":"Millrace"}}', /reading 'length'/],
  ])('tells a defect from JSON of somebody else: %s', async (_, body, message) => {
    answer = { status: 200, body };
    process.env['MILLRACE_TOKEN'] = 'secret';
    const listed = withClient(client.instance.url, async ({ get }) => (await get<{ items: [] }>('runs')).items.length);
    await expect(listed).rejects.toThrow(message);
  });

  it('says what to start where nothing listens', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nobody = createClient({ url: `http://127.0.0.1:${port}`, token: 'secret' });
    await expect(nobody.get('runs')).rejects.toThrow(/Nothing answers at http:\/\/127\.0\.0\.1:\d+\. Start Millrace with npm start/);
    await nobody.close();
  });
});

describe('following a run', () => {
  it('asks until it has ended, less and less often', async () => {
    const statuses = ['queued', 'running', 'waiting', 'running', 'failed'];
    const pauses: number[] = [];
    const seen: string[] = [];
    const get = async () => ({ status: statuses.shift() }) as RunView;
    // A client that answers whatever is asked for, as the generic method cannot be written as a literal.
    const run = await followRun(
      { get: get as Client['get'] },
      'id',
      ({ status }) => void seen.push(status),
      async (pause) => void pauses.push(pause),
    );
    expect(run.status).toBe('failed');
    expect(seen).toEqual(['queued', 'running', 'waiting', 'running']);
    expect(pauses).toHaveLength(4);
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
  });
});
