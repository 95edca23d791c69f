import { trendOf } from './trend.js';

const MINUTE = 60_000;
const at = (minute: number, value: number | null): { at: string; value: number | null } => ({
  at: new Date(minute * MINUTE).toISOString(),
  value,
});
const drawn = (...values: ReturnType<typeof at>[]): unknown => trendOf(0, 100 * MINUTE, values)(({ value }) => value, String);

it('lies between its times, and between nothing and the most there was', () => {
  expect(drawn(at(0, 2), at(50, 4), at(100, 0))).toEqual({
    lines: [
      [
        { x: 0, y: 0.5 },
        { x: 0.5, y: 1 },
        { x: 1, y: 0 },
      ],
    ],
    words: 'at most 4 in 24 hours',
  });
});

it('is broken where nothing is known for long, and goes over what is missing once', () => {
  expect(drawn(at(0, 1), at(10, null), at(20, 1), at(90, 1), at(100, 1))).toMatchObject({
    lines: [
      [{ x: 0 }, { x: 0.2 }],
      [{ x: 0.9 }, { x: 1 }],
    ],
  });
});

it('is flat where there was nothing, and is not drawn of less than two values', () => {
  expect(drawn(at(0, 0), at(10, 0))).toMatchObject({ lines: [[{ y: 0 }, { y: 0 }]] });
  expect(drawn(at(0, 1), at(10, null))).toBeUndefined();
});

it('leaves out what was before, and does not go beyond now', () => {
  expect(drawn(at(-10, 9), at(0, 1), at(120, 2))).toMatchObject({ words: 'at most 2 in 24 hours', lines: [[{ x: 0 }], [{ x: 1 }]] });
});
