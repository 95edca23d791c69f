import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from '@jest/globals';
import { startEmbeddedPostgres } from '@millrace/postgres';
import { Client } from 'pg';
import { hasLeftOvers, makeHome, removeHome, stopLeftOvers } from '../../apps/millrace/demo/home.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';
import { seededRandom, type Random } from '../support/random.js';
import { startReceiver, type ReceivedRequest, type Receiver } from '../support/receiver.js';
import { brokenPromises, repeats, STEPS, type Arrival, type Step } from './book.js';

const SEND_MS = 10_000;
const SETTLE_MS = 60_000;
const CLEAN_UP_MS = 180_000;
/** The receiver thinks this long at the most, so that a kill finds steps in flight. */
const THINK_MS = 15;
const QUIET_MS = 50;
/** A runner that still works never falls quiet. */
const QUIET_ROUNDS = 40;
/** How long a client that was not served stays away. */
const COME_AGAIN_MS = 200;
const SHOWN = 20;

const closers: (() => Promise<unknown>)[] = [];

/** Last opened, first closed: processes before their database, and that before its files. */
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
}, CLEAN_UP_MS);

/** Registers what has to go, however the tests end. */
export function finallyClose(close: () => Promise<unknown>): void {
  closers.push(close);
}

/** What outlives every kill: the home, the receiver, and the book of what was promised and what came. */
export interface World {
  readonly home: string;
  readonly random: Random;
  readonly seed: number;
  readonly acknowledged: Set<string>;
  readonly arrivals: Arrival[];
  readonly journalled: Map<string, number>;
  /** Kills by what was killed. */
  readonly kills: Map<string, number>;
  /** Requests without an answer, or with 503: they may or may not have made a run. */
  unanswered: number;
  sent: number;
  /** Runner processes so far. */
  life: number;
  readonly receiver: Receiver;
  /** What the receiver waits for before it answers. A short while by default. */
  think(step: Step): Promise<unknown>;
}

