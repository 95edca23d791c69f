import type { Platform } from '@millrace/platform';
import { ensurePartitions } from '@millrace/postgres';

const EVERY_MS = 10 * 60 * 1_000;
const REFUSALS_PER_FLOW = 1_000;

/** What nobody waits for: partitions ahead of time, bounded refusals, forgotten dedupe keys. */
export class Housekeeping {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly platform: Platform) {}

  start(): void {
    this.timer = setInterval(() => void this.round(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async round(): Promise<void> {
    const { database, refusals, log } = this.platform;
    try {
      await ensurePartitions(database.pool, Date.now());
      await refusals.trim(REFUSALS_PER_FLOW);
      await database.pool.query('delete from dedupe_keys where expires_at < now()');
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'Housekeeping was put off');
    }
  }
}
