import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

/** What a caller got. */
interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

let postgres: PrivatePostgres;
let receiver: Receiver;
let home: string;
let databaseUrl: string;
/** Requests of flows are answered when this is resolved. */
let gate: Promise<void>;
/** Requests of flows in earlier tests. */
let before: number;
const started: MillraceProcess[] = [];

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  receiver = await startReceiver(() => gate.then(() => ({ status: 200 })));
  home = await mkdtemp(join(tmpdir(), 'millrace-awaited-'));
  for (const [id, flow] of Object.entries(flows())) await writeFile(join(home, `${id}.json`), JSON.stringify(flow));
}, 180_000);

beforeEach(async () => {
  gate = Promise.resolve();
  before = receiver.requests.length;
  databaseUrl = await postgres.newUrl();
});

afterEach(() => Promise.all(started.splice(0).map((process) => process.kill())));

afterAll(async () => {
  await receiver.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
}, 180_000);

function flows(): Record<string, object> {
  const work = { id: 'work', use: 'http.request', with: { url: receiver.url, method: 'POST', body: { n: '{{ trigger.body.n }}' } } };
  const result = { id: 'result', set: { doubled: '{{ trigger.body.n * 2 }}' } };
  const reply = { id: 'reply', respond: { status: 201, headers: { 'x-n': '{{ trigger.body.n }}' }, body: { n: '{{ trigger.body.n }}' } } };
  const patient = { from: 'end', deadline: '60s' };
  return {
    ...webhookFlow('finish', { respond: patient, schema: { type: 'object', properties: { n: { type: 'number' } } } }, [work, result]),
    ...webhookFlow('reply', { respond: { from: 'step', deadline: '60s' } }, [reply, work, result]),
    ...webhookFlow('reply-late', { respond: patient }, [reply, work, result]),
    ...webhookFlow('silent', { respond: { from: 'step' } }, [{ ...reply, when: false }, result]),
    ...webhookFlow('fails', { respond: 'when-finished' }, [{ id: 'no', stop: { as: 'failed', message: 'An inner detail' } }]),
    ...webhookFlow('hasty', { respond: { from: 'end', deadline: '50ms' } }, [work, result]),
    ...webhookFlow('held', { respond: patient }, [result], { enabled: false }),
    ...webhookFlow('once', { respond: patient, dedupe: { key: '{{ trigger.body.n }}' } }, [result]),
  };
}

/** Keeps the work of flows from ending until the result is called. */
function hold(): () => void {
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  return () => open();
}

async function start(app?: 'webhook-service' | 'flow-runner', env: Readonly<Record<string, string>> = {}): Promise<MillraceProcess> {
  const process = spawnMillrace({
    args: app ? ['start', app] : ['start'],
    home,
    env: { DATABASE_URL: databaseUrl, MILLRACE_FLOWS: home, ...env },
  });
  started.push(process);
  await process.ready();
  return process;
}

async function got(response: Response): Promise<Got> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: (text === '' ? {} : JSON.parse(text)) as Got['json'] };
}

async function send(door: string, flow: string, body: unknown, signal?: AbortSignal): Promise<Got> {
  const headers = { 'content-type': 'application/json' };
  return got(await fetch(`${door}/flows/${flow}/hook`, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) }));
}

/** What a status URL says in the end. */
function later({ json }: Got): Promise<Got> {
  return eventually('the answer of a run', async () => {
    const answer = await got(await fetch(String(json['statusUrl'])));
    return answer.status === 202 ? undefined : answer;
  });
}

/** Resolves when the work of the run is asked for, which no earlier test did under this number. */
function arrived(n: number): Promise<true> {
  const has = (): boolean => receiver.requests.slice(before).some(({ json }) => (json as { n: number }).n === n);
  return eventually('the work of a run', () => Promise.resolve(has() || undefined));
}

