import type { Json } from '@millrace/component-sdk';
import type { StepRow } from '../records.js';
import { itemsAround } from '../trail.js';
import type { KeptCounts } from './kept-items.js';

type Range = readonly [first: number, last: number];

interface CursorOutput {
  readonly done: readonly Range[];
  /** By index of an item in work: the time it began with. Those that began with the loop are left out. */
  readonly begun: Readonly<Record<string, number>>;
  readonly steps: number;
  /** What they take of the journal. */
  readonly bytes: number;
  /** No item follows, though nothing else says how many there are. */
  readonly over?: true;
  /** Of which the rows inside stay. */
  readonly kept?: KeptCounts;
}

/** What an item that is finished adds, itself not included, and which items keep their rows now. */
interface Inside {
  readonly steps: number;
  readonly bytes: number;
  readonly kept: KeptCounts;
}

/**
 * How far a loop has come: which items are finished, as ranges (short however long the loop, for the gaps are the items
 * in work), and what time it was for the items in work when they began.
 */
export class Cursor {
  private readonly ranges: Range[];
  private readonly begun: Map<number, number>;
  /** What was journalled inside finished items, themselves included. */
  private steps: number;
  private bytes: number;
  private over: boolean;
  /** How many finished items keep their rows. */
  readonly kept: KeptCounts;

  constructor(
    private readonly path: string,
    row: StepRow | undefined,
  ) {
    const {
      done = [],
      begun = {},
      steps = 0,
      bytes = 0,
      over = false,
      kept = {},
    } = (row?.output ?? {}) as unknown as Partial<CursorOutput>;
    this.ranges = [...done];
    this.begun = new Map(Object.entries(begun).map(([index, time]) => [Number(index), time]));
    this.steps = steps;
    this.bytes = bytes;
    this.over = over;
    this.kept = kept;
  }

  get count(): number {
    return this.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    return this.ranges.some(([first, last]) => index >= first && index <= last);
  }

  beganAt(index: number): number | undefined {
    return this.begun.get(index);
  }

  /** Whether the loop has decided that no item follows. */
  get isOver(): boolean {
    return this.over;
  }

  /** No item follows the one that is finished next; written down with that. */
  end(): void {
    this.over = true;
  }

  /** One item is finished, with so many steps and bytes inside; the next one, if there is one, begins where it ended. */
  advance(index: number, next: number | undefined, at: number, inside: Inside): StepRow {
    this.add(index);
    this.begun.delete(index);
    if (next !== undefined && !this.begun.has(next)) this.begun.set(next, at);
    this.steps += inside.steps + 1;
    this.bytes += inside.bytes;
    const output: CursorOutput = {
      done: [...this.ranges],
      begun: Object.fromEntries(this.begun),
      steps: this.steps,
      bytes: this.bytes,
      ...(this.over && { over: true }),
      kept: inside.kept,
    };
    const row = { path: this.path, attempt: 1, kind: 'cursor', status: 'succeeded', startedAt: at, finishedAt: at } as const;
    return { ...row, output: output as unknown as Json };
  }

  private add(index: number): void {
    const at = this.ranges.findIndex(([first]) => first > index);
    const place = at < 0 ? this.ranges.length : at;
    this.ranges.splice(place, 0, [index, index]);
    this.merge(place);
    this.merge(place - 1);
  }

  /** Joins a range with its right neighbour where they touch. */
  private merge(place: number): void {
    const [left, right] = [this.ranges[place], this.ranges[place + 1]];
    if (left && right && left[1] + 1 === right[0]) this.ranges.splice(place, 2, [left[0], right[1]]);
  }
}

/** Tells of rows that were kept of finished items: the cursors of their loops count them already. */
export function keptAmong(rows: readonly StepRow[]): (row: StepRow) => boolean {
  const cursors = new Map(rows.filter(({ kind }) => kind === 'cursor').map((row) => [row.path.slice(0, -1), new Cursor(row.path, row)]));
  if (cursors.size === 0) return () => false;
  return ({ path }) =>
    itemsAround(path).some((item) => {
      const begin = item.lastIndexOf('[') + 1;
      return cursors.get(item.slice(0, begin))?.has(Number(item.slice(begin, -2))) ?? false;
    });
}

/** The indexes that a cursor's row calls finished. */
export function doneIn({ output }: StepRow): number[] {
  const { done } = output as unknown as CursorOutput;
  return done.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, offset) => first + offset));
}

/** The cursor of a loop of which the items from `first` to `last` are to be done again. What was spent on them stays counted. */
export function reopened(cursor: StepRow, first: number, last: number): StepRow {
  const { done, steps, bytes, kept } = cursor.output as unknown as CursorOutput;
  const left = done.flatMap(([from, to]): Range[] => {
    const parts: Range[] = [
      [from, Math.min(to, first - 1)],
      [Math.max(from, last + 1), to],
    ];
    return parts.filter(([start, end]) => start <= end);
  });
  return { ...cursor, output: { done: left, begun: {}, steps, bytes, ...(kept && { kept }) } as unknown as Json };
}
