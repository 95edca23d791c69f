import { drawnOf, timeScale } from './timeline.js';

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

describe('the rows of a timeline', () => {
  const row = (path: string, kind = 'use', status = 'succeeded'): Parameters<typeof drawnOf>[0][number] =>
    ({ path, kind, status }) as Parameters<typeof drawnOf>[0][number];
  const items = (count: number, failed: number): ReturnType<typeof row>[] =>
    Array.from({ length: count }, (_, n) => [row(`each[${n}]`, 'item', n === failed ? 'failed' : 'succeeded'), row(`each[${n}].a`)]).flat();
  const paths = (rows: ReturnType<typeof drawnOf>): string[] => rows.map(({ path }) => path);

  it('are all of them where they are few', () => {
    expect(drawnOf(items(2, 0), 4)).toHaveLength(4);
  });

  it('leave out what was done in items before what follows the loop, and items that failed last', () => {
    const steps = [row('each', 'forEach'), ...items(10, 8), row('after')];
    expect(paths(drawnOf(steps, 12))).toEqual(['each', ...Array.from({ length: 10 }, (_, n) => `each[${n}]`), 'after']);
    expect(paths(drawnOf(steps, 5))).toEqual(['each', 'each[0]', 'each[1]', 'each[8]', 'after']);
  });
});
