import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from '../client/instance.js';
import { CommandError } from '../command.js';
import { hasLeftOvers, stopLeftOvers } from './home.js';

/** A Millrace in a process of its own. */
export interface ChildInstance extends Instance {
  readonly home: string;
  readonly child: ChildProcess;
  /** The last lines that it printed. */
  output(): string;
  /** Drains and ends, PostgreSQL included, also when the process is gone already. The home stays. Safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL. PostgreSQL lives on: the next start on this home adopts it, `stop` ends it. */
  kill(): Promise<void>;
}

export interface ChildOptions {
  /** `main.js` of the command line, as built. */
  readonly main: string;
  readonly home: string;
  /** The whole environment but MILLRACE_HOME. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** What the greeting says once everything works. */
const READY = /Millrace is ready at (\S+)/;
const START_MS = 60_000;
const STOP_MS = 30_000;
const KEPT_OUTPUT = 20_000;

/** Starts `millrace start` and waits until it greets. When it cannot start, nothing stays behind and the error holds its last words. */
export async function startChild(options: ChildOptions): Promise<ChildInstance> {
  const { main, home, cwd } = options;
  const env: NodeJS.ProcessEnv = { ...options.env, MILLRACE_HOME: home };
  // A process group of its own: the terminal's Ctrl-C is for us, who stop it in order.
  const child = spawn(process.execPath, [main, 'start'], { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = recorder(child);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopChild(child, home));
  try {
    const url = await greeting(child, output);
    const token = env['MILLRACE_TOKEN'] || (await readFile(join(home, 'token'), 'utf8')).trim();
    return { url, token, home, child, output, stop, kill: () => end(child, 'SIGKILL') };
  } catch (error) {
    await stop();
    throw error;
  }
}

function recorder(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-KEPT_OUTPUT);
    });
  }
  return () => text;
}

/** The address from the greeting; rejects when the child ends before, or takes too long. */
function greeting(child: ChildProcess, output: () => string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const greeted = new Promise<string>((resolve, reject) => {
    const fail = (reason: string): void => reject(new CommandError(`Millrace ${reason}.\n${output()}`.trimEnd()));
    child.stdout?.on('data', () => {
      const url = READY.exec(output())?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('close', (code, cause) => fail(`ended while it started (${cause ?? `code ${code}`})`));
    timer = setTimeout(() => fail(`was not ready within ${START_MS / 1000} s`), START_MS);
  });
  return greeted.finally(() => clearTimeout(timer));
}

async function stopChild(child: ChildProcess, home: string): Promise<void> {
  await end(child, 'SIGINT');
  if (child.exitCode !== 0 && (await hasLeftOvers(home))) await stopLeftOvers(home);
}

/** Resolves when the process is gone; one that does not go when asked is killed. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone.finally(() => clearTimeout(timer));
}
