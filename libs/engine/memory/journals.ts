import type { Entry } from '../ports.js';
import type { StepRow } from '../records.js';
import { keyOf } from '../trail.js';

/** The journals of runs. What comes out is a copy. */
export class MemoryJournals {
  private readonly byRun = new Map<string, Map<string, StepRow>>();

  write(runId: string, { rows, drops }: Entry): void {
    const journal = this.byRun.get(runId) ?? new Map<string, StepRow>();
    this.byRun.set(runId, journal);
    for (const key of drops) journal.delete(keyOf(key));
    for (const row of rows) journal.set(keyOf(row), structuredClone(row));
  }

  /** In the order in which rows were first written. */
  rows(runId: string): StepRow[] {
    return structuredClone([...(this.byRun.get(runId)?.values() ?? [])]);
  }

  /** The finished items of one loop, or one of them. */
  items(runId: string, path: string, index?: number): StepRow[] {
    const isWanted = (place: string): boolean => (index === undefined ? /^\[\d+\]$/.test(place) : place === `[${index}]`);
    return this.rows(runId).filter(
      (row) => row.kind === 'item' && row.path.startsWith(`${path}[`) && isWanted(row.path.slice(path.length)),
    );
  }
}
