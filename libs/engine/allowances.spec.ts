import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allow, charge, decideUses, hold, UNUSED, type RateState, type UseRate } from './allowances.js';

const START = Date.UTC(2026, 0, 1);

const rates = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 400 })),
  perMs: fc.integer({ min: 100, max: 20_000 }),
});
/** Milliseconds until the next arrival; many come at once. */
const arrivals = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3_000 })), {
  minLength: 1,
  maxLength: 150,
});

interface Step {
  readonly arrivedAt: number;
  begunAt?: number;
  asked: number;
}

/** Steps that arrive, ask, wait as they are told, `late` by what chance says, and ask again until they may begin. */
function lived(rate: UseRate, gaps: readonly number[], late: (step: number, time: number) => number): { steps: Step[]; state: RateState } {
  let time = START;
  const steps: Step[] = gaps.map((gap) => ({ arrivedAt: (time += gap), asked: 0 }));
  const due = steps.map((step, index) => ({ at: step.arrivedAt, index }));
  let state = UNUSED;
  while (due.length > 0) {
    due.sort((a, b) => a.at - b.at || a.index - b.index);
    const { at, index } = due.shift()!;
    const step = steps[index]!;
    const decided = allow(state, rate, [{ waited: step.asked > 0 }], at);
    state = decided.state;
    step.asked += 1;
    if (step.asked > 1_000) throw new Error('a step never gets its turn');
    const { waitMs } = decided.allowances[0]!;
    if (waitMs === 0) step.begunAt = at;
    else due.push({ at: at + waitMs + late(index, at), index });
  }
  return { steps, state };
}

/** The most uses within any `perMs`. */
function densest(times: readonly number[], { perMs }: UseRate): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(...sorted.map((from, index) => sorted.slice(index).filter((time) => time < from + perMs).length));
}

const begun = (steps: readonly Step[]): number[] => steps.map(({ begunAt }) => begunAt!);

describe('a rate', () => {
  it('is kept within any of its periods, however steps arrive and however late they wake, and each step gets its turn', () => {
    fc.assert(
      fc.property(rates, arrivals, fc.func(fc.integer({ min: 0, max: 5_000 })), (rate, gaps, late) => {
        expect(densest(begun(lived(rate, gaps, late).steps), rate)).toBeLessThanOrEqual(rate.limit);
      }),
    );
  });

  it('costs nobody more than a few waits, and keeps the order of arrival to within a period, where all wake in time', () => {
    fc.assert(
      fc.property(rates, arrivals, (rate, gaps) => {
        const { steps } = lived(rate, gaps, () => 0);
        const times = begun(steps);
        // Who comes a moment before there is room may be passed by the next in line, never by one of a later period.
        times.forEach((time, index) => expect(time).toBeGreaterThanOrEqual(Math.max(...times.slice(0, index + 1)) - rate.perMs));
        // When a place in line is free is a guess of the moment it is given: whoever finds it taken comes back, twice at the most.
        for (const { asked } of steps) expect(asked).toBeLessThanOrEqual(4);
      }),
      { examples: [[{ limit: 4, perMs: 100 }, [1, 76, 0, 0, 0, 0, 0, 0, 0, 0]]] },
    );
  });

  it('lets as many begin at once as it says, and is used up to the full', () => {
    const { steps } = lived(
      { limit: 10, perMs: 1_000 },
      Array.from({ length: 100 }, () => 0),
      () => 0,
    );
    expect(begun(steps).filter((time) => time === START)).toHaveLength(10);
    expect(Math.max(...begun(steps)) - START).toBeLessThanOrEqual(10_000);
  });

  it('keeps a small state, whatever the limit', () => {
    const { state } = lived(
      { limit: 100_000, perMs: 60_000 },
      Array.from({ length: 2_000 }, () => 7),
      () => 0,
    );
    expect(state.uses.length).toBeLessThanOrEqual(66);
  });

  it('does not let newcomers overtake those in line, but those who waited go first', () => {
    const rate = { limit: 1, perMs: 1_000 };
    const first = allow(UNUSED, rate, [{ waited: false }, { waited: false }, { waited: false }], START);
    expect(first.allowances).toEqual([{ waitMs: 0 }, { waitMs: 1_000 }, { waitMs: 2_000 }]);
    const later = allow(first.state, rate, [{ waited: false }, { waited: true }], START + 1_000);
    expect(later.allowances).toEqual([{ waitMs: 2_000 }, { waitMs: 0 }]);
  });

  it('counts what is charged without asking, and makes later steps wait for it', () => {
    const rate = { limit: 2, perMs: 1_000 };
    const charged = charge(UNUSED, rate, 5, START);
    expect(allow(charged, rate, [{ waited: false }], START + 500).allowances).toEqual([{ waitMs: 500 }]);
    expect(allow(charged, rate, [{ waited: false }], START + 1_000).allowances).toEqual([{ waitMs: 0 }]);
  });

  it('is held until the time that the other side named, the latest of them, and then comes back spread out', () => {
    const rate = { limit: 2, perMs: 1_000 };
    const held = hold(hold(UNUSED, START + 5_000), START + 3_000);
    expect(allow(held, rate, [{ waited: false }, { waited: false }], START).allowances).toEqual([{ waitMs: 5_000 }, { waitMs: 5_500 }]);
    const together = decideUses(
      UNUSED,
      rate,
      [
        { kind: 'take', waited: false },
        { kind: 'hold', forMs: 100 },
      ],
      START,
    );
    expect(together.allowances).toEqual([{ waitMs: 100 }, { waitMs: 0 }]);
  });

  it('does not forget uses when a clock is behind', () => {
    const rate = { limit: 1, perMs: 1_000 };
    const { state } = allow(UNUSED, rate, [{ waited: false }], START);
    expect(allow(state, rate, [{ waited: false }], START - 900_000).allowances).toEqual([{ waitMs: 1_000 }]);
  });
});
