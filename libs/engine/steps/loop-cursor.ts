import type { Json } from '@millrace/component-sdk';
import type { StepRow } from '../records.js';

type Range = [first: number, last: number];

/** Which items of a loop are finished, as ranges: short however long the loop, for the gaps are the items in work. */
export class Cursor {
  private constructor(private readonly ranges: Range[]) {}

  static from(row: StepRow | undefined): Cursor {
    return new Cursor(structuredClone((row?.output as { done: Range[] } | undefined)?.done ?? []));
  }

  get count(): number {
    return this.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    return this.ranges.some(([first, last]) => index >= first && index <= last);
  }

  add(index: number): void {
    const at = this.ranges.findIndex(([first]) => first > index);
    const place = at < 0 ? this.ranges.length : at;
    this.ranges.splice(place, 0, [index, index]);
    this.merge(place);
    this.merge(place - 1);
  }

  row(path: string, at: number): StepRow {
    const done = structuredClone(this.ranges) as Json;
    return { path, attempt: 1, kind: 'cursor', status: 'succeeded', startedAt: at, finishedAt: at, output: { done } };
  }

  /** Joins a range with its right neighbour where they touch. */
  private merge(place: number): void {
    const [left, right] = [this.ranges[place], this.ranges[place + 1]];
    if (left && right && left[1] + 1 === right[0]) this.ranges.splice(place, 2, [left[0], right[1]]);
  }
}
