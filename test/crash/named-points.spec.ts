import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { startEmbeddedPostgres } from '@millrace/postgres';
import type { MillraceProcess } from '../support/millrace-process.js';
import { repeats } from './book.js';
import {
  arm,
  countKill,
  finallyClose,
  noteJournalled,
  openWorld,
  privateDatabase,
  query,
  safeFromPoison,
  send,
  settleAndJudge,
  settled,
  startIn,
  startLoad,
  type World,
} from './world.js';

jest.setTimeout(300_000);

const FULL = process.env['MILLRACE_FULL'] === '1';

/** Where the process kills itself; whether its caller had the answer; how many arrivals of the one run that costs. */
const POINTS: readonly (readonly [point: string, nth: number, acknowledged: boolean, repeated: number])[] = [
  ['accept.before', 1, false, 0],
  ['accept.after', 1, false, 0],
  // Nothing was sent yet, so nothing is sent twice.
  ['step.begun', 2, true, 0],
  ['step.sent', 2, true, 1],
  ['journal.before', 2, true, 1],
  ['journal.after', 2, true, 0],
  ['finish.before', 1, true, 1],
  ['finish.after', 1, true, 0],
];

async function expectSuicide(process: MillraceProcess, point: string): Promise<void> {
  expect(await process.ended()).toEqual({ code: null, signal: 'SIGKILL' });
  expect(process.output()).toContain(`SIGKILL at ${point}`);
}

it('keeps its promises when it is killed at each named point', async () => {
  const world = await openWorld();
  // One after the other it is known which run is where; the answer must come before the process dies.
  world.think = () => delay(50);
  let instance = await startIn(world);
  const database = await privateDatabase(world);
  for (const [point, nth, acknowledged, repeated] of POINTS) {
    const before = { arrivals: world.arrivals.length, repeats: repeats(world.arrivals) };
    await arm(world, point, nth);
    expect({ point, acknowledged: await send(world, instance.url) }).toEqual({ point, acknowledged });
    await expectSuicide(instance.process, point);
    countKill(world, point);
    await noteJournalled(world, database);
    instance = await startIn(world);
    // A start on the same machine sees that the runner before is dead, and does not wait for its lease to run out.
    expect(await query(database, 'select id from runners')).toHaveLength(1);
    expect(await settled(database)).toBe(0);
    // Before the commit nothing was promised and nothing is known; from then on the run goes to its end.
    const run = point === 'accept.before' ? 0 : 3;
    expect({ point, arrivals: world.arrivals.length - before.arrivals }).toEqual({ point, arrivals: run + repeated });
    expect({ point, repeated: repeats(world.arrivals) - before.repeats }).toEqual({ point, repeated });
  }
  expect(await settleAndJudge(world, database, 'Named points')).toEqual([]);
});

/** The sweep takes up what the queue never heard of, also when the front door is gone. */
it('runs an acknowledged event whose front door was killed before it was queued', async () => {
  const { world, database } = await openApart();
  const door = await startIn(world, 'webhook-service', database);
  await startIn(world, 'flow-runner', database);
  await arm(world, 'enqueue.before');
  expect(await send(world, door.url)).toBe(true);
  await expectSuicide(door.process, 'enqueue.before');
  countKill(world, 'enqueue.before');
  expect(world.arrivals).toEqual([]);
  expect(await settleAndJudge(world, database, 'Before enqueueing')).toEqual([]);
  expect(world.arrivals).toHaveLength(3);
});

async function openApart(): Promise<{ world: World; database: string }> {
  const world = await openWorld();
  const server = await startEmbeddedPostgres({ home: world.home, log: () => undefined });
  finallyClose(() => server.stop());
  return { world, database: server.url };
}

if (FULL) {
  it('keeps its promises when it is killed at each named point under load', async () => {
    const world = await openWorld();
    let instance = await startIn(world);
    const database = await privateDatabase(world);
    let url: string | undefined = instance.url;
    const load = startLoad(world, () => url, { clients: 8, pauseMs: 40 });
    for (const [point] of world.random.shuffled(POINTS)) {
      await safeFromPoison(database);
      await arm(world, point, world.random.between(5, 200));
      await expectSuicide(instance.process, point);
      url = undefined;
      countKill(world, point);
      await noteJournalled(world, database);
      instance = await startIn(world);
      url = instance.url;
    }
    await load.stop();
    expect(await settleAndJudge(world, database, 'Named points under load')).toEqual([]);
  });
}
