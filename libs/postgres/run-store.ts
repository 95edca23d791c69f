import type { ClaimedWork, HeldClaim, PacedWork, RunClaims, RunnerLeases, StepRow } from '@millrace/engine';
import type { Pool } from 'pg';
import { bounded } from './bounded.js';
import { StepData } from './blobs/step-data.js';
import { claimPaced } from './paced-claims.js';
import { eventRecord, type EventRow, type JournalRow } from './rows.js';
import { GIVE_BACK, HELD, RECLAIM_EXPIRED, RECLAIM_ORPHANS, REGISTER, RENEW, RETIRE } from './sql/runners.js';
import { CLAIM, CLAIM_DUE, CLAIM_EARLY, DUE_IN, JOURNAL_TO_WALK } from './sql/runs.js';

/** Claims and leases of runs. */
export class PostgresRunStore implements RunClaims, RunnerLeases {
  constructor(
    private readonly pool: Pool,
    /** Shown beside the lease: host and process id. */
    private readonly runnerName: string,
    private readonly data = new StepData(),
  ) {}

  claim(runner: string, ids: readonly string[], limit: number): Promise<ClaimedWork[]> {
    return this.claimed(runner, 'claim', CLAIM, [runner, ids, limit]);
  }

  claimDue(runner: string, limit: number): Promise<ClaimedWork[]> {
    return this.claimed(runner, 'claim-due', CLAIM_DUE, [runner, limit]);
  }

  async claimPaced(runner: string, limit: number): Promise<PacedWork> {
    const { rows, nextInMs } = await claimPaced<ClaimedRow>(this.pool, runner, limit);
    return { works: await this.works(runner, rows), nextInMs };
  }

  claimEarly(runner: string, limit: number): Promise<ClaimedWork[]> {
    return this.claimed(runner, 'claim-early', CLAIM_EARLY, [runner, limit]);
  }

  async dueIn(): Promise<number | undefined> {
    const { rows } = await this.pool.query<{ ms: number | null }>(bounded({ name: 'due-in', text: DUE_IN }));
    return rows[0]?.ms ?? undefined;
  }

  async register(runner: string, ttlMs: number): Promise<void> {
    await this.pool.query(bounded({ text: REGISTER, values: [runner, this.runnerName, ttlMs / 1000] }));
  }

  async renew(runner: string, ttlMs: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(bounded({ text: RENEW, values: [runner, ttlMs / 1000] }));
    return rowCount === 1;
  }

  async reclaimExpired(): Promise<number> {
    const { rowCount } = await this.pool.query(bounded({ text: RECLAIM_EXPIRED }));
    return rowCount ?? 0;
  }

  async reclaimOrphans(): Promise<number> {
    const { rowCount } = await this.pool.query(bounded({ text: RECLAIM_ORPHANS }));
    return rowCount ?? 0;
  }

  async expireDead(isDead: (runnerName: string) => boolean): Promise<void> {
    const { rows } = await this.pool.query<{ id: string; name: string }>('select id, name from runners');
    const dead = rows.filter((row) => isDead(row.name)).map((row) => row.id);
    await this.pool.query('update runners set lease_until = now() where id = any ($1::uuid[])', [dead]);
  }

  async giveBack(runner: string, claims: readonly HeldClaim[]): Promise<void> {
    await this.pool.query(GIVE_BACK, [runner, claims.map(({ runId }) => runId), claims.map(({ claim }) => claim)]);
  }

  async held(runner: string): Promise<HeldClaim[]> {
    const { rows } = await this.pool.query<{ id: string; claim: number }>(HELD, [runner]);
    return rows.map(({ id, claim }) => ({ runId: id, claim }));
  }

  async retire(runner: string): Promise<void> {
    await this.pool.query(RETIRE, [runner]);
  }

  private async claimed(runner: string, name: string, text: string, values: unknown[]): Promise<ClaimedWork[]> {
    const { rows } = await this.pool.query<ClaimedRow>(bounded({ name, text, values }));
    return this.works(runner, rows);
  }

  private async works(runner: string, rows: readonly ClaimedRow[]): Promise<ClaimedWork[]> {
    const journals = await this.journalsOf(rows.filter((row) => row.journal_rows > 0).map((row) => row.id));
    return rows.map((row) => ({ ...workFrom(row, runner), journal: journals.get(row.id) ?? [] }));
  }

  private async journalsOf(ids: readonly string[]): Promise<ReadonlyMap<string, StepRow[]>> {
    const journals = new Map<string, StepRow[]>();
    if (ids.length === 0) return journals;
    const { rows } = await this.pool.query<JournalRow>({ name: 'journal-to-walk', text: JOURNAL_TO_WALK, values: [ids] });
    for (const row of rows) {
      const journal = journals.get(row.run_id) ?? [];
      journals.set(row.run_id, journal);
      journal.push(await this.data.decode(row));
    }
    return journals;
  }
}

interface ClaimedRow extends EventRow {
  readonly id: string;
  readonly version: number;
  readonly claim: number;
  readonly crashes: number;
  readonly journal_rows: number;
  readonly started_at: number;
  readonly depth: number;
  readonly awaited: boolean;
  readonly dry: boolean;
  readonly test: boolean;
  readonly laned: boolean;
}

function workFrom(row: ClaimedRow, runner: string): Omit<ClaimedWork, 'journal'> {
  const lease = { runner, claim: row.claim };
  const { id, version, crashes, depth, awaited, dry, test, laned, flow_id: flowId, event_id: eventId, started_at: startedAt } = row;
  return { run: { id, version, crashes, depth, awaited, dry, test, laned, flowId, eventId, startedAt, lease }, event: eventRecord(row) };
}
