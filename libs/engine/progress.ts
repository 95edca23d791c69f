import { isInItem } from '@millrace/flow';
import type { Entry, Journal } from './ports.js';
import type { ClaimedRun, RunResult, StepKey, StepRow } from './records.js';
import { doneIn, keptAmong } from './steps/loop-cursor.js';
import { bytesOf } from './size.js';
import { itemsAround, keyOf, stepsOf, Trail } from './trail.js';

/** So many rows are written although no effect is among them: an entry is one statement. */
const LARGE_ENTRY = 500;

/**
 * What is journalled of a run, and what is about to be: one for all strands of a slice. Rows gather here until a step
 * that may have an effect follows them; strands that commit at the same time share a write. Once a write was refused or
 * broke, nothing more is written, so that the journal never has a later row without an earlier one.
 */
export class Progress {
  private readonly rows = new Map<string, StepRow>();
  /** Keys of rows inside items that are written or may be: only those need to be dropped by name. */
  private readonly written = new Set<string>();
  private readonly trails = new Map<string, Trail>();
  /** What the journal stood for when this slice began. */
  readonly began = { steps: 0, bytes: 0 };
  private pending = new Map<string, StepRow>();
  private drops: StepKey[] = [];
  /** Something happened, or a moment was noted, that the journal does not know yet and that cannot be found out again. */
  private effects = false;
  private writing: Promise<boolean> | undefined;
  private lost = false;
  private broken: { readonly reason: unknown } | undefined;

  constructor(
    private readonly run: ClaimedRun,
    private readonly journal: Journal,
    rows: readonly StepRow[],
  ) {
    const isKept = keptAmong(rows);
    for (const row of rows) {
      this.rows.set(row.path, row);
      const kept = isKept(row);
      if (!kept) this.count(row);
      for (const prefix of itemsAround(row.path)) this.inside(prefix, row, kept);
    }
  }

  /** The newest row of a step. Items of loops have none here: their cursor says which are finished. */
  row(path: string): StepRow | undefined {
    return this.rows.get(path);
  }

  /** The rows that the journal has inside an item, to begin its trail with; undefined when it has none. */
  trail(prefix: string): Trail | undefined {
    return this.trails.get(prefix);
  }

  note(row: StepRow): void {
    const key = keyOf(row);
    this.pending.delete(key);
    this.pending.set(key, row);
    if (row.kind !== 'item') this.rows.set(row.path, row);
    if (counts(row)) this.effects = true;
  }

  /** Takes rows out of the journal again: what they say is said by another row. */
  drop(keys: ReadonlyMap<string, StepKey>): void {
    for (const [key, dropped] of keys) {
      this.pending.delete(key);
      this.rows.delete(dropped.path);
      if (this.written.delete(key)) this.drops.push(dropped);
    }
  }

  get isLarge(): boolean {
    return this.pending.size >= LARGE_ENTRY;
  }

  /** Commits what was noted if an effect is among it, or in any case with `force`. False: the claim is lost. */
  async commit(force = false): Promise<boolean> {
    await this.settled();
    if (this.lost) return false;
    if (this.pending.size === 0 || !(this.effects || force)) return true;
    return this.write(this.journal.record(this.run, this.take()));
  }

  async suspend(resumeAt: number): Promise<boolean> {
    await this.settled();
    return !this.lost && this.write(this.journal.suspend(this.run, this.take(), resumeAt));
  }

  async finish(result: RunResult): Promise<boolean> {
    await this.settled();
    return !this.lost && this.write(this.journal.finish(this.run, this.take(), result));
  }

  /** A port failed: from here on every write fails for the same reason. */
  breakOff(reason: unknown): void {
    this.broken ??= { reason };
  }

  /** Waits for the write in flight. */
  private async settled(): Promise<void> {
    while (this.writing) await this.writing.catch(() => undefined);
    if (this.broken) throw this.broken.reason;
  }

  private async write(writing: Promise<boolean>): Promise<boolean> {
    this.writing = writing;
    try {
      const kept = await writing;
      this.lost = !kept;
      return kept;
    } catch (reason) {
      this.breakOff(reason);
      throw reason;
    } finally {
      this.writing = undefined;
    }
  }

  private take(): Entry {
    const entry = { rows: [...this.pending.values()], drops: this.drops };
    for (const [key, { path }] of this.pending) if (isInItem(path)) this.written.add(key);
    this.pending = new Map();
    this.drops = [];
    this.effects = false;
    return entry;
  }

  private count(row: StepRow): void {
    this.began.steps += stepsOf(row);
    this.began.bytes += bytesOf(row);
  }

  /** Rows of items are not read back: those that a cursor names, and those that have rows inside, may be written. */
  private inside(prefix: string, row: StepRow, kept: boolean): void {
    const trail = this.trails.get(prefix) ?? new Trail();
    this.trails.set(prefix, trail);
    if (kept) trail.hold(row);
    else trail.add(row);
    const items = row.kind === 'cursor' ? doneIn(row).map((index) => `${row.path.slice(0, -1)}${index}]`) : [];
    const around = itemsAround(row.path).filter((item) => item.length > prefix.length);
    for (const path of [...items, ...around.map((item) => item.slice(0, -1))]) this.expect(trail, { path, attempt: 1 });
    this.written.add(keyOf(row));
  }

  private expect(trail: Trail, item: StepKey): void {
    trail.expect(item);
    this.written.add(keyOf(item));
  }
}

/** Rows that must be written before the next effect: what happened in the world, and what time it was for the steps after. */
const COUNTS: ReadonlySet<string> = new Set(['use', 'call', 'respond', 'cursor', 'timer']);
const MOVES_TIME: ReadonlySet<string> = new Set(['wait', 'forEach', 'repeat', 'parallel']);

function counts({ kind, status }: StepRow): boolean {
  return COUNTS.has(kind) || (MOVES_TIME.has(kind) && status === 'succeeded') || (kind === 'tries' && status !== 'started');
}
