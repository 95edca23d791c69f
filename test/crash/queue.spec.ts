import { expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { hasRedisServer } from '../contract/private-redis.js';
import { openSite } from './site.js';
import { countKill, safeFromPoison, settleAndJudge, startLoad } from './world.js';

jest.setTimeout(300_000);

const FULL = process.env['MILLRACE_FULL'] === '1';
const KILLS = FULL ? 4 : 1;

/** Longer than a request takes to be noted, on a machine that is busy with other tests too. */
const VICTIM_ARRIVES_MS = 1_500;

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
    await safeFromPoison(databaseUrl);
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
