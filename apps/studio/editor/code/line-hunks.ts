/** Lines `from` to `to` of the one list became `fromOther` to `toOther` of the other. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly fromOther: number;
  readonly toOther: number;
}

/** More differences than this are not looked for: the lists then count as different from the first to the last of them. */
const MOST = 300;

/** A line of the one list that is also one of the other. */
type Match = readonly [number, number];

/** Where two lists of lines differ, with the fewest lines changed (E. Myers, An O(ND) Difference Algorithm, 1986). */
export function lineHunks(one: readonly string[], other: readonly string[]): Hunk[] {
  const matches = [...matchesOf(one, other), [one.length, other.length] as const];
  let [from, fromOther] = [0, 0];
  return matches.flatMap(([at, atOther]) => {
    const hunk = { from, to: at, fromOther, toOther: atOther };
    [from, fromOther] = [at + 1, atOther + 1];
    return hunk.to > hunk.from || hunk.toOther > hunk.fromOther ? [hunk] : [];
  });
}

function matchesOf(one: readonly string[], other: readonly string[]): Match[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let steps = 0; steps <= Math.min(MOST, one.length + other.length); steps += 1) {
    trace.push(furthest);
    const next = new Map<number, number>();
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = begin(furthest, diagonal, steps);
      while (x < one.length && x - diagonal < other.length && one[x] === other[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= one.length && x - diagonal >= other.length) return walkBack(trace, one.length, other.length);
    }
    furthest = next;
  }
  return [];
}

function isDown(furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): boolean {
  return diagonal === -steps || (diagonal !== steps && (furthest.get(diagonal - 1) ?? 0) < (furthest.get(diagonal + 1) ?? 0));
}

function begin(furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): number {
  return isDown(furthest, diagonal, steps) ? (furthest.get(diagonal + 1) ?? 0) : (furthest.get(diagonal - 1) ?? 0) + 1;
}

function walkBack(trace: readonly ReadonlyMap<number, number>[], length: number, otherLength: number): Match[] {
  const matches: Match[] = [];
  let [x, y] = [length, otherLength];
  for (let steps = trace.length - 1; steps >= 0; steps -= 1) {
    const diagonal = x - y;
    const start = begin(trace[steps]!, diagonal, steps);
    for (; x > start; x -= 1, y -= 1) matches.push([x - 1, y - 1]);
    const down = isDown(trace[steps]!, diagonal, steps);
    [x, y] = down ? [x, y - 1] : [x - 1, y];
  }
  return matches.reverse();
}
