import { join } from 'node:path';
import { startEmbeddedPostgres } from '@millrace/postgres';
import { startPrivateRedis } from '../contract/private-redis.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';
import { finallyClose, openWorld, type World } from './world.js';

/** Apps that share a database and a queue. */
export interface Site {
  readonly world: World;
  readonly databaseUrl: string;
  readonly start: (app: string) => Promise<{ readonly app: MillraceProcess; readonly url: string }>;
}

/** A database, and a queue in it or on Redis; apps are started as they are needed. */
export async function openSite(onRedis = false): Promise<Site> {
  const world = await openWorld();
  const server = await startEmbeddedPostgres({ home: world.home, log: () => undefined });
  finallyClose(() => server.stop());
  const redis = onRedis ? await startPrivateRedis() : undefined;
  finallyClose(() => redis?.kill() ?? Promise.resolve());
  const env = { DATABASE_URL: server.url, MILLRACE_FLOWS: join(world.home, 'flows'), REDIS_URL: redis?.url ?? '' };
  const start: Site['start'] = async (name) => {
    const app = spawnMillrace({ args: ['start', name], home: world.home, env });
    finallyClose(() => app.kill());
    return { app, url: await app.ready() };
  };
  return { world, databaseUrl: server.url, start };
}
