import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { storeInPostgres } from '../../test/contract/store-in-postgres.js';
import { newId, queued } from '../engine/contract/index.js';
import { SAMPLE_MS } from './health-samples.js';
import { PostgresHealthSamples, type Database } from './index.js';

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

  it('are kept for a week and a day, the oldest first', async () => {
    const DAY_MS = 24 * 3_600_000;
    await database.pool.query('truncate health_samples');
    const now = Math.floor(Date.now() / SAMPLE_MS) * SAMPLE_MS;
    for (const days of [9, 7, 0]) await samples.take(now - days * DAY_MS);
    await samples.trim(now);
    expect((await samples.since(0)).map(({ at }) => (now - at) / DAY_MS)).toEqual([7, 0]);
  });
});
