import type { Pool } from 'pg';
import { PostgresActivity } from './activity.js';
import { idMs } from './partitions.js';

/** How far apart samples are, in milliseconds. */
export const SAMPLE_MS = 600_000;
const KEPT_MS = 8 * 24 * 3_600_000;

/** What stood in the queue, waited and was delivered at one time. */
export interface HealthSample {
  /** Milliseconds since the epoch: a whole multiple of SAMPLE_MS. */
  readonly at: number;
  /** Runs that wait for a runner, or are held by a pause. */
  readonly queued: number;
  /** For how long the oldest of them that is due has waited, in milliseconds; null when none does. */
  readonly oldestMs: number | null;
  /** From acceptance to end of the runs that succeeded within the time before, in milliseconds; null without any. */
  readonly p95Ms: number | null;
  readonly retries: number;
  readonly databaseBytes: number;
}

const QUEUED = `select count(*)::int as queued from runs where status in ('queued', 'held', 'behind', 'paced') and not test`;

const KEEP = `
  insert into health_samples (at, queued, oldest_ms, p95_ms, retries, database_bytes)
  values (to_timestamp($1::float8 / 1000), $2, $3, $4, $5, $6) on conflict (at) do nothing`;

const KNOWN = 'select from health_samples where at = to_timestamp($1::float8 / 1000)';

const SINCE = `
  select (extract(epoch from at) * 1000)::float8 as at, queued, oldest_ms as "oldestMs", p95_ms as "p95Ms", retries,
    database_bytes as "databaseBytes"
  from health_samples where at >= to_timestamp($1::float8 / 1000) order by at`;

/** How the present looked every ten minutes: whether a number is high says little, whether it grows says much. */
export class PostgresHealthSamples {
  private readonly activity: PostgresActivity;

  constructor(private readonly pool: Pool) {
    this.activity = new PostgresActivity(pool);
  }

  /** Takes the sample of these ten minutes, unless one was taken; of several runners one is enough. */
  async take(now: number): Promise<void> {
    const at = Math.floor(now / SAMPLE_MS) * SAMPLE_MS;
    if ((await this.pool.query(KNOWN, [at])).rowCount) return;
    const { activity } = this;
    const [queued, oldest, { p95Ms }, retries, bytes] = await Promise.all([
      this.queued(),
      activity.oldestQueued(),
      activity.delivery(now - SAMPLE_MS),
      activity.retries(),
      activity.databaseBytes(),
    ]);
    const oldestMs = oldest ? Math.max(0, now - idMs(oldest.id)) : null;
    await this.pool.query(KEEP, [at, queued, oldestMs, p95Ms, retries, bytes]);
  }

  /** Those from then on (milliseconds since the epoch), the oldest first. */
  async since(from: number): Promise<HealthSample[]> {
    return (await this.pool.query<HealthSample>(SINCE, [from])).rows;
  }

  /** Forgets what no page looks at any more. */
  async trim(now: number): Promise<void> {
    await this.pool.query('delete from health_samples where at < to_timestamp($1::float8 / 1000)', [now - KEPT_MS]);
  }

  private async queued(): Promise<number> {
    const { rows } = await this.pool.query<{ queued: number }>(QUEUED);
    return rows[0]?.queued ?? 0;
  }
}
