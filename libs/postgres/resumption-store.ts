import type { Json } from '@millrace/component-sdk';
import type { Resumption } from '@millrace/engine';
import type { Pool } from 'pg';
import type { StoredRequest } from './event-store.js';
import { jsonBytes, parseJsonBytes } from './packing.js';
import { RESUME } from './sql/begin.js';

/** A verified request to a resume URL. */
export interface ResumeRequest {
  readonly runId: string;
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly request: StoredRequest;
  /** What the step is to give. */
  readonly body: Json;
}

/** `kept`: the step goes on with it. `used`: another request came first. `over`: the run has ended. */
export type Resumed = 'kept' | 'used' | 'over';

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
    return rows[0] && { receivedAt: rows[0].received_at.getTime(), body: parseJsonBytes<Json>(rows[0].body) };
  }

  /** Forgets what came for runs that have ended. */
  async trim(): Promise<void> {
    await this.pool.query('delete from resumptions r where not exists (select from runs where runs.id = r.run_id)');
  }
}
