import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from '@jest/globals';
import { makeHome, removeHome } from '../../apps/millrace/demo/home.js';
import { startChild, type ChildInstance } from '../../apps/millrace/demo/child-instance.js';

/** The command line as `npm run build` leaves it; `npm test` builds first. */
export const MAIN = resolve('dist/apps/millrace/main.js');

const CLEAN_UP_MS = 180_000;

/** An answer that does not come fails by its name, before the test that waits for it fails without one. */
export const ANSWER_MS = 30_000;

/** What a developer's own environment or .env may say and a test must not see. Empty means unset. */
const UNSET = {
  DATABASE_URL: '',
  REDIS_URL: '',
  MILLRACE_TOKEN: '',
  MILLRACE_CREDENTIALS: '',
  MILLRACE_PUBLIC_URL: '',
  MILLRACE_TRUSTED_PROXIES: '',
  MILLRACE_TLS_CERT: '',
  MILLRACE_TLS_KEY: '',
  MILLRACE_HIDE_UNKNOWN: '',
};

export interface TestInstance extends ChildInstance {
  /** The folder of its flows. */
  readonly flows: string;
  /** A request to the control API: `api('runs?flow=hello')`. Answers the parsed body; throws on every status but 2xx. */
  api<T = unknown>(path: string, init?: RequestInit): Promise<T>;
}

export interface TestInstanceOptions {
  /** Over the environment of the tests. `PORT` is 0 unless it is set here. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder, or files for a new one: `{ hello: { … }, credentials: { … } }`. Default: the repository's flows. */
  readonly flows?: string | Readonly<Record<string, object>>;
  /** From `newHome`, to start again on the same data. Default: a new one. */
  readonly home?: string;
}

const running = new Set<ChildInstance>();
const homes = new Set<string>();
const folders = new Set<string>();

/** Whatever a test leaves behind, also when it failed half-way or killed its instance. */
afterAll(async () => {
  await Promise.all([...running].map((instance) => instance.stop()));
  await Promise.all([...homes].map(removeHome));
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true })));
}, CLEAN_UP_MS);

/** A MILLRACE_HOME that is removed after the last test of this file. */
export async function newHome(): Promise<string> {
  const home = await makeHome('millrace-test-');
  homes.add(home);
  return home;
}

/** Starts Millrace as a person would, on a free port, and waits until it is ready. Stopped after the last test of this file. */
export async function startInstance({ env = {}, flows, home }: TestInstanceOptions = {}): Promise<TestInstance> {
  const folder = typeof flows === 'object' ? await flowFolder(flows) : resolve(flows ?? 'flows');
  const instance = await startChild({
    main: MAIN,
    home: home ?? (await newHome()),
    env: { ...process.env, ...UNSET, HOST: '127.0.0.1', PORT: '0', MILLRACE_HTTP_ALLOW: '127.0.0.1', MILLRACE_FLOWS: folder, ...env },
  });
  running.add(instance);
  return { ...instance, flows: folder, api: (path, init) => callApi(instance, path, init) };
}

async function flowFolder(files: Readonly<Record<string, object>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-flows-'));
  folders.add(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, `${name}.json`), JSON.stringify(content));
  return folder;
}

async function callApi<T>({ url, token }: ChildInstance, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v1/${path.replace(/^\/+/, '')}`, {
    signal: AbortSignal.timeout(ANSWER_MS),
    ...init,
    headers,
  }).catch((error: unknown) => {
    throw new Error(`${init.method ?? 'GET'} ${path} has no answer`, { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}
