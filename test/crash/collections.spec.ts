import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openDatabase, type Database } from '@millrace/postgres';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';

jest.setTimeout(300_000);

const seen = { id: 'seen', set: { body: '{{ trigger.body }}' } };
const flows = {
  ...webhookFlow('batched', {}, [seen], { batch: { key: '{{ trigger.body.round }}', window: '500ms' } }),
  ...webhookFlow('quiet', {}, [seen], { debounce: { key: '{{ trigger.body.round }}', window: '500ms' } }),
};

let postgres: PrivatePostgres;
let database: Database;
let databaseUrl: string;
let home: string;
const started: MillraceProcess[] = [];

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  databaseUrl = await postgres.newUrl();
  database = await openDatabase({ url: databaseUrl, poolSize: 2 });
  home = await mkdtemp(join(tmpdir(), 'millrace-collections-'));
  for (const [id, flow] of Object.entries(flows)) await writeFile(join(home, `${id}.json`), JSON.stringify(flow));
}, 180_000);

afterAll(async () => {
  await Promise.all(started.map((process) => process.kill()));
  await database.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
}, 180_000);

async function start(args: readonly string[] = ['start']): Promise<{ readonly process: MillraceProcess; readonly url: string }> {
  const env = { DATABASE_URL: databaseUrl, MILLRACE_FLOWS: home };
  const process = spawnMillrace({ args, home, env, crashFile: join(home, 'crash-point') });
  started.push(process);
  return { process, url: await process.ready() };
}

/** Whether it was acknowledged. */
async function send(url: string, flow: string, body: object): Promise<boolean> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return fetch(`${url}/flows/${flow}/hook`, init).then(
    ({ status }) => status === 202,
    () => false,
  );
}

interface Taken {
  readonly flow: string;
  readonly round: string;
  readonly n: number;
  readonly run: string | null;
}

/** Every event that was written down, and its run. */
async function taken(): Promise<Taken[]> {
  const { rows } = await database.pool.query<{ flow_id: string; run_id: string | null; body: Buffer }>(
    'select c.flow_id, c.run_id, e.body from collected c join events e on e.id = c.event_id order by c.place',
  );
  return rows.map(({ flow_id: flow, run_id: run, body }) => ({
    flow,
    run,
    ...(JSON.parse(body.toString()) as { round: string; n: number }),
  }));
}

async function nothingLeft(): Promise<void> {
  await eventually('every event to have a run, and every run to end', async () => {
    const { rows } = await database.pool.query(
      'select 1 from collected where run_id is null union all select 1 from runs union all select 1 from collections',
    );
    return rows.length === 0 ? true : undefined;
  });
}

/** What the run of each event was started with, once all have ended. */
async function runs(): Promise<ReadonlyMap<string, unknown>> {
  await nothingLeft();
  const { rows } = await database.pool.query<{ id: string; status: string; body: Buffer }>(
    'select r.id, r.status, e.body from finished_runs r join events e on e.id = r.event_id',
  );
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['succeeded']));
  return new Map(rows.map(({ id, body }) => [id, JSON.parse(body.toString()) as unknown]));
}

/** Each event is in one run, and each run is what its events make of it. */
async function expectFaithful(acknowledged: readonly string[]): Promise<void> {
  const bodies = await runs();
  const all = await taken();
  const kept = new Set(all.map(({ flow, round, n }) => `${flow} ${round} ${n}`));
  for (const one of acknowledged) expect(kept).toContain(one);
  expect([...new Set(all.map(({ run }) => run))].sort()).toEqual([...bodies.keys()].sort());
  for (const [id, body] of bodies) {
    const own = all.filter(({ run }) => run === id).map(({ round, n }) => ({ round, n }));
    expect(body).toEqual(all.find(({ run }) => run === id)!.flow === 'batched' ? { items: own } : own.at(-1));
  }
}

it('gives each acknowledged event to exactly one run when it is killed at each named point', async () => {
  const acknowledged: string[] = [];
  let instance = await start();
  for (const point of ['accept.before', 'accept.after', 'collect.before', 'collect.after']) {
    for (const flow of ['batched', 'quiet']) {
      // What the life before left behind would bring this one to its point before anything was sent.
      await nothingLeft();
      await writeFile(join(home, 'crash-point'), `${point} 2`, { flag: 'wx' });
      // The second one is for another key: two collections are due, so that there is a second one to be killed at.
      for (const [round, n] of [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ] as const) {
        const name = { round: `${point} ${round}`, n };
        if (await send(instance.url, flow, name)) acknowledged.push(`${flow} ${name.round} ${n}`);
      }
      expect(await instance.process.ended()).toEqual({ code: null, signal: 'SIGKILL' });
      expect(instance.process.output()).toContain(`SIGKILL at ${point}`);
      instance = await start();
    }
  }
  // At each of the points of accepts one of two requests was answered; at those of collections at least two of three.
  expect(acknowledged.length).toBeGreaterThanOrEqual(8);
  await expectFaithful(acknowledged);
  await instance.process.kill();
});

it('gives each event to exactly one run while several processes look and one of them is killed', async () => {
  const runners = [await start(['start', 'flow-runner']), await start(['start', 'flow-runner'])];
  const door = await start(['start', 'webhook-service']);
  const acknowledged: string[] = [];
  for (let n = 0; n < 120; n += 1) {
    const [flow, round] = [n % 2 ? 'batched' : 'quiet', `race ${n % 7}`];
    if (await send(door.url, flow, { round, n })) acknowledged.push(`${flow} ${round} ${n}`);
    if (n === 60) await runners[0]!.process.kill();
  }
  expect(acknowledged).toHaveLength(120);
  await expectFaithful(acknowledged);
});
