/** A step as a run did it. */
export interface DoneStep {
  /** Where in the run: `each[3].notify`. */
  readonly path: string;
  /** In UTC, as `toISOString` writes it: such times are in order as texts. */
  readonly startedAt: string;
}

/**
 * Steps of a run in order of time, and in the order of the flow where they began in the same millisecond: a loop before its
 * items, items by their number. What was done in an item stands with it, however many were in work at a time. `ids` are those of the
 * flow that the run followed, depth first; steps that it does not have come last.
 */
export function inRunOrder<T extends DoneStep>(steps: readonly T[], ids: readonly string[]): T[] {
  return arranged(steps, 0, new Map(ids.map((id, index) => [id, index])));
}

/** A step, or the item of a loop with all that was done in it. */
interface Entry<T> {
  readonly path: string;
  startedAt: string;
  readonly steps: T[];
}

/** The paths of the steps are the same up to `from`. */
function arranged<T extends DoneStep>(steps: readonly T[], from: number, places: ReadonlyMap<string, number>): T[] {
  const placeOf = ({ path }: DoneStep): number => places.get(stepIdOf(path)) ?? places.size;
  return entriesOf(steps, from)
    .sort((a, b) => byText(a.startedAt, b.startedAt) || placeOf(a) - placeOf(b) || BY_NUMBER.compare(a.path, b.path))
    .flatMap(({ path, steps: all }) => (all.length === 1 ? all : withItem(path, all, places)));
}

function entriesOf<T extends DoneStep>(steps: readonly T[], from: number): Entry<T>[] {
  const entries = new Map<string, Entry<T>>();
  for (const step of steps) {
    const end = step.path.indexOf(']', from);
    const path = end < 0 ? step.path : step.path.slice(0, end + 1);
    const entry = entries.get(path);
    entry?.steps.push(step);
    if (!entry) entries.set(path, { path, startedAt: step.startedAt, steps: [step] });
    else if (step.startedAt < entry.startedAt) entry.startedAt = step.startedAt;
  }
  return [...entries.values()];
}

/** The row of the item itself comes first. */
function withItem<T extends DoneStep>(item: string, steps: readonly T[], places: ReadonlyMap<string, number>): T[] {
  const own = steps.filter(({ path }) => path === item);
  const inside = steps.filter(({ path }) => path !== item);
  return [...own, ...(inside.length > 0 ? arranged(inside, item.length, places) : [])];
}

/** The id of the step at a path: `each[3].notify` is `notify`, `each[3]` is `each`, `both~2`, a later attempt, is `both`. */
export function stepIdOf(path: string): string {
  return (path.split('.').at(-1) ?? path).replace(/(~\d+)?(\[\d+\])?$/, '');
}

/** Whether a path is of a step inside an item of a loop. */
export function isInItem(path: string): boolean {
  return path.includes('].');
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
