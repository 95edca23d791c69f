import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder } from '../make-folder.js';
import { EmbeddedPostgresError, explainFileError, unless } from './errors.js';
import { describeProcess } from './processes.js';

/** The right to use a home, until released or until this process ends. */
export interface HomeLock {
  release(): Promise<void>;
}

const PAUSE_MS = 20;

/**
 * Takes `millrace.lock` in a home, so that one Millrace at a time uses it. The lock of a process that is gone is taken over,
 * also when its pid has a new owner: the lock records when its process started.
 * @throws EmbeddedPostgresError `home.locked`, naming the process that holds it
 */
export async function acquireHomeLock(home: string): Promise<HomeLock> {
  const path = join(home, 'millrace.lock');
  try {
    await makeFolder(home);
    const mine = await claim();
    while (!(await createWhole(path, mine))) await refuseOrClear(path, mine);
    return { release: () => removeIf(path, mine) };
  } catch (error) {
    throw explainFileError(error, `Locking MILLRACE_HOME (${home})`);
  }
}

/** Text of a lock file. The nonce tells apart two locks of one process. */
async function claim(): Promise<string> {
  const self = await describeProcess(process.pid);
  return `${JSON.stringify({ pid: process.pid, started: self?.started ?? '', nonce: randomBytes(8).toString('hex') })}\n`;
}

/** Creates the file with its content in one step; false when it exists. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o644 });
    return await unless(
      ['EEXIST'],
      link(draft, path).then(() => true),
      false,
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** Refuses when the holder lives; otherwise clears its lock away, so that creating ours can be tried again. */
async function refuseOrClear(path: string, mine: string): Promise<void> {
  const held = await read(path);
  if (held === undefined) return;
  const holder = await livingHolder(held);
  if (holder !== undefined) throw locked(path, holder);
  await clearStale(path, held, mine);
}

/** Two processes may find the same stale lock: only who holds the guard removes it, and only if it is still that one. */
async function clearStale(path: string, stale: string, mine: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (await createWhole(guard, mine)) {
    await removeIf(path, stale);
    await rm(guard, { force: true });
    return;
  }
  const other = await read(guard);
  if (other !== undefined && (await livingHolder(other)) === undefined) await removeIf(guard, other);
  await delay(PAUSE_MS);
}

async function removeIf(path: string, text: string): Promise<void> {
  if ((await read(path)) === text) await rm(path, { force: true });
}

function read(path: string): Promise<string | undefined> {
  return unless<string | undefined>(['ENOENT'], readFile(path, 'utf8'), undefined);
}

/** The pid in a lock, if the process that wrote it still runs. A file cut short by a power failure has no holder. */
async function livingHolder(text: string): Promise<number | undefined> {
  const { pid, started } = parse(text);
  if (typeof pid !== 'number') return undefined;
  const found = await describeProcess(pid);
  return found !== undefined && found.started === started ? pid : undefined;
}

function parse(text: string): { pid?: unknown; started?: unknown } {
  try {
    return (JSON.parse(text) as { pid?: unknown; started?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}

function locked(path: string, pid: number): EmbeddedPostgresError {
  const who = pid === process.pid ? 'This process' : `Another Millrace (pid ${pid})`;
  return new EmbeddedPostgresError(
    'home.locked',
    `${who} already uses this MILLRACE_HOME. Stop it first, or set MILLRACE_HOME to another folder. ` +
      `(If that process is no Millrace, delete ${path}.)`,
  );
}
