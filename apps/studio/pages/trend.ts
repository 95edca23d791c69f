/** A line of one number over time. */
export interface Trend {
  /** Pieces of the line, from 0 (the beginning, and the least) to 1; it is broken where nothing is known. */
  readonly lines: readonly (readonly Point[])[];
  /** The highest it was, in words. */
  readonly words: string;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Timed {
  readonly at: string;
}

/** Longer than that between two values, and nobody knows what was in between. */
const GAP_MS = 65 * 60_000;

/** Makes lines of values between two times (milliseconds since the epoch); of fewer than two values there is none. */
export function trendOf<T extends Timed>(
  from: number,
  to: number,
  timed: readonly T[],
): (value: (one: T) => number | null, words: (value: number) => string) => Trend | undefined {
  return (valueOf, words) => {
    const known = timed.flatMap((one) => {
      const [at, value] = [Date.parse(one.at), valueOf(one)];
      return value === null || at < from ? [] : [{ at: Math.min(at, to), value }];
    });
    if (known.length < 2) return undefined;
    const most = Math.max(...known.map(({ value }) => value));
    const point = ({ at, value }: (typeof known)[number]): Point => ({ x: (at - from) / (to - from), y: most === 0 ? 0 : value / most });
    const lines: Point[][] = [];
    known.forEach((one, index) => {
      const before = known[index - 1];
      if (before && one.at - before.at <= GAP_MS) lines.at(-1)!.push(point(one));
      else lines.push([point(one)]);
    });
    return { lines, words: `at most ${words(most)} in 24 hours` };
  };
}
