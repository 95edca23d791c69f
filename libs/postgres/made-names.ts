import pg from 'pg';

const PATIENCE_MS = 5_000;

/** What is declared in a database and in no file. */
export interface MadeNames {
  /** Of endpoints that were made through the API. */
  readonly endpoints: readonly string[];
  /** Definitions of sealed credentials, without their secrets, by name. */
  readonly credentials: ReadonlyMap<string, unknown>;
}

/**
 * Reads them over a connection of its own, and changes nothing: a database in which Millrace never ran has none. Rejects when
 * the database does not answer within seconds.
 */
export async function readMadeNames(url: string): Promise<MadeNames> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS });
  // Said by the query that is under way.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const endpoints = await rowsOf<{ name: string }>(client, 'endpoints', 'name');
    const sealed = await rowsOf<{ name: string; definition: unknown }>(client, 'sealed_credentials', 'name, definition');
    return {
      endpoints: endpoints.map(({ name }) => name),
      credentials: new Map(sealed.map(({ name, definition }) => [name, definition])),
    };
  } finally {
    await client.end();
  }
}

async function rowsOf<T>(client: pg.Client, table: 'endpoints' | 'sealed_credentials', columns: string): Promise<readonly T[]> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table]);
  if (!rows[0]?.there) return [];
  return (await client.query(`select ${columns} from ${table} order by name`)).rows as T[];
}
