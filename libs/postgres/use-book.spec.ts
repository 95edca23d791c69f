import type { Pool } from 'pg';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { describeUseBook } from '../engine/contract/index.js';
import { PostgresUseBook, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);
afterAll(() => server.stop(), 180_000);

describeUseBook('Postgres', async (now) => {
  await database.pool.query('truncate credential_rates');
  return { books: [new PostgresUseBook(database.pool, now), new PostgresUseBook(database.pool, now)] };
});

const rate = { limit: 100, perMs: 60_000 };

it('asks for a thousand steps in a few transactions', async () => {
  let connections = 0;
  const connect = (): Promise<unknown> => {
    connections += 1;
    return database.pool.connect();
  };
  const book = new PostgresUseBook({ connect } as unknown as Pool);
  const told = await Promise.all(Array.from({ length: 1_000 }, () => book.take('many', rate, false)));
  expect(told.filter(({ waitMs }) => waitMs === 0)).toHaveLength(100);
  expect(connections).toBeLessThanOrEqual(3);
});

it('counts nothing when its transaction breaks off, and says so', async () => {
  const broken = {
    connect: async () => {
      const client = await database.pool.connect();
      const query = (...args: unknown[]): unknown =>
        args[0] === 'commit'
          ? Promise.reject(new Error('the connection is gone'))
          : (client.query as (...all: unknown[]) => unknown)(...args);
      return { query, release: () => client.release(true) };
    },
  };
  await expect(new PostgresUseBook(broken as unknown as Pool).take('unlucky', { limit: 1, perMs: 60_000 }, false)).rejects.toThrow(
    'the connection is gone',
  );
  expect(await new PostgresUseBook(database.pool).take('unlucky', { limit: 1, perMs: 60_000 }, false)).toEqual({ waitMs: 0 });
});
