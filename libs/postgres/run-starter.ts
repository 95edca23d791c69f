import type { CallOutcome, EventRecord } from '@millrace/engine';
import type { Pool } from 'pg';
import { jsonBytes, parseJsonBytes } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import { BEGIN_RUN, OUTCOME } from './sql/begin.js';

/** A run to be started by something else than a request. */
export interface StartedRun {
  readonly id: string;
  readonly version: number;
  /** `held` waits until its flow is enabled again. */
  readonly status: 'queued' | 'held';
  /** The run whose step asked for it. */
  readonly parent?: string;
  /** The parent is woken by its end, and its output kept. */
  readonly awaited?: boolean;
  /** How many `call` steps stand above it. */
  readonly depth?: number;
  /** A rehearsal. */
  readonly dry?: boolean;
}

/** Runs that flows, schedules, emitted events and people start. */
export class PostgresRunStarter {
  constructor(private readonly pool: Pool) {}

  /** Commits event and run as one. False: this event was started from before, and nothing was changed. */
  async start(event: EventRecord, run: StartedRun): Promise<boolean> {
    const { id, flowId, receivedAt, body } = event;
    const { parent, awaited = false, depth = 0, dry = false } = run;
    const values = [
      id,
      flowId,
      receivedAt,
      jsonBytes(requestOf(event)),
      body,
      run.id,
      run.version,
      run.status,
      parent,
      awaited,
      depth,
      dry,
    ];
    const { rowCount } = await mendingPartitions(this.pool, () => this.pool.query({ name: 'begin-run', text: BEGIN_RUN, values }));
    return rowCount === 1;
  }

  /** How a run ended; undefined while it is active, or when there is none. */
  async outcome(runId: string): Promise<CallOutcome | undefined> {
    const { rows } = await this.pool.query<OutcomeRow>({ name: 'outcome', text: OUTCOME, values: [runId] });
    const [row] = rows;
    if (!row) return undefined;
    return {
      status: row.status,
      ...(row.error && { error: parseJsonBytes<NonNullable<CallOutcome['error']>>(row.error) }),
      ...(row.output && { output: parseJsonBytes<NonNullable<CallOutcome['output']>>(row.output) }),
    };
  }
}

interface OutcomeRow {
  readonly status: CallOutcome['status'];
  readonly error: Buffer | null;
  readonly output: Buffer | null;
}
