import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openDatabase, readStanding, type Database } from '@millrace/postgres';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { eventually } from '../support/flow-files.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';

jest.setTimeout(300_000);

const FLOW = 'pulse';
const pulse = {
  format: 1,
  id: FLOW,
  trigger: { type: 'schedule', every: '1s', overlap: 'allow', catchUp: 'all' },
  steps: [{ id: 'emit', use: 'event.emit', with: { name: 'pulse.beat', data: '{{ trigger.body.scheduledAt }}' } }],
};
const echo = {
  format: 1,
  id: 'echo',
  trigger: { type: 'event', event: 'pulse.*' },
  steps: [{ id: 'seen', set: { at: '{{ trigger.body }}' } }],
};

let postgres: PrivatePostgres;
let database: Database;
let home: string;
let databaseUrl: string;
const started: MillraceProcess[] = [];

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  databaseUrl = await postgres.newUrl();
  database = await openDatabase({ url: databaseUrl, poolSize: 2 });
  home = await mkdtemp(join(tmpdir(), 'millrace-pulse-'));
  for (const flow of [pulse, echo]) await writeFile(join(home, `${flow.id}.json`), JSON.stringify(flow));
});

afterAll(async () => {
  await Promise.all(started.map((process) => process.kill()));
  await database.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

async function startRunner(): Promise<MillraceProcess> {
  const runner = spawnMillrace({ args: ['start', 'flow-runner'], home, env: { DATABASE_URL: databaseUrl, MILLRACE_FLOWS: home } });
  started.push(runner);
  await runner.ready();
  return runner;
}

/** The bodies that the runs of a flow were started with, oldest first. */
async function bodies(flowId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ body: Buffer }>(
    'select e.body from (select event_id, flow_id, id from runs union all select event_id, flow_id, id from finished_runs) r join events e on e.id = r.event_id where r.flow_id = $1 order by r.id',
    [flowId],
  );
  return rows.map(({ body }) => JSON.parse(body.toString()) as unknown);
}

async function times(): Promise<string[]> {
  return ((await bodies(FLOW)) as { scheduledAt: string }[]).map(({ scheduledAt }) => scheduledAt).sort();
}

function until(count: number): Promise<string[]> {
  return eventually(`${count} runs by the clock`, async () => {
    const all = await times();
    return all.length >= count ? all : undefined;
  });
}

/** No second is missing between the first and the last, and none is there twice. */
function expectUnbroken(all: readonly string[]): void {
  const first = Date.parse(all[0] ?? '');
  expect(all).toEqual(all.map((_, index) => new Date(first + index * 1_000).toISOString()));
}

it('two processes and a third after both were killed start each second once, and each event of theirs arrives once', async () => {
  const [one, two] = [await startRunner(), await startRunner()];
  await until(3);
  await one.kill();
  const before = await until((await times()).length + 2);
  await two.kill();
  // Nobody runs now: these seconds are caught up.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const three = await startRunner();
  await until(before.length + 5);
  three.signal('SIGTERM');
  await three.ended();
  const all = await times();
  expectUnbroken(all);

  await startRunner();
  await eventually('all runs to end', async () => ((await readStanding(database.pool)).runs['running'] ?? 0) === 0 || undefined);
  await eventually('an echo of each second', async () => {
    const heard = new Set(await bodies('echo'));
    return all.every((time) => heard.has(time)) ? heard : undefined;
  });
  const heard = await bodies('echo');
  expect(new Set(heard).size).toBe(heard.length);
});
