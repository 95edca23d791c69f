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
  await ensureFreePort(config.host, config.port);
  const [database, token] = await Promise.all([openDatabase(config, log), controlToken(config)]);
  const modules = [RunnerModule, WebhookModule.bornIn(RunnerModule, Runner), controlModule(token)];
  const { platform, server } = await run(config, log, database, modules);
  await writeFile(join(config.home, 'url'), `${server.url}\n`);
  process.stdout.write(greeting(platform.publicUrl, token, platform.catalog));
}

async function openDatabase(config: Config, log: Log): Promise<ServedDatabase> {
  return config.databaseUrl ? { url: config.databaseUrl, stop: () => Promise.resolve() } : openPrivateDatabase(config, log);
}
