import type { Entry, Journal } from './ports.js';
import type { ClaimedRun, RunResult, StepKey, StepRow } from './records.js';

/**
 * What is journalled of a run, and what is about to be: one for all strands of a slice. Rows gather here until a step
 * that may have an effect follows them; strands that commit at the same time share a write.
 */
export class Progress {
  private readonly rows: Map<string, StepRow>;
  private pending: StepRow[] = [];
  private drops: StepKey[] = [];
  /** Steps with a row that may be written already, beside the one in hand. */
  private readonly marked = new Set<string>();
  /** Something happened in the world that the journal does not know yet. */
  private effects = false;
  private writing: Promise<boolean> | undefined;

  constructor(
    private readonly run: ClaimedRun,
    private readonly journal: Journal,
    rows: readonly StepRow[],
  ) {
    this.rows = new Map(rows.map((row) => [row.path, row]));
    for (const { path } of rows) this.marked.add(path);
  }

  /** The newest row of a step. */
  row(path: string): StepRow | undefined {
    return this.rows.get(path);
  }

  /** A row takes the place of one with its key: an entry names no row twice. */
  note(row: StepRow): void {
    const last = this.rows.get(row.path);
    if (last?.attempt === row.attempt) this.pending = this.pending.filter((noted) => noted !== last);
    this.pending.push(row);
    this.rows.set(row.path, row);
    if (row.status === 'started' || row.status === 'waiting') this.marked.add(row.path);
    if (HAS_EFFECTS.has(row.kind)) this.effects = true;
  }

  /** Takes rows out of the journal again: what they say is said by another row. */
  drop(rows: readonly StepRow[]): void {
    const dropped = new Set(rows);
    const unwritten = new Set(this.pending.filter((row) => dropped.has(row)));
    this.pending = this.pending.filter((row) => !unwritten.has(row));
    for (const row of dropped) {
      this.rows.delete(row.path);
      // What was never written needs no dropping; a `started` row under the same key may have been.
      if (!unwritten.has(row) || row.attempt > 1 || this.marked.delete(row.path)) this.drops.push(...keysUpTo(row));
    }
  }

  /** Commits what was noted if an effect is among it, or in any case with `force`. False: the claim is lost. */
  async commit(force = false): Promise<boolean> {
    while (this.writing) if (!(await this.writing)) return false;
    if (this.pending.length === 0 || !(this.effects || force)) return true;
    this.writing = this.journal.record(this.run, this.take());
    try {
      return await this.writing;
    } finally {
      this.writing = undefined;
    }
  }

  async suspend(resumeAt: number): Promise<boolean> {
    await this.writing;
    return this.journal.suspend(this.run, this.take(), resumeAt);
  }

  async finish(result: RunResult): Promise<boolean> {
    await this.writing;
    return this.journal.finish(this.run, this.take(), result);
  }

  private take(): Entry {
    const entry = { rows: this.pending, drops: this.drops };
    this.pending = [];
    this.drops = [];
    this.effects = false;
    return entry;
  }
}

const HAS_EFFECTS: ReadonlySet<string> = new Set(['use', 'call', 'item', 'respond']);

function keysUpTo({ path, attempt }: StepRow): StepKey[] {
  return Array.from({ length: attempt }, (_, index) => ({ path, attempt: index + 1 }));
}
