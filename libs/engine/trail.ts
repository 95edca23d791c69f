import type { StepKey, StepRow } from './records.js';
import { bytesOf } from './size.js';

/**
 * The rows inside one item of a loop, at any depth: what is dropped when the item's own row says what they said. The
 * run's answer stays, for whoever awaits the run.
 */
export class Trail {
  private readonly byKey = new Map<string, StepKey>();
  /** What was journalled inside, rows that are dropped already included. */
  steps = 0;
  /** What of it counts towards the size of the journal. */
  bytes = 0;
  /** What happened inside is not told by what the item gives: something failed or was tried again. */
  isEventful = false;
  /** A request came that something inside waited for. */
  isAnswered = false;

  get keys(): ReadonlyMap<string, StepKey> {
    return this.byKey;
  }

  /** A row that is noted. What a cursor stands for was counted as it was noted. */
  note(row: StepRow, bytes: number): void {
    if (row.kind !== 'cursor') this.spend(1, bytes);
    this.hold(row);
  }

  /** A row that the journal has. */
  add(row: StepRow): void {
    this.spend(stepsOf(row), bytesOf(row));
    this.hold(row);
  }

  /** A row that is counted elsewhere. */
  hold(row: StepRow): void {
    this.isEventful ||= EVENTS.has(row.status);
    this.isAnswered ||= isAnswer(row);
    if (row.kind !== 'respond' || row.status !== 'succeeded') this.expect(row);
  }

  /** A row that the journal may have. */
  expect({ path, attempt }: StepKey): void {
    this.byKey.set(keyOf({ path, attempt }), { path, attempt });
  }

  /** What an item inside leaves behind goes with the item around it. */
  takeOver(inner: Trail): void {
    for (const key of inner.keys.values()) this.expect(key);
    this.count(inner);
  }

  /** What was journalled inside counts here too, dropped or not. */
  count({ steps, bytes, isEventful, isAnswered }: Trail): void {
    this.spend(steps, bytes);
    this.isEventful ||= isEventful;
    this.isAnswered ||= isAnswered;
  }

  private spend(steps: number, bytes: number): void {
    this.steps += steps;
    this.bytes += bytes;
  }
}

const EVENTS: ReadonlySet<StepRow['status']> = new Set(['failed', 'retrying']);

function isAnswer({ kind, status, output }: StepRow): boolean {
  return kind === 'wait' && status === 'succeeded' && !saysTime(output);
}

/** A wait for a time gives that time; one for a request gives what came. */
function saysTime(output: StepRow['output']): boolean {
  return typeof output === 'object' && output !== null && 'until' in output;
}

export function keyOf({ path, attempt }: StepKey): string {
  return `${path}#${attempt}`;
}

/** How many journalled steps a row stands for: a cursor for all of the items that its loop has finished. */
export function stepsOf({ kind, output }: StepRow): number {
  return kind === 'cursor' ? (output as { steps: number }).steps : 1;
}

/** `a[0].` and `a[0].b[1].` of `a[0].b[1].c`: the items that a row stands in, from the outermost inwards. */
export function itemsAround(path: string): string[] {
  const prefixes: string[] = [];
  for (let at = path.indexOf('].'); at >= 0; at = path.indexOf('].', at + 1)) prefixes.push(path.slice(0, at + 2));
  return prefixes;
}
