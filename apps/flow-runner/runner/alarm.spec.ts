import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Alarm } from './alarm.js';

const IDLE_MS = 1_000;

describe('an alarm', () => {
  let awake = false;
  let alarm: Alarm;

  beforeEach(() => {
    jest.useFakeTimers();
    awake = false;
    alarm = new Alarm(IDLE_MS);
  });

  afterEach(() => void jest.useRealTimers());

  function sleep(): void {
    void alarm.sleep().then(() => (awake = true));
  }

  it('wakes at the time that was named', async () => {
    sleep();
    alarm.ring(Date.now() + 100);
    await jest.advanceTimersByTimeAsync(90);
    expect(awake).toBe(false);
    await jest.advanceTimersByTimeAsync(20);
    expect(awake).toBe(true);
  });

  it.each(['before', 'while'])('sleeps no longer than its idle time for a later one that was named %s it slept', async (when) => {
    if (when === 'before') alarm.ring(Date.now() + 60_000);
    sleep();
    if (when === 'while') alarm.ring(Date.now() + 60_000);
    await jest.advanceTimersByTimeAsync(IDLE_MS + 10);
    expect(awake).toBe(true);
  });
});
