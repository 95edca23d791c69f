import { Inject, Injectable } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { readStanding } from '@millrace/postgres';

/**
 * What the database knows of all processes together, for `/metrics` of the process that has the control API: one of
 * many gives it, so that sums are right.
 */
@Injectable()
export class StoredGauges {
  constructor(@Inject(PLATFORM) { metrics, database: { pool } }: Platform) {
    const up = metrics.gauge('millrace_database_up', 'Whether the database answered this reading.');
    const runs = metrics.gauge(
      'millrace_runs',
      'Active runs by status: queued (a runner may take it), running, waiting, held (its flow is paused), behind (others of its lane), paced (by a rate).',
      'status',
    );
    const due = metrics.gauge('millrace_oldest_due_seconds', 'How long the run that waits longest for a runner has been due.');
    const letters = metrics.gauge('millrace_dead_letters', 'Failed runs that nobody has seen to.');
    const collections = metrics.gauge('millrace_open_collections', 'Collections of events (debounce, batch) whose run has not begun.');
    const emitted = metrics.gauge('millrace_undelivered_events', 'Emitted events that have not reached their flows yet.');
    metrics.whenRead(async () => {
      up.set(0);
      const standing = await readStanding(pool);
      up.set(1);
      runs.clear();
      for (const [status, count] of Object.entries(standing.runs)) runs.set(count, status);
      due.set(standing.oldestDueSeconds);
      letters.set(standing.deadLetters);
      collections.set(standing.openCollections);
      emitted.set(standing.undelivered);
    });
  }
}
