import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@millrace/config';
import { StartError } from './start-error.js';

/** The control API's token: from MILLRACE_TOKEN, else from `$MILLRACE_HOME/token`, generated once (256 bits, mode 0600). */
export async function controlToken(config: Config): Promise<string> {
  if (config.token) return config.token;
  const path = join(config.home, 'token');
  try {
    return (await existing(path)) ?? (await create(config.home, path));
  } catch (error) {
    throw new StartError('start.home-unusable', `MILLRACE_HOME (${config.home}) cannot be used: ${(error as Error).message}. Set it to a folder of yours.`);
  }
}

async function existing(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim() || undefined;
}

/** `wx`: of two processes that start at once one writes, the other reads. */
async function create(home: string, path: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await mkdir(home, { recursive: true });
  try {
    await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await existing(path)) ?? token;
  }
}
