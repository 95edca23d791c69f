import { Client, type Pool, type QueryConfig } from 'pg';

/**
 * How long a statement that many wait for may go unanswered, in milliseconds. A database that dies in the middle of it can
 * leave a connection behind that is open and silent, and all that arrives meanwhile would wait with it.
 */
export const PATIENCE_MS = 10_000;

/**
 * The statement with an end to waiting for it: then it fails as it does when its connection breaks, and its connection is
 * given up. Whether it took effect is not known then. See `query_timeout` at https://node-postgres.com/apis/client
 */
export function bounded(statement: QueryConfig, patienceMs = PATIENCE_MS): QueryConfig {
  return { ...statement, query_timeout: patienceMs } as QueryConfig;
}

/** A connection beside the pool, for statements that take as long as they take. Whoever asked for it ends it. */
export async function unhurried({ options }: Pool): Promise<Client> {
  // The pool hides its password from whoever lists its options.
  const client = new Client({ ...options, password: options.password, query_timeout: 0 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
