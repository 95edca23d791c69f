import type { Resumed, ResumeRequest, Resumption } from '@millrace/engine';
import type { Pool } from 'pg';
import { jsonBytes, parseJsonBytes } from './packing.js';
import { RESUME } from './sql/begin.js';

/** Requests that resume waiting steps. */
export class PostgresResumptionStore {
  constructor(private readonly pool: Pool) {}

  /** Resolves after the commit. */
  async resume({ runId, path, receivedAt, request, body }: ResumeRequest): Promise<Resumed> {
    const values = [runId, path, receivedAt, jsonBytes(request), jsonBytes(body)];
    const { rows } = await this.pool.query<{ alive: boolean; first: boolean }>({ name: 'resume', text: RESUME, values });
    if (!rows[0]?.alive) return 'over';
    return rows[0].first ? 'kept' : 'used';
  }

  async find(runId: string, path: string): Promise<Resumption | undefined> {
    const { rows } = await this.pool.query<{ received_at: Date; body: Buffer }>({
      name: 'resumption',
      text: 'select received_at, body from resumptions where run_id = $1 and path = $2',
      values: [runId, path],
    });
    return rows[0] && { receivedAt: rows[0].received_at.getTime(), body: parseJsonBytes<Resumption['body']>(rows[0].body) };
  }

  /** Forgets what came for runs that have ended. */
  async trim(): Promise<void> {
    await this.pool.query('delete from resumptions r where not exists (select from runs where runs.id = r.run_id)');
  }
}
