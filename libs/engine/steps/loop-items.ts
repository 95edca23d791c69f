import type { Json } from '@millrace/component-sdk';
import type { PlannedForEach, PlannedRepeat } from '../plan.js';
import type { ErrorRecord, RunScope, StepRow } from '../records.js';
import { bytesOf } from '../size.js';
import type { Halt } from '../strands.js';
import { Trail } from '../trail.js';
import { KeptItems } from './kept-items.js';
import { Cursor } from './loop-cursor.js';
import { NEXT, type StepSignal, type Walk } from './step.js';

type LoopStep = Pick<PlannedForEach | PlannedRepeat, 'steps' | 'resumable' | 'sampled'>;

/** How walking one item came out: its steps' signal, and what its row says but for how it ended. */
export interface WalkedItem {
  readonly signal: StepSignal;
  readonly row: Omit<StepRow, 'status'>;
  readonly trail: Trail;
  /** Where its steps were walked: what they gave is seen there. */
  readonly inner: Walk;
}

/**
 * The items of one loop, as its journal has them: each runs the loop's steps at paths of its own and ends as one row that holds
 * its output, and the cursor says how far the loop has come.
 */
export class LoopItems {
  readonly cursor: Cursor;
  private readonly kept: KeptItems;
  private readonly outputs = new Map<number, Json>();

  constructor(
    private readonly step: LoopStep,
    private readonly walk: Walk,
    private readonly loop: StepRow,
  ) {
    this.cursor = new Cursor(`${loop.path}[]`, walk.row(`${loop.path}[]`));
    this.kept = new KeptItems(this.cursor.kept, walk.limits.keptItems);
  }

  prefix(index: number): string {
    return `${this.loop.path}[${index}].`;
  }

  /** Whether anything of an item that is not finished is journalled. */
  hasBegun(index: number): boolean {
    return this.walk.trail(this.prefix(index)) !== undefined;
  }

  async walkItem(index: number, names: Partial<RunScope>, halt?: Halt): Promise<WalkedItem> {
    const path = `${this.loop.path}[${index}]`;
    // An item that waited began in an earlier slice; one that nothing is known of began with the loop, or with the run that goes on with it.
    const startedAt = this.cursor.beganAt(index) ?? Math.max(this.loop.startedAt, this.walk.run.startedAt);
    const trail = this.walk.trail(this.prefix(index)) ?? new Trail();
    const inner = this.walk.inner({
      prefix: this.prefix(index),
      ...(halt && { halt }),
      trail,
      now: this.cursor.beganAt(index),
      scope: { ...names, index, ...this.resume(index) },
    });
    const signal = await inner.list(this.step.steps);
    return { signal, row: { path, attempt: 1, kind: 'item', startedAt, finishedAt: this.walk.clock.now() }, trail, inner };
  }

  /**
   * One indivisible change of what is to be written: the item's row, the drops of what it stands for (unless it is one of those
   * that can be looked into), and the cursor, which lets the item `next` begin.
   */
  finished(index: number, row: StepRow, trail: Trail, next: number | undefined): void {
    this.outputs.set(index, row.output ?? null);
    if (this.step.sampled || this.kept.takes(trail)) this.walk.leaveBehind(trail);
    else this.walk.drop(trail);
    this.walk.note(row);
    const inside = { steps: trail.steps, bytes: trail.bytes + bytesOf(row), kept: this.kept.soFar };
    this.walk.note(this.cursor.advance(index, next, row.finishedAt, inside));
  }

  /** The outputs of the first so many items, in order. What earlier slices finished is read back once, at the end. */
  async first(count: number): Promise<Json[]> {
    if (this.outputs.size < count) this.remember(await this.walk.items(this.loop.path));
    return Array.from({ length: count }, (_, index) => this.outputs.get(index) ?? null);
  }

  /** What one finished item gave. */
  async outputOf(index: number): Promise<Json> {
    if (!this.outputs.has(index)) this.remember(await this.walk.items(this.loop.path, index));
    return this.outputs.get(index) ?? null;
  }

  private remember(rows: readonly StepRow[]): void {
    for (const { path, output } of rows) this.outputs.set(Number(path.slice(this.loop.path.length + 1, -1)), output ?? null);
  }

  /** What resumes the waits of this item; the others around stay as they are. */
  private resume(index: number): { readonly resume?: RunScope['resume'] } {
    if (this.step.resumable.length === 0) return {};
    const { resumptions, run, scope } = this.walk;
    const own = this.step.resumable.map((id) => [id, { url: resumptions.url(run.id, this.prefix(index) + id) }]);
    return { resume: { ...scope.resume, ...(Object.fromEntries(own) as RunScope['resume']) } };
  }
}

/** A loop that came to its end: its row says what it gave. */
export function loopSucceeded(id: string, loop: StepRow, walk: Walk, output: Json[]): StepSignal {
  walk.note({ ...loop, status: 'succeeded', finishedAt: walk.clock.now(), output });
  return loopGave(id, walk, output);
}

export function loopFailed(loop: StepRow, walk: Walk, error: ErrorRecord): StepSignal {
  walk.note({ ...loop, status: 'failed', finishedAt: walk.clock.now(), output: undefined, error });
  return { kind: 'failed', error };
}

/** What a loop gave is seen by the steps behind it. */
export function loopGave(id: string, walk: Walk, output: readonly Json[]): StepSignal {
  walk.scope.steps[id] = output;
  return NEXT;
}
