import type { ClaimedRun, Journal } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';

const PAUSE_MS = 250;

/**
 * Writes again while the database is away, as long as the claim may still be ours: an effect that has happened is
 * worth waiting for, since without its journal row it would happen twice. Every transition is a compare-and-set,
 * so that writing again after an unseen commit changes nothing and reports the claim as lost.
 */
export function persistentJournal(journal: Journal, log: Log, stillOurs: (run: ClaimedRun) => boolean): Journal {
  const persist = async (run: ClaimedRun, write: () => Promise<boolean>): Promise<boolean> => {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!stillOurs(run) || isRefusedData(error)) throw error;
        log.warn({ runId: run.id, reason: (error as Error).message }, 'The journal cannot be written; trying again');
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  };
  return {
    record: (run, rows) => persist(run, () => journal.record(run, rows)),
    suspend: (run, rows, resumeAt) => persist(run, () => journal.suspend(run, rows, resumeAt)),
    finish: (run, rows, result) => persist(run, () => journal.finish(run, rows, result)),
  };
}

/** SQLSTATE class 22 or 23: the rows themselves are refused, and will be again. */
function isRefusedData(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}
