import type { KnownCredential } from '@millrace/catalog';
import type { Config } from '@millrace/config';
import { describeDatabaseError, readMadeNames } from '@millrace/postgres';
import type { CredentialItem, CredentialList, EndpointList } from '../../control-api/index.js';
import { withClient } from '../client/index.js';

/** What an instance has beside its files: endpoints made through the API, and sealed credentials. */
export interface Made {
  readonly endpoints: readonly string[];
  readonly credentials: ReadonlyMap<string, KnownCredential>;
  /** Who said so. */
  readonly saidBy: string;
}

/** Why it is not known. */
export interface NotKnown {
  readonly why: string;
}

export type MadeConfig = Pick<Config, 'home' | 'host' | 'port' | 'token' | 'databaseUrl'>;

/**
 * Asks the instance that was named, and rejects when it does not answer. Where none was named, asks the one of this home, else the
 * database that is configured; rejects never then, for files can be checked without either.
 */
export async function findMade(config: MadeConfig, named: string | undefined): Promise<Made | NotKnown> {
  if (named !== undefined) return askInstance(named);
  try {
    return await askInstance(undefined);
  } catch (error) {
    return config.databaseUrl === undefined ? { why: (error as Error).message } : askDatabase(config.databaseUrl);
  }
}

function askInstance(url: string | undefined): Promise<Made> {
  return withClient(url, async (client) => {
    const [endpoints, credentials] = await Promise.all([client.get<EndpointList>('endpoints'), client.get<CredentialList>('credentials')]);
    return {
      endpoints: endpoints.items.filter(({ source }) => source === 'made').map(({ name }) => name),
      credentials: new Map(credentials.items.filter(({ source }) => source === 'sealed').map((item) => [item.name, knownOf(item)])),
      saidBy: `the instance at ${client.instance.url}`,
    };
  });
}

function knownOf({ type, definition, missing, problem }: CredentialItem): KnownCredential {
  return {
    type,
    ...placeOf(definition),
    ...(missing !== null && { missing }),
    ...(problem !== null && { broken: problem }),
  };
}

async function askDatabase(url: string): Promise<Made | NotKnown> {
  try {
    const { endpoints, credentials } = await readMadeNames(url);
    const known = [...credentials].map(([name, definition]) => {
      const { type } = (definition ?? {}) as { type?: unknown };
      return [name, { type: typeof type === 'string' ? type : 'unknown', ...placeOf(definition) }] as const;
    });
    return { endpoints, credentials: new Map(known), saidBy: 'the database of DATABASE_URL' };
  } catch (error) {
    return { why: `The database of DATABASE_URL cannot be read: ${describeDatabaseError(error)}.` };
  }
}

function placeOf(definition: unknown): { readonly in?: string } {
  const { in: place } = (definition ?? {}) as { in?: unknown };
  return typeof place === 'string' ? { in: place } : {};
}
