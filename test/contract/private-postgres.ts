import { openDatabase, startEmbeddedPostgres, type Database } from '@millrace/postgres';
import { Client } from 'pg';
import { makeHome, removeHome } from '../../apps/millrace/demo/home.js';

/** A PostgreSQL of a spec's own, with as many databases as it likes. */
export interface PrivatePostgres {
  /** URL of a new, empty database. */
  newUrl(): Promise<string>;
  /** A new database with our schema. Closed by `stop`. */
  newDatabase(): Promise<Database>;
  stop(): Promise<void>;
}

export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const home = await makeHome('millrace-contract-');
  const server = await startEmbeddedPostgres({ home, log: () => undefined });
  const opened: Database[] = [];
  let count = 0;
  const newUrl = async (): Promise<string> => {
    count += 1;
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    await admin.query(`create database contract_${count}`).finally(() => admin.end());
    return server.url.replace(/\/millrace(\?|$)/, `/contract_${count}$1`);
  };
  return {
    newUrl,
    newDatabase: async () => {
      const database = await openDatabase({ url: await newUrl(), poolSize: 8 });
      opened.push(database);
      return database;
    },
    stop: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await server.stop();
      await removeHome(home);
    },
  };
}
