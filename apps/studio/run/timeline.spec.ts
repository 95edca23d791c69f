import { timeScale } from './timeline.js';

describe('the scale of a timeline', () => {
  it('spreads what is busy over the width', () => {
    const { at, breaks } = timeScale([
      { from: 1_000, to: 1_500 },
      { from: 1_500, to: 2_000 },
    ]);
    expect([at(1_000), at(1_500), at(2_000), breaks]).toEqual([0, 0.5, 1, []]);
  });

  it('shows ten idle minutes as a mark that says so, and keeps the order', () => {
    const { at, breaks } = timeScale([
      { from: 0, to: 1_000 },
      { from: 601_000, to: 602_000 },
    ]);
    expect(breaks).toEqual([{ at: 0.5, ms: 600_000 }]);
    expect(at(1_000)).toBeGreaterThan(0.4);
    expect(at(601_000) - at(1_000)).toBeLessThan(0.05);
    expect(at(300_000)).toBeGreaterThan(at(1_000));
    expect(at(602_000)).toBeCloseTo(1);
  });

  it('leaves room for work however many breaks there are', () => {
    const { at } = timeScale(Array.from({ length: 50 }, (_, n) => ({ from: n * 10_000, to: n * 10_000 + 1_000 })));
    expect(at(1_000)).toBeGreaterThan(0.005);
  });

  it('survives a run without any time', () => {
    const { at } = timeScale([{ from: 5, to: 5 }]);
    expect([at(5), timeScale([]).at(5)]).toEqual([0, expect.any(Number)]);
  });
});
