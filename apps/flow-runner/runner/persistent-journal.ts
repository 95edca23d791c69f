import type { ClaimedRun, Journal } from '@millrace/engine';
import type { Outage } from './outage.js';
import { persistently } from './persistently.js';

/**
 * Writes again while the database is away, as long as the claim may still be ours: an effect that has happened is
 * worth waiting for, since without its journal row it would happen twice. Every transition is a compare-and-set,
 * so that writing again after an unseen commit changes nothing and reports the claim as lost.
 */
export function persistentJournal(journal: Journal, outage: Outage, stillOurs: (run: ClaimedRun) => boolean): Journal {
  const persist = <T>(run: ClaimedRun, write: () => Promise<T>): Promise<T> =>
    persistently(write, {
      isFinal: (error) => !stillOurs(run) || isRefusedData(error),
      outage,
    });
  return {
    record: (run, entry) => persist(run, () => journal.record(run, entry)),
    suspend: (run, entry, resumeAt) => persist(run, () => journal.suspend(run, entry, resumeAt)),
    finish: (run, entry, result) => persist(run, () => journal.finish(run, entry, result)),
    items: (run, path, index) => persist(run, () => journal.items(run, path, index)),
  };
}

/** What will be refused again: rows that Postgres (SQLSTATE classes 21 to 23) or our own encoding does not take. */
function isRefusedData(error: unknown): boolean {
  return error instanceof TypeError || /^2[123]/.test((error as { code?: string }).code ?? '');
}
