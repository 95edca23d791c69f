/** A step as a run did it. */
export interface DoneStep {
  /** Where in the run: `each[3].notify`. */
  readonly path: string;
  /** In UTC, as `toISOString` writes it: such times are in order as texts. */
  readonly startedAt: string;
}

/**
 * Compares steps of a run: in order of time, and in the order of the flow where they began in the same millisecond: a loop
 * before its items, items by their number. `ids` are those of the flow that the run followed, depth first; steps that it
 * does not have come last.
 */
export function runOrder(ids: readonly string[]): (a: DoneStep, b: DoneStep) => number {
  const places = new Map(ids.map((id, index) => [id, index]));
  const placeOf = ({ path }: DoneStep): number => places.get(stepIdOf(path)) ?? places.size;
  return (a, b) => byText(a.startedAt, b.startedAt) || placeOf(a) - placeOf(b) || BY_NUMBER.compare(a.path, b.path);
}

/** The id of the step at a path: `each[3].notify` is `notify`, `each[3]` is `each`, `both~2`, a later attempt, is `both`. */
export function stepIdOf(path: string): string {
  return (path.split('.').at(-1) ?? path).replace(/(~\d+)?(\[\d+\])?$/, '');
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
