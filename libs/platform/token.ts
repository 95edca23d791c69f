import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@millrace/config';
import { homeUnusable, makeHome } from './home.js';

/** The control API's token: from MILLRACE_TOKEN, else from `$MILLRACE_HOME/token`, generated once (256 bits, mode 0600). */
export async function controlToken(config: Config): Promise<string> {
  if (config.token) return config.token;
  const path = join(config.home, 'token');
  try {
    return (await existing(path)) ?? (await create(config.home, path));
  } catch (error) {
    throw homeUnusable(config.home, error);
  }
}

async function existing(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim() || undefined;
}

/** How long another process that makes the token at the same time may take to write it. */
const PATIENCE_MS = 1_000;

/** `wx`: of two processes that start at once one writes, the other reads. A file that stays empty is filled. */
async function create(home: string, path: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await makeHome(home);
  try {
    await writeFile(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await written(path)) ?? (await fill(path, token));
  }
}

async function written(path: string): Promise<string | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const token = await existing(path);
    if (token !== undefined || Date.now() > deadline) return token;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function fill(path: string, token: string): Promise<string> {
  await writeFile(path, `${token}\n`);
  await chmod(path, 0o600);
  return token;
}
