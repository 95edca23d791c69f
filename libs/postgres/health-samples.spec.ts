import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import type { ClaimedWork, RunEnd, StepRow } from '@millrace/engine';
import { entry, eventOf, newId, newRunner, queued, useRow, type StoreUnderTest } from '../engine/contract/index.js';
import { SAMPLE_MS } from './health-samples.js';
import { ensurePartitions, PostgresHealthSamples, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;
let samples: PostgresHealthSamples;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
  samples = new PostgresHealthSamples(database.pool);
}, 60_000);
afterAll(() => server.stop(), 60_000);

describe('samples of how it goes', () => {
  it('say what stands in the queue, for how long, and are taken once in ten minutes', async () => {
    const store = await storeInPostgres(database);
    for (const status of ['queued', 'queued', 'held'] as const) {
      await store.events.accept(queued({ run: { id: newId(), version: 1, status } }));
    }
    const later = (Math.floor(Date.now() / SAMPLE_MS) + 1) * SAMPLE_MS;
    await Promise.all([samples.take(later + 5_000), samples.take(later + 6_000)]);
    await store.events.accept(queued());
    await samples.take(later + SAMPLE_MS - 1);
    const [sample, ...more] = await samples.since(later);
    expect(more).toEqual([]);
    expect(sample).toMatchObject({ at: later, queued: 3, p95Ms: null, retries: 0 });
    expect(sample!.oldestMs).toBeGreaterThan(4_000);
    expect(sample!.oldestMs).toBeLessThanOrEqual(SAMPLE_MS + 10_000);
    expect(sample!.databaseBytes).toBeGreaterThan(1_000_000);
  });

  it('say how long deliveries took that began within the ten minutes before, and only of those that succeeded', async () => {
    const store = await storeInPostgres(database);
    await database.pool.query('truncate health_samples');
    const now = Date.now();
    const delivered = Array.from({ length: 20 }, (_, i): Delivered => ({ at: now - 60_000, tookMs: 100 * (i + 1), status: 'succeeded' }));
    const failed: Delivered = { at: now - 60_000, tookMs: 50_000, status: 'failed' };
    const before: Delivered = { at: now - SAMPLE_MS - 60_000, tookMs: 40_000, status: 'succeeded' };
    await ensurePartitions(database.pool, before.at);
    for (const each of [...delivered, failed, before]) await end(store, each);
    await samples.take(now);
    // Between the 19th and the 20th of 100, 200, … 2000.
    expect((await samples.since(0))[0]!.p95Ms).toBeCloseTo(1_905);
  });

  it('say how many runs wait for another attempt of a step', async () => {
    const store = await storeInPostgres(database);
    await database.pool.query('truncate health_samples');
    const failed = useRow('send', { status: 'retrying' });
    const again = useRow('send', { attempt: 2 });
    for (const rows of [[failed], [failed], [failed, again], [useRow('before')]]) await suspend(store, rows);
    await samples.take(Date.now());
    expect((await samples.since(0))[0]!.retries).toBe(2);
  });

  it('are kept for a week and a day, the oldest first', async () => {
    const DAY_MS = 24 * 3_600_000;
    await database.pool.query('truncate health_samples');
    const now = Math.floor(Date.now() / SAMPLE_MS) * SAMPLE_MS;
    for (const days of [9, 7, 0]) await samples.take(now - days * DAY_MS);
    await samples.trim(now);
    expect((await samples.since(0)).map(({ at }) => (now - at) / DAY_MS)).toEqual([7, 0]);
  });
});

interface Delivered {
  /** When its event was accepted (milliseconds since the epoch). */
  readonly at: number;
  readonly tookMs: number;
  readonly status: RunEnd;
}

/** A run that was accepted then, and ended so much later. */
async function end(store: StoreUnderTest, { at, tookMs, status }: Delivered): Promise<void> {
  const { run } = await claimed(store, at);
  await store.journal.finish(run, entry([]), { status });
  const ended = 'update finished_runs set finished_at = to_timestamp($2::float8 / 1000) where id = $1';
  await database.pool.query(ended, [run.id, at + tookMs]);
}

/** A run that waits, with these rows in its journal. */
async function suspend(store: StoreUnderTest, rows: readonly StepRow[]): Promise<void> {
  const { run } = await claimed(store);
  await store.journal.suspend(run, entry(rows), Date.now() + 60_000);
}

async function claimed(store: StoreUnderTest, at = Date.now()): Promise<ClaimedWork> {
  const acceptance = queued({ event: eventOf('contract', { receivedAt: at }), run: { id: newId(at), version: 1, status: 'queued' } });
  await store.events.accept(acceptance);
  const [work] = await store.claims.claim(await newRunner(store), [acceptance.run.id], 1);
  return work!;
}
