import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '@millrace/config';

type Place = Pick<Config, 'cwd' | 'flows' | 'credentials'>;

/** What makes a folder one of flows by itself. */
const OWN_FILES = ['credentials.json', 'endpoints.json'];

/**
 * The configuration with the folder that the paths name as its flows folder, where all are of one and it has a file of credentials
 * or endpoints of its own: flows are checked with what stands beside them. MILLRACE_CREDENTIALS goes before that. Otherwise as it is.
 */
export async function placedAt<C extends Place>(config: C, paths: readonly string[]): Promise<C> {
  const folders = new Set(await Promise.all(paths.map((path) => folderOf(resolve(config.cwd, path)))));
  const [flows, ...more] = folders;
  if (flows === undefined || more.length > 0 || !(await hasOwnFiles(flows))) return config;
  const isDefault = config.credentials === join(config.flows, 'credentials.json');
  return { ...config, flows, ...(isDefault && { credentials: join(flows, 'credentials.json') }) };
}

async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : dirname(path);
}

async function hasOwnFiles(folder: string): Promise<boolean> {
  const found = await Promise.all(OWN_FILES.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return found.some((file) => file !== undefined);
}
