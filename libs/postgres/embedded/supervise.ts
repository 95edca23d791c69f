import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { runToEnd } from './child.js';
import { EmbeddedPostgresError, errorCode, reasonOf } from './errors.js';
import { describeProcess } from './processes.js';

const POLL_MS = 1_000;
const HURRIED_POLL_MS = 25;
const FAST_STOP_MS = 20_000;
const IMMEDIATE_STOP_MS = 10_000;

/** How the server ended, with the last lines of its log. Code and signal are unknown for an adopted server. */
export interface ExitInfo {
  readonly code?: number;
  readonly signal?: string;
  readonly logTail: string;
}

/** A server whose end will be known. */
export interface Watched {
  readonly pid: number;
  readonly gone: Promise<ExitInfo>;
  /** Asks to notice the end at once: somebody waits for it. */
  hurry(): void;
}

/** Watches a server that we started. */
export function watchChild(child: ChildProcess, pid: number, tail: () => Promise<string>): Watched {
  const gone = new Promise<ExitInfo>((resolve) => {
    child.once('exit', (code, signal) => {
      void tail().then((logTail) => resolve({ code: code ?? undefined, signal: signal ?? undefined, logTail }));
    });
  });
  return { pid, gone, hurry: () => undefined };
}

/** Watches a server that somebody else started, by looking every second. Does not keep our process alive. */
export function watchPid(pid: number, started: string, tail: () => Promise<string>): Watched {
  const hurried = new AbortController();
  const rest = (): Promise<unknown> =>
    hurried.signal.aborted
      ? delay(HURRIED_POLL_MS)
      : delay(POLL_MS, undefined, { ref: false, signal: hurried.signal }).catch(() => undefined);
  const gone = (async (): Promise<ExitInfo> => {
    while ((await describeProcess(pid))?.started === started) await rest();
    return { logTail: await tail() };
  })();
  return { pid, gone, hurry: () => hurried.abort() };
}

/**
 * Fast shutdown: open transactions are rolled back, everything is written, the server goes. After 20 s an immediate
 * shutdown (the next start recovers). Resolves when the server is gone.
 * https://www.postgresql.org/docs/18/server-shutdown.html
 * @throws EmbeddedPostgresError `postgres.stop-failed`
 */
export async function shutDown(server: Watched, stopOnWindows: (mode: 'fast' | 'immediate') => Promise<void>): Promise<void> {
  server.hurry();
  const windows = process.platform === 'win32';
  await (windows ? stopOnWindows('fast') : signal(server.pid, 'SIGINT'));
  if (await goneWithin(server, FAST_STOP_MS)) return;
  await (windows ? stopOnWindows('immediate') : signal(server.pid, 'SIGQUIT'));
  if (await goneWithin(server, IMMEDIATE_STOP_MS)) return;
  throw new EmbeddedPostgresError(
    'postgres.stop-failed',
    `Postgres (pid ${server.pid}) does not stop. End it with kill -9 ${server.pid}; the next start recovers the data.`,
  );
}

/** Windows knows no signals: pg_ctl tells the server through its own pipe. */
export async function stopByPgCtl(pgCtl: string, cluster: string, mode: 'fast' | 'immediate'): Promise<void> {
  await runToEnd(pgCtl, ['stop', '-D', cluster, '-m', mode, '-W']);
}

async function signal(pid: number, name: NodeJS.Signals): Promise<void> {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return;
    throw new EmbeddedPostgresError('postgres.stop-failed', `Postgres (pid ${pid}) cannot be stopped by this user (${reasonOf(error)}).`);
  }
}

/** A timer that holds the process open: who stops the server waits for it. */
async function goneWithin(server: Watched, milliseconds: number): Promise<boolean> {
  const patience = new AbortController();
  const late = delay(milliseconds, false, { signal: patience.signal }).catch(() => false);
  const result = await Promise.race([server.gone.then(() => true), late]);
  patience.abort();
  return result;
}
