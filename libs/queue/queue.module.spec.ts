import type pg from 'pg';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { openQueue } from './queue.module.js';

const START_MS = 60_000;

let postgres: PrivatePostgres;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
}, START_MS);

afterAll(() => postgres.stop(), START_MS);

it('closes although a connection is never given back, as BullMQ does when it is closed while still opening one', async () => {
  const queue = await openQueue({ databaseUrl: await postgres.newUrl(), redisUrl: undefined });
  const kept = await (queue.connection as pg.Pool).connect();
  await queue.close();
  kept.release(true);
});
