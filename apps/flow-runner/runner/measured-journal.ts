import type { ClaimedRun, Clock, Entry, Journal, RunEnd } from '@millrace/engine';
import type { Metrics } from '@millrace/telemetry';

type Counts = Pick<Metrics, 'attempted' | 'ended'>;

/** What the journal says of an attempt that is over. */
const OVER: ReadonlySet<string> = new Set(['succeeded', 'retrying', 'failed']);

/** Counts attempts and ends once they are committed, so that nothing is counted that a crash takes back. Tests and rehearsals do not count. */
export function measuredJournal(journal: Journal, counts: Counts, clock: Pick<Clock, 'now'>): Journal {
  const counted = async (run: ClaimedRun, { rows }: Entry, write: Promise<boolean>, end?: RunEnd): Promise<boolean> => {
    const kept = await write;
    if (!kept || run.test || run.dry) return kept;
    for (const { kind, status, startedAt, finishedAt } of rows)
      if (kind === 'use' && OVER.has(status)) counts.attempted(run.flowId, status, finishedAt - startedAt);
    if (end) counts.ended(run.flowId, end, clock.now() - run.startedAt);
    return kept;
  };
  return {
    record: (run, entry) => counted(run, entry, journal.record(run, entry)),
    suspend: (run, entry, resumeAt) => counted(run, entry, journal.suspend(run, entry, resumeAt)),
    finish: (run, entry, result) => counted(run, entry, journal.finish(run, entry, result), result.status),
    items: (run, path, index) => journal.items(run, path, index),
  };
}