/** A home with the flow under fire: three requests to a receiver that counts them. */
export async function openWorld(): Promise<World> {
  const seed = Number(process.env['MILLRACE_CRASH_SEED'] || Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const home = await makeHome('millrace-crash-');
  finallyClose(async () => {
    if (await hasLeftOvers(home)) await stopLeftOvers(home);
    await removeHome(home);
  });
  const receiver = await startReceiver(async (request) => {
    const arrival = arrivalOf(request, world.life);
    world.arrivals.push(arrival);
    await world.think(arrival.step);
    return { status: 200, body: { ok: true } };
  });
  finallyClose(() => receiver.close());
  const world: World = {
    home,
    receiver,
    random,
    seed,
    acknowledged: new Set(),
    arrivals: [],
    journalled: new Map(),
    kills: new Map(),
    unanswered: 0,
    sent: 0,
    life: 0,
    think: () => delay(random.between(0, THINK_MS)),
  };
  await writeFlow(home, receiver.url);
  return world;
}

function arrivalOf({ json, headers }: ReceivedRequest, life: number): Arrival {
  const { event, run, step } = json as { event: string; run: string; step: Step };
  return { event, run, step, key: headers['idempotency-key'], life };
}

/** No retries: whatever arrives again does so because of a kill. */
async function writeFlow(home: string, url: string): Promise<void> {
  const steps = STEPS.map((id) => ({
    id,
    use: 'http.request',
    with: { method: 'POST', url: `${url}/${id}`, body: { event: '{{ trigger.body.event }}', run: '{{ run.id }}', step: id } },
    retry: { attempts: 1 },
  }));
  await mkdir(join(home, 'flows'));
  await writeFile(join(home, 'flows', 'relay.json'), JSON.stringify({ format: 1, id: 'relay', trigger: { type: 'webhook' }, steps }));
}

/** The file that arms `crashing-millrace.mjs` for the processes of this world. */
function crashFile({ home }: World): string {
  return join(home, 'crash-point');
}

/** The next process that passes `point` for the n-th time from now on kills itself there. */
export async function arm(world: World, point: string, nth = 1): Promise<void> {
  // Whoever reads it meanwhile sees nothing or the whole. 'wx': the point before must have been reached.
  await writeFile(crashFile(world), `${point} ${nth}`, { flag: 'wx' });
}

/** Starts an app, or everything in one process, and resolves with its address once it is ready. */
export async function startIn(world: World, app?: string, databaseUrl = ''): Promise<{ process: MillraceProcess; url: string }> {
  await quiet(world);
  const process = spawnIn(world, app, { DATABASE_URL: databaseUrl });
  return { process, url: await process.ready() };
}

/** What a dead process has sent may still be on its way to the receiver, and belongs to the life that ended. */
async function quiet({ arrivals }: World): Promise<void> {
  let seen = -1;
  for (let round = 0; round < QUIET_ROUNDS && seen !== arrivals.length; round += 1) {
    seen = arrivals.length;
    await delay(QUIET_MS);
  }
}

/** The same without waiting for it to be ready. */
export function spawnIn(world: World, app?: string, more: Readonly<Record<string, string>> = {}): MillraceProcess {
  const env = { MILLRACE_FLOWS: join(world.home, 'flows'), MILLRACE_SLOTS: '64', ...more };
  const process = spawnMillrace({
    args: app === undefined ? ['start'] : ['start', app],
    home: world.home,
    env,
    crashFile: crashFile(world),
  });
  // The process before is dead by now.
  if (app !== 'webhook-service') world.life += 1;
  finallyClose(async () => {
    process.signal('SIGINT');
    const late = setTimeout(() => process.signal('SIGKILL'), 20_000);
    await process.ended().finally(() => clearTimeout(late));
  });
  return process;
}

export function countKill(world: World, what: string): void {
  world.kills.set(what, (world.kills.get(what) ?? 0) + 1);
}

/** Sends one event; whether it was acknowledged. A 202 counts from its status line on. */
export async function send(world: World, url: string): Promise<boolean> {
  world.sent += 1;
  const event = `e${world.sent}`;
  try {
    const response = await fetch(`${url}/flows/relay/hook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ event }),
      signal: AbortSignal.timeout(SEND_MS),
    });
    if (response.status === 202) world.acknowledged.add(event);
    else if (response.status !== 503) throw new Unexpected(`${event} was answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  } catch (error) {
    if (error instanceof Unexpected) throw error;
  }
  if (!world.acknowledged.has(event)) world.unanswered += 1;
  return world.acknowledged.has(event);
}

class Unexpected extends Error {}

export interface Load {
  /** Resolves when every request under way has ended; rejects if one was answered neither 202 nor 503. */
  stop(): Promise<void>;
}

/** Clients that send as long as there is somebody to send to, and pause up to `pauseMs` between two events. */
export function startLoad(world: World, url: () => string | undefined, { clients, pauseMs }: { clients: number; pauseMs: number }): Load {
  let stopped = false;
  const client = async (): Promise<void> => {
    while (!stopped) {
      const to = url();
      const accepted = to !== undefined && (await send(world, to));
      await delay(accepted ? world.random.between(1, pauseMs) : COME_AGAIN_MS);
    }
  };
  const working = Promise.all(Array.from({ length: clients }, client));
  working.catch(() => undefined);
  finallyClose(() => Promise.resolve((stopped = true)));
  return {
    stop: async () => {
      stopped = true;
      await working;
    },
  };
}

/** The address of the private database of this world, which must be running. It stays the same over all restarts. */
export async function privateDatabase({ home }: World): Promise<string> {
  return (await startEmbeddedPostgres({ home, log: () => undefined })).url;
}

export async function postmaster({ home }: World): Promise<number | undefined> {
  const file = await readFile(join(home, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(file.split('\n')[0]) || undefined;
}

/** Reads, while no runner lives, which steps are journalled: these must not arrive again. */
export async function noteJournalled(world: World, databaseUrl: string): Promise<void> {
  const rows = await query<{ key: string }>(databaseUrl, `select run_id || '/' || path as key from journal where status = 'succeeded'`);
  for (const { key } of rows) if (!world.journalled.has(key)) world.journalled.set(key, world.life);
}

/** Waits until no run is active, then compares what was promised with what arrived; prints the totals. */
export async function settleAndJudge(world: World, databaseUrl: string, title: string): Promise<string[]> {
  const active = await settled(databaseUrl);
  const rows = await query<{ id: string; end: string }>(databaseUrl, ENDS);
  const ends = new Map(rows.map(({ id, end }) => [id, end]));
  console.info(`${title}: ${totals(world, ends.size)}`);
  return brokenPromises({ ...world, ends, active }).slice(0, SHOWN);
}

/** A run that failed says why. */
const ENDS = `select id, concat_ws(' ', status, convert_from(error, 'utf8')) as end from finished_runs`;

/** How many runs are still active when all have ended or patience has. */
export async function settled(databaseUrl: string): Promise<number> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const [row] = await query<{ active: number }>(databaseUrl, 'select count(*)::int as active from runs');
    if (row!.active === 0 || Date.now() > deadline) return row!.active;
    await delay(50);
  }
}

/**
 * Waits until the next kill cannot be the third in a row that finds a run no step further: such a run is set aside as
 * poison, rightly, and on a slow machine innocent ones would be.
 */
export async function safeFromPoison(databaseUrl: string): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  // A mark of a step in flight makes the journal grow, too: whoever was killed at one is at risk until the step has ended.
  const atRisk = `
    select 1 from runs r where (crashes >= 2 and journal_rows <= journal_rows_at_claim)
      or (crashes >= 1 and exists (select from journal j where j.run_id = r.id and j.status = 'started')) limit 1`;
  while ((await query(databaseUrl, atRisk)).length > 0) {
    if (Date.now() > deadline) throw new Error('Runs that were killed twice do not get on.');
    await delay(50);
  }
}

export async function query<Row extends object>(databaseUrl: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

function totals({ kills, acknowledged, unanswered, arrivals, seed }: World, runs: number): string {
  const all = [...kills.values()].reduce((sum, count) => sum + count, 0);
  const byKind = [...kills].map(([what, count]) => `${what} ${count}`).join(', ');
  return (
    `${all} kills (${byKind}); ${acknowledged.size} events acknowledged, ${unanswered} unanswered, ${runs} runs ended; ` +
    `${arrivals.length} arrivals, ${repeats(arrivals)} of them repeats; MILLRACE_CRASH_SEED=${seed}`
  );
}
