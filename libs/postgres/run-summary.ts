import type { ErrorRecord, RunStatus } from '@millrace/engine';
import { parseJsonBytes } from './packing.js';
import { idMs } from './partitions.js';

/** A run as lists show it. Times are ISO 8601. */
export interface RunSummary {
  readonly id: string;
  readonly flowId: string;
  readonly version: number;
  readonly eventId: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** When a waiting run goes on. */
  readonly resumeAt: string | null;
  /** The run whose `call` step started this one. */
  readonly parent: string | null;
  /** The run that this one repeats. */
  readonly rerunOf: string | null;
  /** A rehearsal: its components answered without acting. */
  readonly dry: boolean;
  /** A test of a draft, or a run that one called: it counts for nothing. */
  readonly test: boolean;
  /** What became of a failed run: `rerun`, `discarded`, or left to its `caller`; null while it is a dead letter, and for any other run. */
  readonly resolution: 'rerun' | 'discarded' | 'caller' | null;
  readonly error: ErrorRecord | null;
}

/** The columns of a run as statements select them. */
export interface RunRow {
  readonly id: string;
  readonly flow_id: string;
  readonly version: number;
  readonly event_id: string;
  readonly status: RunStatus;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly due_at: Date | null;
  readonly error: Buffer | null;
  readonly parent: string | null;
  readonly rerun_of: string | null;
  readonly dry: boolean;
  readonly test: boolean;
  readonly resolution: RunSummary['resolution'] | undefined;
}

export function runSummary(row: RunRow): RunSummary {
  return {
    id: row.id,
    flowId: row.flow_id,
    version: row.version,
    eventId: row.event_id,
    status: row.status,
    createdAt: new Date(idMs(row.id)).toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    resumeAt: row.due_at?.toISOString() ?? null,
    parent: row.parent,
    rerunOf: row.rerun_of,
    dry: row.dry,
    test: row.test,
    resolution: row.resolution ?? null,
    error: row.error && parseJsonBytes<ErrorRecord>(row.error),
  };
}
