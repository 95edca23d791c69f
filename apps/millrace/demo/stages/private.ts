import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCredentials } from '@millrace/catalog';
import type { Config } from '@millrace/config';
import { parse } from 'jsonc-parser';
import { createClient } from '../../client/client.js';
import { CommandError } from '../../command.js';
import { demoCredentials, type DemoCredentials } from '../credentials.js';
import { makeHome, removeHome } from '../home.js';
import { startChild } from '../child-instance.js';
import { startStandIns } from '../stand-ins.js';
import type { Stage, Undo } from './stage.js';

/** Settings that would lead the demo's own instance into the real world, or away from its own home. Empty means unset. */
const UNSET = {
  DATABASE_URL: '',
  REDIS_URL: '',
  MILLRACE_TOKEN: '',
  MILLRACE_PUBLIC_URL: '',
  MILLRACE_HIDE_UNKNOWN: '',
};

/** An instance of the demo's own: temporary home, free port, secrets made up on the spot, stand-ins instead of vendors. */
export async function openPrivateStage(config: Config, later: Undo): Promise<Stage> {
  const standIns = await startStandIns();
  later(() => standIns.close());
  const home = await makeHome('millrace-demo-');
  later(() => removeHome(home));
  const { entries, variables } = demoCredentials(await readEntries(config.credentials), (vendor) => standIns.addressOf(vendor));
  const path = join(home, 'credentials.json');
  await writeFile(path, JSON.stringify(entries, undefined, 2));
  await chmod(path, 0o600);
  const instance = await startChild({ main: mainFile(), home, env: environment(config, path, variables), cwd: config.cwd });
  later(() => instance.stop());
  const client = createClient(instance);
  later(() => client.close());
  const book = await readCredentials(path, (name) => variables[name]);
  return {
    client,
    about: `${instance.url}, private: its data is in ${home} and goes when the demo ends`,
    credential: (name) => book.get(name)!,
    arrivals: () => standIns.take(),
    output: () => instance.output(),
  };
}

function environment(config: Config, credentials: string, variables: DemoCredentials['variables']): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...UNSET,
    ...variables,
    HOST: '127.0.0.1',
    PORT: '0',
    MILLRACE_FLOWS: config.flows,
    MILLRACE_CREDENTIALS: credentials,
    MILLRACE_HTTP_ALLOW: '127.0.0.1',
    MILLRACE_LOG_LEVEL: 'warn',
    MILLRACE_LOG_FORMAT: 'text',
  };
}

async function readEntries(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CommandError(`The demo reads ${path}, but it cannot: ${error.message}`);
  });
  const entries = parse(text, [], { allowTrailingComma: true }) as unknown;
  if (typeof entries === 'object' && entries !== null) return entries as Record<string, unknown>;
  throw new CommandError(`${path} must be one object: names and what they stand for.`);
}

/** `main.js`, beside which this file lies when built. */
function mainFile(): string {
  return fileURLToPath(new URL('../../main.js', import.meta.url));
}
