import type { Pool } from 'pg';
import { StepData } from './blobs/step-data.js';
import { withinLanes } from './lanes.js';
import type { Counted } from './operation-store.js';
import { mendingPartitions } from './partitions.js';
import { insertRerun, type Rerun } from './rerun-rows.js';
import { runSummary, type RunRow, type RunSummary } from './run-summary.js';
import { ACTIVE_IDS, COUNT_ACTIVE, COUNT_DEAD_LETTERS, DEAD_LETTER_CAUSES, DEAD_LETTERS, RESOLVE } from './sql/operate.js';
import { inTransaction } from './transaction.js';

export interface DeadLetterFilter {
  readonly flowId?: string;
  /** The code of the error. */
  readonly code?: string;
  /** Where it failed: a path of a step without the numbers of items, `each.notify`; empty for what failed outside any step. */
  readonly step?: string;
  /** Only runs older than this id. */
  readonly before?: string;
  /** ISO 8601; when the run failed. */
  readonly since?: string;
  readonly until?: string;
}

/** Dead letters of one flow that failed at the same step with the same code. */
export interface DeadLetterCause {
  readonly flowId: string;
  /** As in the filter. */
  readonly step: string;
  readonly code: string;
  readonly count: number;
  /** Of the newest of them. */
  readonly message: string;
  readonly runId: string;
  readonly version: number;
  /** ISO 8601: when the first and the last of them failed. */
  readonly firstAt: string;
  readonly lastAt: string;
}

interface CauseRow {
  readonly flow_id: string;
  readonly step: string;
  readonly code: string;
  readonly count: number;
  readonly message: string;
  readonly run_id: string;
  readonly version: number;
  readonly first_at: Date;
  readonly last_at: Date;
}

/** What people do to runs: start them again, resolve the failed ones. */
export class PostgresOperations {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
  ) {}

  /** Starts the runs and, where they repeat failed ones, resolves those, as one commit. */
  async rerun(...runs: readonly Rerun[]): Promise<void> {
    const data = await Promise.all(runs.map(async ({ id, rows }) => Promise.all(rows.map((row) => this.data.encode(id, row)))));
    await mendingPartitions(this.pool, () =>
      inTransaction(this.pool, async (client) => {
        await withinLanes(client, runs, async () => {
          for (const [index, run] of runs.entries()) await insertRerun(client, run, data[index]!);
        });
      }),
    );
  }

  /** Failed runs that nobody has seen to, newest first. */
  async deadLetters(filter: DeadLetterFilter, limit: number): Promise<RunSummary[]> {
    const { rows } = await this.pool.query<RunRow>(DEAD_LETTERS, [...filterValues(filter), limit]);
    return rows.map(runSummary);
  }

  async countDeadLetters(filter: DeadLetterFilter): Promise<Counted> {
    const { rows } = await this.pool.query<Counted>(COUNT_DEAD_LETTERS, filterValues(filter));
    return rows[0]!;
  }

  /** What the newest `most` dead letters failed of, the most frequent first. */
  async causes(flowId: string | undefined, most: number): Promise<DeadLetterCause[]> {
    const { rows } = await this.pool.query<CauseRow>(DEAD_LETTER_CAUSES, [most, flowId]);
    return rows.map(({ flow_id: flowId, run_id: runId, first_at: firstAt, last_at: lastAt, ...row }) => ({
      flowId,
      runId,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      ...row,
    }));
  }

  /** Sets failed runs aside for good; answers the ids of those that were still dead letters. */
  async discard(ids: readonly string[], reason: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(RESOLVE, [ids, 'discarded', reason, null]);
    return rows.map(({ id }) => id);
  }

  async countActive(flowId: string | undefined, status: string | undefined): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(COUNT_ACTIVE, [flowId, status]);
    return rows[0]?.count ?? 0;
  }

  /** Active runs, the oldest first. */
  async activeIds(flowId: string | undefined, status: string | undefined, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(ACTIVE_IDS, [flowId, status, limit]);
    return rows.map(({ id }) => id);
  }
}

function filterValues({ flowId, code, step, before, since, until }: DeadLetterFilter): unknown[] {
  return [flowId, code, step, before, since, until];
}
