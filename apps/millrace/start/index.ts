import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, type Config } from '@millrace/config';
import { controlToken, ensureFreePort, logFor, run, type ServedDatabase } from '@millrace/platform';
import type { Log } from '@millrace/telemetry';
import { controlModule } from '../../control-api/index.js';
import { Runner, RunnerModule } from '../../flow-runner/index.js';
import { WebhookModule } from '../../webhook-service/index.js';
import { greeting } from './greeting.js';
import { openPrivateDatabase } from './private-database.js';

/** Everything in one process: runs start where their events were accepted, the queue takes the overflow. */
export async function startAll(): Promise<void> {
  const config = loadConfig();
  const log = logFor(config);
  const token = await controlToken(config);
  const modules = [RunnerModule, WebhookModule.bornIn(RunnerModule, Runner), controlModule(token)];
  const { platform, server } = await run(config, log, () => openDatabase(config, log), modules);
  await writeFile(join(config.home, 'url'), `${server.url}\n`);
  process.stdout.write(greeting(platform.publicUrl, token, platform.catalog));
}

/** The port is looked at before a database is started, but after the home: a second start is told about the first. */
async function openDatabase(config: Config, log: Log): Promise<ServedDatabase> {
  const portIsFree = (): Promise<void> => ensureFreePort(config.host, config.port);
  if (!config.databaseUrl) return openPrivateDatabase(config, log, portIsFree);
  await portIsFree();
  return { url: config.databaseUrl, stop: () => Promise.resolve() };
}
