import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@millrace/config';
import { CommandError } from '../command.js';

/** A running Millrace, as far as the command line needs to know it. */
export interface Instance {
  /** Without a trailing slash. */
  readonly url: string;
  /** Of the control API. */
  readonly token: string;
}

type Where = Pick<Config, 'home' | 'host' | 'port' | 'token'>;

/**
 * The instance that was named, else the one that was started last from this home, else the one that the configuration
 * would start. Throws a CommandError where there is no token to speak to it with.
 */
export async function findInstance(config: Where, named?: string): Promise<Instance> {
  const started = named === undefined ? await firstLine(join(config.home, 'url')) : undefined;
  const url = named === undefined ? (started ?? configuredUrl(config)) : checkedUrl(named);
  const token = config.token ?? (await firstLine(join(config.home, 'token')));
  if (token === undefined) {
    throw new CommandError(`There is no token in ${join(config.home, 'token')} yet. Start Millrace with npm start, or set MILLRACE_TOKEN.`);
  }
  return { url: url.replace(/\/+$/, ''), token };
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new CommandError('--url takes the address of an instance, such as http://127.0.0.1:3000.');
}

/** An address that means "all of them" cannot be connected to everywhere. */
function configuredUrl({ host, port }: Where): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function firstLine(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new CommandError(`${path} cannot be read: ${error.message}`);
  });
  return text.split('\n', 1)[0]?.trim() || undefined;
}
