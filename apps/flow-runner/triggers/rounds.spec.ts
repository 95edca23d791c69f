import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Outage } from '../runner/outage.js';
import { recordedLog } from '../runner/recorded-log.js';
import { Rounds } from './rounds.js';

const words = { failing: 'Rounds cannot be made', over: 'Rounds are made again' };

describe('rounds', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('that fail are made all the same, and told of once, as is that they work again', async () => {
    const { log, lines } = recordedLog();
    let made = 0;
    let isAway = true;
    const round = (): Promise<void> => {
      made += 1;
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const rounds = new Rounds(round, new Outage(log, words));
    rounds.start();
    await jest.advanceTimersByTimeAsync(5_500);
    expect(made).toBeGreaterThanOrEqual(5);
    isAway = false;
    await jest.advanceTimersByTimeAsync(3_000);
    expect(lines).toEqual([
      ['warn', { reason: 'away' }, 'Rounds cannot be made; trying again'],
      ['info', { seconds: expect.any(Number) }, 'Rounds are made again'],
    ]);
    const stopped = rounds.stop();
    await jest.advanceTimersByTimeAsync(10);
    await stopped;
  });
});
