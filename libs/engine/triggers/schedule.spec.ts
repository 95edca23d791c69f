import { describe, expect, it } from '@jest/globals';
import { nextTime, type ScheduleTrigger } from '@millrace/flow';
import fc from 'fast-check';
import { LONGEST_LINE, scheduleTurn, timingOf, type ScheduleState } from './schedule.js';

const START = Date.UTC(2025, 2, 29);

const triggers = fc.record<ScheduleTrigger>({
  type: fc.constant('schedule'),
  cron: fc.constantFrom('* * * * * *', '*/7 * * * *', '30 2 * * *', '0 9 * * 1-5'),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
  overlap: fc.constantFrom('skip', 'queue', 'allow'),
  catchUp: fc.constantFrom('none', 'latest', 'all'),
});

/** How long a process is away before each of its looks, in seconds or in units of 20 minutes, and what it finds. */
const looks = fc.array(
  fc.record({
    away: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 0, max: 200 })),
    paused: fc.boolean(),
    busy: fc.boolean(),
  }),
  { maxLength: 6 },
);

function everyTime(trigger: ScheduleTrigger, from: number, to: number): number[] {
  const times: number[] = [];
  for (let time = nextTime(trigger, from); time !== undefined && time <= to; time = nextTime(trigger, time)) times.push(time);
  return times;
}

describe('a turn of a schedule', () => {
  it('puts each time into exactly one place, in order, over any number of looks', () => {
    fc.assert(
      fc.property(triggers, looks, (trigger, all) => {
        const unit = trigger.cron === '* * * * * *' ? 1_000 : 20 * 60_000;
        let now = START;
        let state: ScheduleState = { next: nextTime(trigger, now), waiting: [] };
        const settled: number[] = [];
        const started: number[] = [];
        for (const { away, paused, busy } of all) {
          now += Math.floor(away * unit);
          const turn = scheduleTurn(trigger, state, { now, paused, busy });
          started.push(...turn.start);
          settled.push(...turn.start, ...turn.leftOut.map(({ at }) => at));
          expect(turn.waiting.length).toBeLessThanOrEqual(LONGEST_LINE);
          expect(turn.next).toBeGreaterThan(now);
          if (trigger.overlap !== 'allow') expect(turn.start.length).toBeLessThanOrEqual(busy ? 0 : 1);
          state = turn;
        }
        const placed = [...settled, ...state.waiting].sort((a, b) => a - b);
        expect(new Set(placed).size).toBe(placed.length);
        expect(started).toEqual([...started].sort((a, b) => a - b));
        const due = everyTime(trigger, START, now);
        const looked = new Set(placed);
        // Of a long downtime only the newest times are looked at: what is in no place lies before a time that is.
        const unseen = due.filter((time) => !looked.has(time));
        if (unseen.length > 0) expect(due.length).toBeGreaterThan(LONGEST_LINE);
        expect(placed.every((time) => due.includes(time))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('does nothing before the time', () => {
    const state = { next: START + 1_000, waiting: [] };
    const turn = scheduleTurn({ type: 'schedule', every: '1h' }, state, { now: START, paused: false, busy: false });
    expect(turn).toEqual({ ...state, start: [], leftOut: [] });
  });

  it('keeps a hundred times in line and leaves out the rest, saying so', () => {
    const waiting = Array.from({ length: LONGEST_LINE }, (_, index) => START - (LONGEST_LINE - index) * 1_000);
    const trigger = { type: 'schedule', every: '1s', overlap: 'queue' } as const;
    const turn = scheduleTurn(trigger, { next: START, waiting }, { now: START, paused: false, busy: true });
    expect(turn).toMatchObject({ start: [], waiting, leftOut: [{ at: START, because: 'queue-full' }] });
  });
});

it('the timing of a schedule changes with its times alone', () => {
  const cron = { type: 'schedule', cron: '0 9 * * *' } as const;
  expect(timingOf({ ...cron, overlap: 'allow', catchUp: 'all' })).toBe(timingOf(cron));
  expect(timingOf({ ...cron, timezone: 'Europe/Berlin' })).not.toBe(timingOf(cron));
});
