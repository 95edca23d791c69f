import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MAIN } from './instance.js';

const CRASHING = pathToFileURL(join(process.cwd(), 'test', 'support', 'crashing-millrace.mjs')).href;
const READY = /is ready at (\S+)/;
const READY_MS = 60_000;
const END_MS = 30_000;
const KEPT_OUTPUT = 200_000;

export interface ProcessOptions {
  /** What follows `millrace` on the command line: `['start']`, `['start', 'flow-runner']`. */
  readonly args: readonly string[];
  readonly home: string;
  /** Over the environment of the tests, without whatever a developer's own says about Millrace. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arms `crashing-millrace.mjs`: the file that will name the point at which the process kills itself. */
  readonly crashFile?: string;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built command line in a process group of its own, whose death is part of the test. */
export interface MillraceProcess {
  readonly child: ChildProcess;
  /** How it ended. Rejects with what it printed when it does not end within half a minute. */
  ended(): Promise<Ending>;
  /** What it printed, to both outputs. */
  output(): string;
  /** Its address, once it says that it is ready. Rejects with its last words when it ends before. */
  ready(): Promise<string>;
  /** Resolves once it has printed this. Rejects when it ends before. */
  prints(text: string | RegExp): Promise<void>;
  /** To the whole group, as a terminal or a supervisor does it. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL to the whole group; resolves when the process is gone. */
  kill(): Promise<void>;
}

const UNSET = /^(MILLRACE_|DATABASE_URL$|REDIS_URL$|PORT$|HOST$|NODE_OPTIONS$)/;

/** Starts it and waits for nothing. The working directory is the home: no `.env`, no plugins. */
export function spawnMillrace({ args, home, env = {}, crashFile }: ProcessOptions): MillraceProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !UNSET.test(name)));
  const preload = crashFile === undefined ? [] : ['--import', CRASHING];
  const child = spawn(process.execPath, [...preload, MAIN, ...args], {
    cwd: home,
    env: {
      ...inherited,
      HOST: '127.0.0.1',
      PORT: '0',
      MILLRACE_HOME: home,
      MILLRACE_HTTP_ALLOW: '127.0.0.1',
      MILLRACE_CRASH_FILE: crashFile,
      ...env,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = recorder(child);
  const ending = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Ending);
  const signal = (name: NodeJS.Signals): void => signalGroup(child, name);
  return {
    child,
    ended: () => within(END_MS, ending, () => `Millrace did not end:\n${output()}`),
    output,
    signal,
    ready: async () => {
      await printed(child, output, READY);
      return READY.exec(output())![1]!;
    },
    prints: (text) => printed(child, output, text),
    kill: async () => {
      signal('SIGKILL');
      await ending;
    },
  };
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

/** A group whose leader has been reaped may be somebody else's by now, so it is left alone. */
function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, name);
}

async function printed(child: ChildProcess, output: () => string, text: string | RegExp): Promise<void> {
  const there = (): boolean => (typeof text === 'string' ? output().includes(text) : text.test(output()));
  const settled = new Promise<void>((resolve, reject) => {
    const look = (): void => void (there() && resolve());
    const fail = (): void => reject(new Error(`Millrace ended without printing ${text}:\n${output()}`));
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', fail);
    look();
    if (child.exitCode !== null || child.signalCode !== null) fail();
  });
  await within(READY_MS, settled, () => `Millrace did not print ${text}:\n${output()}`);
}

async function within<T>(ms: number, work: Promise<T>, reproach: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(reproach())), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
