import { realpath } from 'node:fs/promises';
import pg from 'pg';
import { EmbeddedPostgresError, errorCode, reasonOf } from './errors.js';
import { DATABASE, USER, type Listen } from './settings.js';

const CONNECT_MS = 5_000;

/** A server that may not answer yet, and what we expect it to be. */
export interface Target {
  readonly cluster: string;
  readonly listen: Listen;
  readonly password: string;
}

/** The connection URL, which `pg`, TypeORM, BullMQ and psql understand: a socket directory is the percent-encoded host. */
export function urlOf({ listen, password }: Target, database = DATABASE): string {
  const host = listen.socketDir === undefined ? '127.0.0.1' : encodeURIComponent(listen.socketDir);
  return `postgres://${USER}:${password}@${host}:${listen.port}/${database}`;
}

/**
 * One attempt to reach the server. Resolves to undefined once it takes connections, serves this data directory and has our
 * database (made if absent); otherwise to the reason to try again.
 * @throws EmbeddedPostgresError where trying again cannot help: wrong password, somebody else's data
 */
export async function greet(target: Target): Promise<string | undefined> {
  try {
    const found = await dataDirectory(target);
    if (found === target.cluster || (await realpath(found)) === target.cluster) return undefined;
  } catch (error) {
    if (errorCode(error) === '28P01') throw passwordRejected(target);
    return reasonOf(error);
  }
  throw new EmbeddedPostgresError(
    'postgres.in-use',
    `The server at ${target.listen.socketDir ?? `port ${target.listen.port}`} serves other data than ${target.cluster}. ` +
      'Stop it, then start again.',
  );
}

/** 3D000: the server is up and our database is not there yet. */
async function dataDirectory(target: Target): Promise<string> {
  const query = 'show data_directory';
  const answer = await ask(urlOf(target), query).catch(async (error: unknown) => {
    if (errorCode(error) !== '3D000') throw error;
    await ask(urlOf(target, 'postgres'), `create database ${DATABASE}`);
    return ask(urlOf(target), query);
  });
  return String(answer.data_directory);
}

async function ask(connectionString: string, query: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_MS, query_timeout: CONNECT_MS });
  // A server that dies in mid-connection is told by the rejected promise as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(query);
    return rows[0] ?? {};
  } finally {
    await client.end().catch(() => undefined);
  }
}

function passwordRejected({ cluster }: Target): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.password-rejected',
    `The database in ${cluster} does not take the password in postgres.password. ` +
      'Put the right file back; or stop the server, delete the file and start again: a new password is set then.',
  );
}
