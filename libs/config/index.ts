import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { parseSettings, type Settings } from './settings.js';

export { ConfigurationError, parseSettings, SETTINGS, type Settings } from './settings.js';

/** The settings of this process with paths made absolute, and the one way to the variables that credentials name. */
export interface Config extends Omit<Settings, 'hideUnknown' | 'credentials'> {
  readonly hideUnknown: boolean;
  /** Absolute path of the credentials file. */
  readonly credentials: string;
  /** Absolute paths; both or neither. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** Where relative settings start. */
  readonly cwd: string;
  /** The value of a variable that a credential refers to. */
  variable(name: string): string | undefined;
}

/**
 * The only reader of the environment. A `.env` file in the working directory fills in what the environment does
 * not say itself. Throws a ConfigurationError that names every variable that does not fit.
 */
export function loadConfig(cwd = process.cwd(), environment: NodeJS.ProcessEnv = process.env): Config {
  const env = { ...dotenvFile(join(cwd, '.env')), ...environment };
  const settings = parseSettings(env);
  const home = resolve(cwd, settings.home);
  const flows = resolve(cwd, settings.flows);
  return {
    ...settings,
    cwd,
    home,
    flows,
    blobs: settings.blobs ? resolve(cwd, settings.blobs) : join(home, 'blobs'),
    credentials: settings.credentials ? resolve(cwd, settings.credentials) : join(flows, 'credentials.json'),
    hideUnknown: settings.hideUnknown === 'true',
    publicUrl: settings.publicUrl?.replace(/\/+$/, ''),
    tlsCert: settings.tlsCert && resolve(cwd, settings.tlsCert),
    tlsKey: settings.tlsKey && resolve(cwd, settings.tlsKey),
    variable: (name) => env[name],
  };
}

function dotenvFile(path: string): Record<string, string> {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`Cannot read ${dirname(path)}/.env: ${(error as Error).message}`, { cause: error });
  }
}
