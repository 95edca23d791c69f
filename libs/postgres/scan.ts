/** A page of a list, newest first. */
export interface Found<T> {
  readonly items: T[];
  /** The `before` of the next page; null on the last one. */
  readonly next: string | null;
}

interface Identified {
  readonly id: string;
}

/** Asks for one more than wanted, which tells whether there is another page. */
export async function firstPage<T extends Identified>(limit: number, load: (limit: number) => Promise<readonly T[]>): Promise<Found<T>> {
  const found = await load(limit + 1);
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** A piece of history that is looked through. Ids begin with their time, so that they bound it. */
export interface Window {
  /** Exclusive; undefined: from the newest. */
  readonly before: string | undefined;
  /** Inclusive; undefined: to the oldest. */
  readonly downTo: string | undefined;
}

export interface Looked<T> {
  /** The newest first. */
  find(window: Window, limit: number): Promise<readonly T[]>;
  /** The id of the row that is `rows` further back, or nearer where the rows are large; undefined when the end comes first. */
  reach(before: string | undefined, rows: number): Promise<string | undefined>;
}

/** How long one page of a search may take, in milliseconds: no window is begun that would take longer, going by the one before. */
const BUDGET_MS = 150;
const FIRST_ROWS = 2_000;
/** No window holds more rows. */
export const MOST_ROWS = 32_000;
const QUICK_MS = 40;

/**
 * One page of a search that no index answers: looks through history window by window, the newest first, until the page is
 * full or the time is up. The page may then hold fewer than asked for, even none, and `next` says where to go on.
 */
export async function scan<T extends Identified>(
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
  { find, reach }: Looked<T>,
  budgetMs = BUDGET_MS,
): Promise<Found<T>> {
  const deadline = performance.now() + budgetMs;
  const items: T[] = [];
  let [from, rows] = [before, FIRST_ROWS];
  for (;;) {
    const began = performance.now();
    const downTo = await reach(from, rows);
    items.push(...(await find({ before: from, downTo }, limit - items.length)));
    if (items.length >= limit) return { items, next: items.at(-1)!.id };
    if (downTo === undefined) return { items, next: null };
    const now = performance.now();
    const took = now - began;
    if (now + took > deadline) return { items, next: downTo };
    if (took < QUICK_MS) rows = Math.min(rows * 2, MOST_ROWS);
    from = downTo;
  }
}
