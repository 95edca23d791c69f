import type { CallOutcome, EventRecord, Lane, Priority } from '@millrace/engine';
import type { Pool } from 'pg';
import { laneValues } from './lanes.js';
import { jsonBytes, parseJsonBytes } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import { BEGIN_LANED_RUN, BEGIN_RUN, OUTCOME } from './sql/begin.js';

/** A run to be started by something else than a request. */
export interface StartedRun {
  readonly id: string;
  readonly version: number;
  /** `held` waits until its flow is enabled again. */
  readonly status: 'queued' | 'held' | 'paced';
  /** The run whose step asked for it. */
  readonly parent?: string;
  /** The parent is woken by its end, and its output kept. */
  readonly awaited?: boolean;
  /** How many `call` steps stand above it. */
  readonly depth?: number;
  /** A rehearsal. */
  readonly dry?: boolean;
  /** Called by a test. */
  readonly test?: boolean;
  /** Where it stands in line; a rehearsal does not. */
  readonly lane?: Lane | undefined;
  /** Of its flow; absent for the normal one. */
  readonly priority?: Priority | undefined;
}

/** Runs that flows and people start. */
export class PostgresRunStarter {
  constructor(private readonly pool: Pool) {}

  /** Commits event and run as one. False: this event was started from before, and nothing was changed. */
  async start(event: EventRecord, run: StartedRun): Promise<boolean> {
    const { id, flowId, receivedAt, body } = event;
    const { parent, awaited = false, depth = 0, dry = false, test = false, lane, priority } = run;
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
    // A test stands in no line and goes before nobody.
    const statement =
      !test && (lane || priority)
        ? { name: 'begin-laned-run', text: BEGIN_LANED_RUN, values: [...values, ...laneValues(flowId, lane)] }
        : { name: 'begin-run', text: BEGIN_RUN, values: [...values, test] };
    const { rowCount } = await mendingPartitions(this.pool, () => this.pool.query(statement));
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
