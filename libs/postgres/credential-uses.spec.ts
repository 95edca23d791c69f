import type { Pool } from 'pg';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { PostgresCredentialUses, type Database } from './index.js';

let server: PrivatePostgres;
let database: Database;

beforeAll(async () => {
  server = await startPrivatePostgres();
  database = await server.newDatabase();
}, 180_000);
afterAll(() => server.stop(), 180_000);
beforeEach(() => database.pool.query('truncate credential_uses'));

function counted(): { pool: Pool; statements: () => number } {
  let count = 0;
  const query = (...args: Parameters<Pool['query']>): unknown => {
    count += 1;
    return database.pool.query(...args);
  };
  return { pool: { query } as unknown as Pool, statements: () => count };
}

function fail(error: unknown): never {
  throw error;
}

describe('the uses of credentials', () => {
  it('are one statement for any number of them, and the last ones count', async () => {
    const { pool, statements } = counted();
    const uses = new PostgresCredentialUses(pool, fail);
    for (let at = 0; at < 1_000; at += 1)
      uses.note(`c${at % 3}`, at % 2 === 0 ? undefined : { code: `code.${at}`, reason: `Reason ${at}.` });
    await uses.flush();
    expect(statements()).toBe(1);
    const all = await uses.all();
    expect([...all.keys()].sort()).toEqual(['c0', 'c1', 'c2']);
    expect(all.get('c0')).toEqual({
      succeededAt: expect.stringMatching(/^\d{4}-.*Z$/),
      failedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      failure: { code: 'code.999', reason: 'Reason 999.' },
    });
  });

  it('keep the last success when a failure comes later, and the other way round', async () => {
    const uses = new PostgresCredentialUses(database.pool, fail);
    uses.note('one');
    await uses.flush();
    const { succeededAt } = (await uses.all()).get('one')!;
    uses.note('one', { code: 'credential.mismatch', reason: 'No.' });
    await uses.flush();
    expect((await uses.all()).get('one')).toMatchObject({ succeededAt, failure: { code: 'credential.mismatch', reason: 'No.' } });
    uses.note('one');
    await uses.flush();
    expect((await uses.all()).get('one')).toMatchObject({ failure: { code: 'credential.mismatch' } });
  });

  it('do no harm while the database is away', async () => {
    const errors: unknown[] = [];
    const away = { query: () => Promise.reject(new Error('away')) } as unknown as Pool;
    const uses = new PostgresCredentialUses(away, (error) => errors.push(error));
    uses.note('one');
    await uses.flush();
    uses.note('one');
    await uses.flush();
    expect(errors).toHaveLength(2);
  });

  it('are forgotten with their credential', async () => {
    const uses = new PostgresCredentialUses(database.pool, fail);
    uses.note('one');
    await uses.flush();
    await uses.forget('one');
    expect((await uses.all()).size).toBe(0);
  });
});
