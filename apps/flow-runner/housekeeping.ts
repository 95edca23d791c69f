import type { Platform } from '@millrace/platform';
import { BlobSweep, dropHistory, ensurePartitions, PostgresHealthSamples } from '@millrace/postgres';

const EVERY_MS = 10 * 60 * 1_000;
const RELEASE_EVERY_MS = 10_000;
/** Samples are of ten minutes: looked for more often, none is missed. */
const SAMPLE_EVERY_MS = 60_000;
const REFUSALS_PER_FLOW = 1_000;
const AUDIT_KEPT_MS = 400 * 24 * 3_600_000;

/** What nobody waits for: partitions ahead of time, bounded refusals, forgotten dedupe keys and audit entries, late releases, old operations and history, samples of how it goes, files of runs that are gone. */
export class Housekeeping {
  private readonly timers: NodeJS.Timeout[] = [];

  private readonly blobs: BlobSweep;
  private readonly samples: PostgresHealthSamples;

  constructor(private readonly platform: Platform) {
    this.blobs = new BlobSweep(platform.database.pool, platform.blobs);
    this.samples = new PostgresHealthSamples(platform.database.pool);
  }

  start(): void {
    this.timers.push(setInterval(() => void this.unlessAway(() => this.round()), EVERY_MS));
    this.timers.push(setInterval(() => void this.unlessAway(() => this.moveOn()), RELEASE_EVERY_MS));
    this.timers.push(setInterval(() => void this.unlessAway(() => this.samples.take(Date.now())), SAMPLE_EVERY_MS));
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** What a crash or a late look left standing: held runs of flows that go on, lanes that were not handed over. */
  private async moveOn(): Promise<void> {
    const { catalog, flows, lanes } = this.platform;
    await flows.releaseHeld();
    await lanes.sweep(new Map(catalog.flows().flatMap(({ id, lane }) => (lane ? [[id, lane.limit]] : []))));
  }

  private async round(): Promise<void> {
    const { auditLog, database, lanes, log, orders, outbox, refusals, resumptions, tests } = this.platform;
    await ensurePartitions(database.pool, Date.now());
    await refusals.trim(REFUSALS_PER_FLOW);
    await resumptions.trim();
    await outbox.trim();
    await tests.trim();
    await this.samples.trim(Date.now());
    await auditLog.trim(Date.now() - AUDIT_KEPT_MS);
    const wrong = await lanes.recount();
    if (wrong > 0) log.warn({ lanes: wrong }, 'Lanes were counted again: their runs were not as they were counted');
    await orders.trim();
    await database.pool.query('delete from dedupe_keys where expires_at < now()');
    await this.dropHistory();
    await this.blobs.next(Date.now());
  }

  private async dropHistory(): Promise<void> {
    const { collections, config, database, log } = this.platform;
    if (config.retention === undefined) return;
    const before = Date.now() - config.retention;
    const { dropped, shrunk, postponed } = await dropHistory(database.pool, before);
    await collections.forget(before);
    if (dropped.length + shrunk.length > 0) log.info({ dropped, shrunk, postponed }, 'Old history was dropped');
  }

  private async unlessAway(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.platform.log.warn({ reason: (error as Error).message }, 'Housekeeping was put off');
    }
  }
}
