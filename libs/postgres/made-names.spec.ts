import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { openDatabase, PostgresEndpointStore, readMadeNames } from './index.js';

let server: PrivatePostgres;

beforeAll(async () => {
  server = await startPrivatePostgres();
}, 60_000);
afterAll(() => server.stop(), 60_000);

it('names what was made, without the secrets', async () => {
  const url = await server.newUrl();
  const database = await openDatabase({ url, poolSize: 2 });
  const definition = { type: 'api-key', name: 'x', value: { sealed: 'sealed_1' } };
  try {
    await new PostgresEndpointStore(database.dataSource).change(({ put }) => put('shop', { methods: ['POST'] }, 0));
    const insert = 'insert into sealed_credentials (name, definition, sealed) values ($1, $2, $3)';
    await database.pool.query(insert, ['crm', definition, 'v1.a.b.c']);
  } finally {
    await database.close();
  }
  expect(await readMadeNames(url)).toEqual({ endpoints: ['shop'], credentials: new Map([['crm', definition]]) });
});

it('finds nothing in a database in which Millrace never ran', async () => {
  expect(await readMadeNames(await server.newUrl())).toEqual({ endpoints: [], credentials: new Map() });
});

it('rejects where there is no database', async () => {
  await expect(readMadeNames('postgres://x@127.0.0.1:9/none')).rejects.toThrow('ECONNREFUSED');
});
