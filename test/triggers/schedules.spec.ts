import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScheduleTrigger } from '@millrace/flow';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { Flows, World } from './world.js';

let server: PrivatePostgres;
let world: World;

beforeAll(async () => {
  server = await startPrivatePostgres();
  world = new World(await server.newDatabase());
}, 180_000);
afterAll(() => server.stop(), 180_000);
beforeEach(async () => {
  await world.empty();
  world.flows.remove('report');
});

function schedule(parts: Partial<ScheduleTrigger>): ScheduleTrigger {
  return { type: 'schedule', ...parts };
}

/** Begins the schedule at a time. */
async function begin(at: string, parts: Partial<ScheduleTrigger>): Promise<void> {
  world.at(at);
  world.flows.set('report', schedule(parts));
  await world.scheduler().tick();
}

async function tickAt(at: string): Promise<void> {
  world.at(at);
  await world.scheduler().tick();
}

async function leftOut(): Promise<unknown> {
  return (await world.schedules.list(['report']))[0]?.leftOut;
}

describe('each time once', () => {
  it('starts one run per time, which knows its time and the one before', async () => {
    await begin('2025-03-01T08:00:00Z', { cron: '0 9 * * *' });
    await world.liveUntil('2025-03-03T10:00:00Z');
    expect(await world.bodies('report')).toEqual([
      { scheduledAt: '2025-03-01T09:00:00.000Z', previousAt: null },
      { scheduledAt: '2025-03-02T09:00:00.000Z', previousAt: '2025-03-01T09:00:00.000Z' },
      { scheduledAt: '2025-03-03T09:00:00.000Z', previousAt: '2025-03-02T09:00:00.000Z' },
    ]);
  });

  it('whichever and however many processes tick', async () => {
    await begin('2025-03-01T00:00:00Z', { every: '1m', overlap: 'allow' });
    for (let minute = 1; minute <= 5; minute += 1) {
      world.at(`2025-03-01T00:0${minute}:00.250Z`);
      await Promise.all(Array.from({ length: 6 }, () => world.scheduler().tick()));
    }
    expect(await world.times('report')).toEqual([1, 2, 3, 4, 5].map((minute) => `2025-03-01T00:0${minute}:00.000Z`));
  });

  it.each([
    ['spring forward', '2025-03-29T12:00:00Z', '2025-03-31T12:00:00Z', ['2025-03-30T01:00:00.000Z', '2025-03-31T00:30:00.000Z']],
    ['autumn back', '2025-10-25T12:00:00Z', '2025-10-27T12:00:00Z', ['2025-10-26T00:30:00.000Z', '2025-10-27T01:30:00.000Z']],
  ])('a time of day on either side of %s', async (_, from, to, times) => {
    await begin(from, { cron: '30 2 * * *', timezone: 'Europe/Berlin' });
    await world.liveUntil(to);
    expect(await world.times('report')).toEqual(times);
  });

  it('a leap day comes in leap years only', async () => {
    await begin('2023-01-01T00:00:00Z', { cron: '0 0 29 2 *' });
    await world.liveUntil('2029-01-01T00:00:00Z');
    expect(await world.times('report')).toEqual(['2024-02-29T00:00:00.000Z', '2028-02-29T00:00:00.000Z']);
  });

  it('no time comes twice when the clock is set back a little', async () => {
    await begin('2025-03-01T08:30:00Z', { cron: '0 * * * *' });
    await tickAt('2025-03-01T09:00:00Z');
    await world.endAll('succeeded');
    world.at('2025-03-01T08:55:00Z');
    await world.liveUntil('2025-03-01T10:00:00Z');
    expect(await world.times('report')).toEqual(['2025-03-01T09:00:00.000Z', '2025-03-01T10:00:00.000Z']);
  });

  it('a clock that was years ahead by mistake does not stop the schedule for years', async () => {
    await begin('2030-03-01T08:30:00Z', { cron: '0 * * * *' });
    await tickAt('2025-03-01T08:30:00Z');
    await world.liveUntil('2025-03-01T09:00:00Z');
    expect(await world.times('report')).toEqual(['2025-03-01T09:00:00.000Z']);
  });
});

describe('late, not never', () => {
  it.each([
    ['latest', ['2025-03-04T09:00:00.000Z'], 2],
    ['none', [], 3],
    ['all', ['2025-03-02T09:00:00.000Z', '2025-03-03T09:00:00.000Z', '2025-03-04T09:00:00.000Z'], 0],
  ] as const)('after days without a process, catchUp %s', async (catchUp, times, missed) => {
    await begin('2025-03-01T09:30:00Z', { cron: '0 9 * * *', catchUp });
    world.at('2025-03-04T15:00:00Z');
    await world.liveUntil('2025-03-04T15:00:01Z');
    for (let i = 0; i < 5; i += 1) {
      await world.scheduler().tick();
      await world.endAll('succeeded');
    }
    expect(await world.times('report')).toEqual(times);
    expect(await leftOut()).toMatchObject({ count: missed, ...(missed > 0 && { because: 'missed' }) });
  });

  it('a process that is a moment late starts the run all the same, whatever the catch-up policy', async () => {
    await begin('2025-03-01T08:30:00Z', { cron: '0 9 * * *', catchUp: 'none' });
    await tickAt('2025-03-01T09:00:45Z');
    expect(await world.times('report')).toEqual(['2025-03-01T09:00:00.000Z']);
  });

  it('catches up a hundred times at the most, the newest', async () => {
    await begin('2025-01-01T00:00:00Z', { every: '1s', catchUp: 'all', overlap: 'allow' });
    await tickAt('2025-02-01T00:00:00Z');
    const times = await world.times('report');
    expect(times.at(-1)).toBe('2025-02-01T00:00:00.000Z');
    expect(times.length).toBeGreaterThanOrEqual(100);
    expect(times.length).toBeLessThanOrEqual(106);
    expect(new Set(times).size).toBe(times.length);
  });
});

