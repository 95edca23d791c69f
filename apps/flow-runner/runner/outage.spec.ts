import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Outage } from './outage.js';
import { persistently } from './persistently.js';
import { recordedLog, type Line } from './recorded-log.js';

const MINUTE = 60_000;
const words = { failing: 'It fails', over: 'It works' };

let lines: Line[];
let outage: Outage;
let isAway: boolean;
let isOver: boolean;
let attempts: number;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-03-01T09:00:00Z') });
  const recorded = recordedLog();
  lines = recorded.lines;
  outage = new Outage(recorded.log, words, () => Date.parse('2026-03-01T09:00:15Z'));
  isAway = true;
  isOver = false;
  attempts = 0;
});

afterEach(() => void jest.useRealTimers());

/** Somebody who tries. */
function tries(): Promise<string> {
  const attempt = (): Promise<string> => {
    attempts += 1;
    return isAway ? Promise.reject(new Error('away')) : Promise.resolve('done');
  };
  return persistently(attempt, { isFinal: () => isOver, outage });
}

const after = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('an outage', () => {
  it('is told of once for all who try, with the time up to which they do, and once when it is over', async () => {
    const all = [tries(), tries(), tries()];
    await after(6_000);
    expect(lines).toEqual([['warn', { reason: 'away', until: '2026-03-01T09:00:15.000Z' }, 'It fails; trying again']]);
    isAway = false;
    await after(2_000);
    expect(await Promise.all(all)).toEqual(['done', 'done', 'done']);
    expect(lines.slice(1)).toEqual([['info', { seconds: expect.any(Number) }, 'It works']]);
  });

  it('says how many gave up', async () => {
    const all = Promise.allSettled([tries(), tries()]);
    await after(4_000);
    isOver = true;
    await after(2_000);
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(lines.slice(1)).toEqual([['warn', { seconds: expect.any(Number), givenUp: 2 }, 'It fails: given up']]);
  });

  it('that lasts is told of after growing pauses', async () => {
    void tries();
    const told: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      await after(MINUTE);
      told.push(lines.length);
    }
    expect([told[0], told[9], told[29], told[59]]).toEqual([3, 6, 8, 11]);
    expect(lines[1]).toEqual(['warn', expect.anything(), 'It fails yet; trying again']);
  });

  it('that comes again is told of again', async () => {
    void tries();
    isAway = false;
    await after(1_000);
    isAway = true;
    void tries();
    await after(100);
    expect(lines.map(([, , message]) => message)).toEqual(['It fails; trying again', 'It works', 'It fails; trying again']);
  });

  it('is none for what works at once, or fails for good at once', async () => {
    isAway = false;
    await tries();
    isAway = isOver = true;
    await expect(tries()).rejects.toThrow('away');
    expect(lines).toEqual([]);
  });
});

describe('what is tried persistently', () => {
  it('is tried more rarely the longer it fails', async () => {
    void tries();
    await after(5_000);
    const early = attempts;
    await after(55_000);
    expect(early).toBeGreaterThanOrEqual(4);
    expect(attempts - early).toBeLessThanOrEqual(56);
  });

  it('is tried within two seconds of what had been away for long', async () => {
    const done = tries();
    await after(10 * MINUTE);
    isAway = false;
    await after(2_000);
    expect(await done).toBe('done');
  });
});
