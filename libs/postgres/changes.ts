import type { Pool } from 'pg';
import { lowestId } from './partitions.js';
import { SHOWN_STATUS } from './sql/status.js';

/** How far back new rows are looked for: ids are made before they are committed, possibly by another machine's clock. */
const OVERLAP_MS = 10_000;
/** The newest active runs that are watched one by one; a backlog beyond that changes its order only. */
const WATCHED_RUNS = 500;

/** One row that may have changed. Equal kind, id and state mean: nothing has. */
export interface ChangeRow {
  readonly kind: 'run' | 'event' | 'refusal' | 'flows';
  /** Of the run, event or refusal; empty for `flows`. */
  readonly id: string;
  readonly flowId: string;
  /** Of a run: its status; empty otherwise. */
  readonly status: string;
  /** Whatever differs after a change: rows in the journal of a run, the revision of the flows. */
  readonly state: string;
}

/** Runs that ended between two looks are asked for by id: $2. */
const CHANGES = `
  (select 'run' as kind, id::text, flow_id as "flowId", ${SHOWN_STATUS} as status,
     journal_rows::text || '/' || claim::text || case when status in ('behind', 'paced') then '/in line' else '' end as state from runs order by id desc limit ${WATCHED_RUNS})
  union all
  (select 'run', id::text, flow_id, status, 'ended' from finished_runs where id >= $1 order by id desc limit ${WATCHED_RUNS})
  union all
  (select 'run', id::text, flow_id, status, 'ended' from finished_runs where id = any ($2::uuid[]))
  union all
  (select 'event', id::text, flow_id, '', '' from events where id >= $1 order by id desc limit ${WATCHED_RUNS})
  union all
  (select 'refusal', id::text, flow_id, '', '' from refusals where id >= $1 order by id desc limit ${WATCHED_RUNS})`;

/** What is new, found by looking: works whichever process wrote it, and costs the writers nothing. */
export class PostgresChanges {
  constructor(private readonly pool: Pool) {}

  /** Active runs, what came in the last seconds, and those of `runIds` that have ended. Bounded, by index. */
  async look(now: number, runIds: readonly string[]): Promise<ChangeRow[]> {
    const { rows } = await this.pool.query<ChangeRow>(CHANGES, [lowestId(now - OVERLAP_MS), runIds]);
    return rows;
  }
}
