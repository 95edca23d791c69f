import { inRunOrder } from './run-order.js';

const IDS = ['vars', 'each', 'one', 'both', 'left', 'alarm'];

function ordered(steps: readonly (readonly [path: string, ms: number])[]): string[] {
  const done = steps.map(([path, ms]) => ({ path, startedAt: new Date(ms).toISOString() }));
  return inRunOrder(done, IDS).map(({ path }) => path);
}

describe('the steps of a run', () => {
  it('stand as the flow has them where they began at the same time, items by their number', () => {
    const steps = ['alarm', 'both~2', 'each[1]', 'each', 'left', 'each[10].one', 'each[10]', 'each[2].one', 'each[2]', 'gone', 'vars'];
    expect(ordered(steps.map((path) => [path, 5] as const))).toEqual([
      ...['vars', 'each', 'each[1]', 'each[2]', 'each[2].one', 'each[10]', 'each[10].one', 'both~2', 'left', 'alarm', 'gone'],
    ]);
  });

  it('stand with the item that they are in, though another one was in work beside it', () => {
    const steps = [
      ['each[1].left', 9],
      ['each[0]', 5],
      ['each[1].one[0].left', 8],
      ['each[0].left', 7],
      ['each[1]', 5],
      ['each[1].one[0]', 8],
      ['each', 5],
      ['each[0].one', 6],
      ['vars', 6],
    ] as const;
    expect(ordered(steps)).toEqual([
      ...['each', 'each[0]', 'each[0].one', 'each[0].left'],
      ...['each[1]', 'each[1].one[0]', 'each[1].one[0].left', 'each[1].left', 'vars'],
    ]);
  });

  it('stand by their time otherwise', () => {
    expect(
      ordered([
        ['left', 999],
        ['vars', 1_000],
        ['both', 8],
      ]),
    ).toEqual(['both', 'left', 'vars']);
  });
});
