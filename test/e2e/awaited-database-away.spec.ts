import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@millrace/postgres';
import { makeHome, removeHome } from '../../apps/millrace/demo/home.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(120_000);

const DEADLINE_MS = 3_000;
/** Beyond its deadline nobody may hang; a busy machine may be late by this. */
const LATE_MS = 5_000;
/** What arrives meanwhile is refused once its statement is given up, at the latest. */
const REFUSED_MS = 20_000;
const WAITING = 6;

interface Got {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: Record<string, unknown> & { readonly error?: { readonly code: string } };
  readonly tookMs: number;
}

let postgres: EmbeddedPostgres;
let receiver: Receiver;
let databaseHome: string;
let home: string;
let millrace: MillraceProcess;
let door: string;
/** Requests of flows are answered when this is resolved. */
let release = (): void => undefined;

beforeAll(async () => {
  databaseHome = await makeHome('millrace-away-');
  postgres = await startEmbeddedPostgres({ home: databaseHome, log: () => undefined });
  const gate = new Promise<void>((resolve) => (release = resolve));
  receiver = await startReceiver(() => gate.then(() => ({ status: 200 })));
  home = await mkdtemp(join(tmpdir(), 'millrace-awaited-away-'));
  const work = { id: 'work', use: 'http.request', with: { url: receiver.url, method: 'POST', body: { n: '{{ trigger.body.n }}' } } };
  const result = { id: 'result', set: { doubled: '{{ trigger.body.n * 2 }}' } };
  const reply = { id: 'reply', respond: { status: 201, body: { n: '{{ trigger.body.n }}' } } };
  const deadline = `${DEADLINE_MS}ms`;
  const flows = {
    ...webhookFlow('finish', { respond: { from: 'end', deadline } }, [work, result]),
    ...webhookFlow('reply', { respond: { from: 'step', deadline } }, [work, reply]),
    ...webhookFlow('plain', {}, [result]),
  };
  for (const [id, flow] of Object.entries(flows)) await writeFile(join(home, `${id}.json`), JSON.stringify(flow));
  millrace = spawnMillrace({ args: ['start'], home, env: { DATABASE_URL: postgres.url, MILLRACE_FLOWS: home } });
  door = await millrace.ready();
}, 90_000);

afterAll(async () => {
  release();
  await millrace.kill();
  await receiver.close();
  await postgres.stop();
  await Promise.all([removeHome(databaseHome), rm(home, { recursive: true, force: true })]);
}, 60_000);

async function send(flow: string, n: number, patienceMs: number): Promise<Got> {
  const started = performance.now();
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ n }) };
  const response = await fetch(`${door}/flows/${flow}/hook`, { ...request, signal: AbortSignal.timeout(patienceMs) });
  const json = (await response.json()) as Got['json'];
  return { status: response.status, retryAfter: response.headers.get('retry-after'), json, tookMs: performance.now() - started };
}

/** What a status URL says in the end. */
function later({ json }: Got): Promise<{ status: number; json: unknown }> {
  return eventually('the answer of a run', async () => {
    const response = await fetch(String(json['statusUrl']));
    return response.status === 202 || response.status === 503 ? undefined : { status: response.status, json: await response.json() };
  });
}

it('whose database is killed, callers are answered by their deadline, and what they were promised holds', async () => {
  const numbers = Array.from({ length: WAITING }, (_, n) => n + 1);
  const waiting = numbers.map((n) => send(n % 2 === 0 ? 'finish' : 'reply', n, DEADLINE_MS + LATE_MS));
  await receiver.waitFor(WAITING);
  process.kill(postgres.pid, 'SIGKILL');
  await new Promise<void>((resolve) => postgres.onExit(() => resolve()));

  const refused = await Promise.all(['finish', 'reply', 'plain'].map((flow, at) => send(flow, 100 + at, REFUSED_MS)));
  expect(refused.map(({ status, retryAfter, json }) => [status, retryAfter, json.error?.code])).toEqual(
    refused.map(() => [503, '5', 'event.not-written']),
  );

  const receipts = await Promise.all(waiting);
  expect(receipts.map(({ status }) => status)).toEqual(receipts.map(() => 202));
  for (const { json } of receipts) expect(json).toMatchObject({ runId: expect.any(String), statusUrl: expect.stringContaining('/runs/') });
  console.log(
    `${WAITING} callers who waited got their status URL after ${receipts.map(({ tookMs }) => Math.round(tookMs)).join(', ')} ms of ${DEADLINE_MS}; ${refused.length} newcomers were refused after ${refused.map(({ tookMs }) => Math.round(tookMs)).join(', ')} ms.`,
  );
  expect((await fetch(String(receipts[0]?.json['statusUrl']))).status).toBe(503);

  release();
  postgres = await startEmbeddedPostgres({ home: databaseHome, log: () => undefined });
  const answers = await Promise.all(receipts.map(later));
  const expected = numbers.map((n) => (n % 2 === 0 ? { status: 200, json: { doubled: n * 2 } } : { status: 201, json: { n } }));
  expect(answers).toEqual(expected);
  // Nothing of what was refused is done after all.
  expect(receiver.requests.filter(({ json }) => (json as { n: number }).n >= 100)).toEqual([]);
  expect((await send('plain', 7, REFUSED_MS)).status).toBe(202);
});