describe('while the run before goes on', () => {
  async function twoMore(overlap: ScheduleTrigger['overlap']): Promise<void> {
    await begin('2025-03-01T00:00:30Z', { every: '1m', overlap });
    await tickAt('2025-03-01T00:01:00Z');
    await tickAt('2025-03-01T00:02:00Z');
    await tickAt('2025-03-01T00:03:00Z');
  }

  it('skip leaves times out and says so', async () => {
    await twoMore('skip');
    expect(await world.times('report')).toEqual(['2025-03-01T00:01:00.000Z']);
    expect(await leftOut()).toEqual({ count: 2, at: Date.parse('2025-03-01T00:03:00Z'), because: 'overlap' });
    await world.endAll('succeeded');
    await tickAt('2025-03-01T00:04:00Z');
    expect(await world.times('report')).toHaveLength(2);
  });

  it('queue starts them one after the other', async () => {
    await twoMore('queue');
    expect((await world.schedules.list(['report']))[0]?.waiting).toHaveLength(2);
    for (const count of [2, 3]) {
      await world.endAll('succeeded');
      await world.scheduler().tick();
      await world.scheduler().tick();
      expect(await world.times('report')).toHaveLength(count);
    }
    expect(await leftOut()).toEqual({ count: 0 });
  });

  it('allow starts them all', async () => {
    await twoMore('allow');
    expect(await world.times('report')).toHaveLength(3);
  });
});

describe('when the flow changes', () => {
  it('other times count from then on, and none of before is made up for', async () => {
    await begin('2025-03-01T08:00:00Z', { cron: '0 9 * * *', catchUp: 'all' });
    world.at('2025-03-03T12:00:00Z');
    world.flows.set('report', schedule({ cron: '0 18 * * *', catchUp: 'all' }));
    await world.liveUntil('2025-03-03T19:00:00Z');
    expect(await world.times('report')).toEqual(['2025-03-03T18:00:00.000Z']);
  });

  it('a version with the same times loses none', async () => {
    await begin('2025-03-01T08:59:00Z', { cron: '0 9 * * *' });
    world.flows.set('report', schedule({ cron: '0 9 * * *', overlap: 'queue' }));
    await world.liveUntil('2025-03-01T09:00:05Z');
    expect(await world.times('report')).toEqual(['2025-03-01T09:00:00.000Z']);
  });

  it('a process that knows only the version before does not turn the schedule back', async () => {
    await begin('2025-03-01T08:00:00Z', { cron: '0 9 * * *' });
    const old = new Flows();
    old.set('report', schedule({ cron: '0 9 * * *' }));
    world.flows.set('report', schedule({ cron: '0 10 * * *' }));
    await world.scheduler().tick();
    await world.scheduler(old).tick();
    await world.liveUntil('2025-03-01T11:00:00Z');
    expect(await world.times('report')).toEqual(['2025-03-01T10:00:00.000Z']);
  });

  it('times of a paused flow are left out, not held', async () => {
    await begin('2025-03-01T08:00:00Z', { cron: '0 9 * * *', catchUp: 'all' });
    world.flows.set('report', schedule({ cron: '0 9 * * *', catchUp: 'all' }), { enabled: false });
    await world.liveUntil('2025-03-02T12:00:00Z');
    world.flows.set('report', schedule({ cron: '0 9 * * *', catchUp: 'all' }));
    await world.liveUntil('2025-03-03T12:00:00Z');
    expect(await world.times('report')).toEqual(['2025-03-03T09:00:00.000Z']);
    expect(await leftOut()).toMatchObject({ count: 2, because: 'paused' });
  });

  it('a schedule that was away begins anew', async () => {
    await begin('2025-03-01T08:00:00Z', { cron: '0 9 * * *', catchUp: 'all' });
    const scheduler = world.scheduler();
    world.flows.set('report', { type: 'call' });
    await world.liveUntil('2025-03-02T12:00:00Z', scheduler);
    world.flows.set('report', schedule({ cron: '0 9 * * *', catchUp: 'all' }));
    await world.liveUntil('2025-03-02T13:00:00Z', scheduler);
    expect(await world.times('report')).toEqual([]);
  });
});
