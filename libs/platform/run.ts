import type { Config } from '@millrace/config';
import { loadConfig } from '@millrace/config';
import { openQueue, QueueModule } from '@millrace/queue';
import type { Log } from '@millrace/telemetry';
import type { DynamicModule, Type } from '@nestjs/common';
import { logFor, openPlatform, type Platform } from './platform.js';
import { ensureFreePort } from './port.js';
import { serve, type Server } from './serve.js';
import { onStopSignal } from './signals.js';
import { StartError } from './start-error.js';

export type Modules = readonly (DynamicModule | Type)[];

/** A database that somebody may have to look after. */
export interface ServedDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

export interface Running {
  readonly platform: Platform;
  readonly server: Server;
}

/** Opens what the modules stand on, listens, and undoes it all in reverse order when asked to stop. */
export async function run(config: Config, log: Log, openDatabase: () => Promise<ServedDatabase>, modules: Modules): Promise<Running> {
  surviveStrayErrors(log);
  const opened: Closer[] = [];
  const starting = open(config, log, openDatabase, modules, opened);
  // A signal during the start waits for it: half-opened things cannot be closed.
  onStopSignal(
    () => starting.then(() => closeAll(opened)),
    (line) => log.info(line),
  );
  try {
    return await starting;
  } catch (error) {
    await closeAll(opened).catch(() => undefined);
    throw error;
  }
}

/**
 * A component may leave a promise or a timer behind that fails when nobody listens. What matters is in Postgres and
 * moves by compare-and-set, so that going on is safe, and one plugin's defect does not stop everybody's flows.
 */
function surviveStrayErrors(log: Log): void {
  const report = (error: unknown): void => log.error({ err: error }, 'Something failed outside of any request or step; probably a plugin');
  process.on('unhandledRejection', report);
  process.on('uncaughtException', report);
}

type Closer = () => Promise<unknown>;

async function closeAll(opened: Closer[]): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

async function open(
  config: Config,
  log: Log,
  openDatabase: () => Promise<ServedDatabase>,
  modules: Modules,
  opened: Closer[],
): Promise<Running> {
  const database = await openDatabase();
  opened.push(() => database.stop());
  const platform = await openPlatform({ config, databaseUrl: database.url, log });
  opened.push(() => platform.close());
  const queue = await openQueue({ databaseUrl: database.url, redisUrl: config.redisUrl });
  opened.push(() => queue.close());
  const server = await serve(platform, [QueueModule.on(queue), ...modules]);
  opened.push(() => server.close());
  return { platform, server };
}

/** The whole of an app that runs apart from the others: it needs the database that they share. */
export async function runAlone(name: string, modules: (config: Config) => Promise<Modules>): Promise<void> {
  const config = loadConfig();
  const log = logFor(config);
  if (!config.databaseUrl) {
    throw new StartError(
      'start.database-url-missing',
      `${name} needs DATABASE_URL: apps that run apart share a database. Without one, npm start runs everything in one process.`,
    );
  }
  await ensureFreePort(config.host, config.port);
  const database = { url: config.databaseUrl, stop: () => Promise.resolve() };
  const { server } = await run(config, log, () => Promise.resolve(database), await modules(config));
  log.info(`${name} is ready at ${server.url}`);
}
