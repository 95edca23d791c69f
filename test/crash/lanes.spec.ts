import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { startEmbeddedPostgres } from '@millrace/postgres';
import type { Arrival } from './book.js';
import { countKill, finallyClose, openWorld, query, safeFromPoison, settleAndJudge, startIn, type World } from './world.js';

jest.setTimeout(300_000);

const FULL = process.env['MILLRACE_FULL'] === '1';
const KEYS = ['ada', 'bob', 'cyd', 'dot'];
const SEND_MS = 10_000;

/** The flow under fire in lanes of one run, and clients of one key each that send one event after the other. */
async function inLanes(world: World): Promise<void> {
  const path = join(world.home, 'flows', 'relay.json');
  const flow = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...flow, concurrency: { key: '{{ trigger.body.key }}', limit: 1 } }));
}

/** One client per key; a number is used once, answered or not. */
function startClients(world: World, url: () => string | undefined): { stop(): Promise<unknown> } {
  let stopped = false;
  const client = async (key: string): Promise<void> => {
    for (let n = 1; !stopped; n += 1) {
      const to = url();
      if (to !== undefined && (await sent(world, to, key, n))) await delay(world.random.between(1, 60));
      else await delay(200);
    }
  };
  const working = Promise.all(KEYS.map(client));
  working.catch(() => undefined);
  finallyClose(() => Promise.resolve((stopped = true)));
  return {
    stop: () => {
      stopped = true;
      return working;
    },
  };
}

async function sent(world: World, url: string, key: string, n: number): Promise<boolean> {
  const event = `${key}-${n}`;
  const body = JSON.stringify({ event, key });
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(SEND_MS) };
  const status = await fetch(`${url}/flows/relay/hook`, request).then(
    (response) => response.arrayBuffer().then(() => response.status),
    () => 0,
  );
  if (status === 202) world.acknowledged.add(event);
  else world.unanswered += 1;
  return status === 202;
}

/** What of a lane came before what was accepted earlier had gone, as sentences. */
function outOfOrder(arrivals: readonly Arrival[]): string[] {
  return KEYS.flatMap((key) => {
    let furthest = 0;
    return arrivals
      .filter(({ event }) => event.startsWith(`${key}-`))
      .flatMap(({ event, step }) => {
        const n = Number(event.split('-')[1]);
        if (n < furthest) return [`${step} of ${event} arrived after ${key}-${furthest} had begun`];
        furthest = n;
        return [];
      });
  });
}

it('keeps order and loses nothing when one of two runners, both, or the front door are killed under load', async () => {
  const world = await openWorld();
  await inLanes(world);
  const server = await startEmbeddedPostgres({ home: world.home, log: () => undefined });
  finallyClose(() => server.stop());
  let door = await startIn(world, 'webhook-service', server.url);
  const runners = [await startIn(world, 'flow-runner', server.url), await startIn(world, 'flow-runner', server.url)];
  let url: string | undefined = door.url;
  const clients = startClients(world, () => url);
  const kills = FULL ? ['one', 'both', 'door', 'one', 'both', 'one', 'door', 'one', 'both'] : ['one', 'door', 'both'];
  for (const what of world.random.shuffled(kills)) {
    await delay(world.random.between(500, 1_500));
    await safeFromPoison(server.url);
    countKill(world, what);
    if (what === 'door') {
      url = undefined;
      await door.process.kill();
      door = await startIn(world, 'webhook-service', server.url);
      url = door.url;
    } else {
      const dying = what === 'both' ? [0, 1] : [world.random.between(0, 1)];
      await Promise.all(dying.map((index) => runners[index]!.process.kill()));
      for (const index of dying) runners[index] = await startIn(world, 'flow-runner', server.url);
    }
  }
  await delay(1_000);
  await clients.stop();
  expect(await settleAndJudge(world, server.url, 'Lanes')).toEqual([]);
  expect(outOfOrder(world.arrivals)).toEqual([]);
  expect(await query(server.url, 'select * from lanes')).toEqual([]);
  expect(world.acknowledged.size).toBeGreaterThan(KEYS.length);
});
