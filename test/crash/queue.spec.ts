import { expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@millrace/postgres';
import { hasRedisServer, startPrivateRedis } from '../contract/private-redis.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';
import { countKill, finallyClose, openWorld, settleAndJudge, startLoad, type World } from './world.js';

jest.setTimeout(120_000);

const FULL = process.env['MILLRACE_FULL'] === '1';
const KILLS = FULL ? 4 : 1;

/** Longer than a request takes to be noted, on a machine that is busy with other tests too. */
const VICTIM_ARRIVES_MS = 1_500;

/** Apps that share a database and a queue. */
interface Site {
  readonly world: World;
  readonly databaseUrl: string;
  readonly start: (app: string) => Promise<{ readonly app: MillraceProcess; readonly url: string }>;
}

async function openSite(onRedis: boolean): Promise<Site> {
  const world = await openWorld();
  const server = await startEmbeddedPostgres({ home: world.home, log: () => undefined });
  finallyClose(() => server.stop());
  const redis = onRedis ? await startPrivateRedis() : undefined;
  finallyClose(() => redis?.kill() ?? Promise.resolve());
  const env = { DATABASE_URL: server.url, MILLRACE_FLOWS: join(world.home, 'flows'), REDIS_URL: redis?.url ?? '' };
  const start: Site['start'] = async (name) => {
    const app = spawnMillrace({ args: ['start', name], home: world.home, env });
    finallyClose(() => app.kill());
    return { app, url: await app.ready() };
  };
  return { world, databaseUrl: server.url, start };
}

const QUEUES = [['Postgres', false] as const, ...(hasRedisServer() ? [['Redis', true] as const] : [])];

/** One queue where time is short: the one with more places to break. */
const TESTED = FULL ? QUEUES : QUEUES.slice(-1);

it.each(TESTED)('two runners share the work over the queue on %s, and lose nothing when one of them is killed', async (name, onRedis) => {
  const { world, databaseUrl, start } = await openSite(onRedis);
  const [door, first, second] = await Promise.all([start('webhook-service'), start('flow-runner'), start('flow-runner')]);
  world.life = 1;
  let victim = first;
  const load = startLoad(world, () => door.url, { clients: 6, pauseMs: 40 });
  for (let kill = 0; kill < KILLS; kill += 1) {
    await delay(world.random.between(500, 1_500));
    await victim.app.kill();
    countKill(world, 'flow-runner');
    // What the victim had sent arrives within this; nobody takes its runs up before a new runner finds it dead.
    await delay(VICTIM_ARRIVES_MS);
    world.life += 1;
    victim = await start('flow-runner');
  }
  await load.stop();
  expect(await settleAndJudge(world, databaseUrl, `Two runners, queue on ${name}`)).toEqual([]);
  expect(world.acknowledged.size).toBeGreaterThan(0);
  expect(second.app.child.exitCode).toBeNull();
});