describe.each(['one process', 'processes apart'])('in %s a caller who waits', (setting) => {
  let door: string;
  let doorProcess: MillraceProcess;

  beforeEach(async () => {
    const alone = setting === 'one process';
    doorProcess = await start(alone ? undefined : 'webhook-service');
    door = await doorProcess.ready();
    if (!alone) await start('flow-runner');
  }, 180_000);

  it('gets the output of the run, what a step says, or that there is nothing to say', async () => {
    const [finished, replied, late, silent, failed] = await Promise.all([
      send(door, 'finish', { n: 1 }),
      send(door, 'reply', { n: 2 }),
      send(door, 'reply-late', { n: 3 }),
      send(door, 'silent', { n: 4 }),
      send(door, 'fails', { n: 5 }),
    ]);
    expect(finished).toMatchObject({ status: 200, json: { doubled: 2 } });
    expect([replied.status, replied.headers.get('x-n'), replied.json]).toEqual([201, '2', { n: 2 }]);
    expect([late.status, late.headers.get('x-n'), late.json]).toEqual([201, '3', { n: 3 }]);
    expect([silent.status, silent.json]).toEqual([204, {}]);
    expect([failed.status, (failed.json['error'] as { code: string }).code]).toEqual([500, 'run.failed']);
    expect(JSON.stringify(failed.json)).not.toContain('inner');
  });

  it('gets the answer of a step while the run goes on', async () => {
    const release = hold();
    expect(await send(door, 'reply', { n: 10 })).toMatchObject({ status: 201, json: { n: 10 } });
    release();
  });

  it('gets a status URL at its deadline, which says so until it gives the answer, again and again', async () => {
    const release = hold();
    const receipt = await send(door, 'hasty', { n: 20 });
    const { eventId, runId, statusUrl } = receipt.json as Record<string, string>;
    expect([receipt.status, Object.keys(receipt.json).sort()]).toEqual([202, ['eventId', 'runId', 'runIds', 'statusUrl']]);
    await arrived(20);
    const active = await got(await fetch(statusUrl!));
    expect([active.status, active.json, active.headers.get('retry-after')]).toEqual([202, { eventId, runId, status: 'running' }, '1']);
    release();
    expect(await later(receipt)).toMatchObject({ status: 200, json: { doubled: 40 } });
    expect(await later(receipt)).toMatchObject({ status: 200, json: { doubled: 40 } });
    const statuses = [statusUrl!.slice(0, -1), statusUrl!.replace(runId!, eventId!)].map(async (url) => (await fetch(url)).status);
    expect(await Promise.all(statuses)).toEqual([404, 404]);
    expect((await fetch(statusUrl!, { method: 'POST' })).status).toBe(405);
  });

  it('is not kept for a paused flow, and told of a body that does not fit or came before', async () => {
    expect(await send(door, 'held', { n: 30 })).toMatchObject({ status: 202, json: { statusUrl: expect.stringContaining('/runs/') } });
    const unfit = await send(door, 'finish', { n: 'x' });
    expect([unfit.status, unfit.json]).toEqual([
      422,
      { error: { code: 'trigger.schema', message: expect.stringContaining('/n must be number'), pointers: ['/n'] } },
    ]);
    const first = await send(door, 'once', { n: 31 });
    expect(first).toMatchObject({ status: 200, json: { doubled: 62 } });
    expect(await send(door, 'once', { n: 31 })).toMatchObject({ status: 200, json: { duplicate: true } });
  });

  it('may leave, and its run goes on', async () => {
    const release = hold();
    const leaving = new AbortController();
    const left = send(door, 'finish', { n: 40 }, leaving.signal).catch((error: Error) => error.name);
    await arrived(40);
    leaving.abort();
    expect(await left).toBe('AbortError');
    release();
    expect(await send(door, 'finish', { n: 41 })).toMatchObject({ status: 200 });
  });

  it('gets a status URL when the process ends, and the answer from the next one', async () => {
    const release = hold();
    const waiting = send(door, 'finish', { n: 50 });
    await arrived(50);
    doorProcess.signal('SIGTERM');
    const receipt = await waiting;
    expect(receipt).toMatchObject({ status: 202, json: { statusUrl: expect.any(String) } });
    release();
    expect(await doorProcess.ended()).toEqual({ code: 0, signal: null });
    const next = await (await start(setting === 'one process' ? undefined : 'webhook-service')).ready();
    const statusUrl = String(receipt.json['statusUrl']).replace(door, next);
    expect(await later({ ...receipt, json: { statusUrl } })).toMatchObject({ status: 200, json: { doubled: 100 } });
  });
});

describe('when its runner is killed a caller who waits', () => {
  it('gets the answer from the next runner', async () => {
    const door = await (await start('webhook-service')).ready();
    const runner = await start('flow-runner');
    const release = hold();
    const waiting = send(door, 'finish', { n: 60 });
    await arrived(60);
    await runner.kill();
    release();
    await start('flow-runner');
    expect(await waiting).toMatchObject({ status: 200, json: { doubled: 120 } });
  });

  it('gets a status URL at its deadline, and the answer there from the next runner', async () => {
    const door = await (await start('webhook-service')).ready();
    const runner = await start('flow-runner');
    const release = hold();
    const waiting = send(door, 'hasty', { n: 70 });
    await arrived(70);
    await runner.kill();
    const receipt = await waiting;
    expect(receipt.status).toBe(202);
    release();
    await start('flow-runner');
    expect(await later(receipt)).toMatchObject({ status: 200, json: { doubled: 140 } });
  });
});

describe('where no caller may be kept', () => {
  it('each gets a status URL at once', async () => {
    const door = await (await start(undefined, { MILLRACE_MAX_WAITING: '0' })).ready();
    const receipt = await send(door, 'finish', { n: 80 });
    expect(receipt.status).toBe(202);
    expect(await later(receipt)).toMatchObject({ status: 200, json: { doubled: 160 } });
  });
});
