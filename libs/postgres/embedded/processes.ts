import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { runToEnd } from './child.js';

/** A process that runs now. Zombies do not count: nobody may ever reap them in a container, yet `kill(pid, 0)` finds them. */
export interface ProcessInfo {
  readonly name: string;
  /** Differs between two processes that had the same pid, also across reboots and containers. Empty on Windows, where it is unknown. */
  readonly started: string;
  /** Working directory, where the platform tells us. */
  readonly cwd: string | undefined;
}

/** The process with this pid, or undefined when there is none. */
export async function describeProcess(pid: number): Promise<ProcessInfo | undefined> {
  if (process.platform === 'linux') return describeLinux(pid);
  if (process.platform === 'win32') return describeWindows(pid);
  return describeByPs(pid);
}

/** True while `kill(pid, 0)` finds the pid in any state: what Postgres itself takes for "in use". */
export function pidIsTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** proc(5): `/proc/<pid>/stat` is "pid (name) state ppid …"; the start time, in ticks since boot, is field 22. */
async function describeLinux(pid: number): Promise<ProcessInfo | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const nameEnd = stat.lastIndexOf(')');
  if (nameEnd < 0) return undefined;
  const fields = stat.slice(nameEnd + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return {
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    started: `${boot.trim()} ${namespace} ${fields[19] ?? ''}`,
    cwd: await readlink(`/proc/${pid}/cwd`).catch(() => undefined),
  };
}

/** macOS and the BSDs: state, start time (always five words) and command. */
async function describeByPs(pid: number): Promise<ProcessInfo | undefined> {
  const { code, output } = await runToEnd('ps', ['-o', 'state=,lstart=,comm=', '-p', String(pid)]);
  const match = /^\s*(\S+)\s+((?:\S+\s+){5})(.+)$/m.exec(output);
  if (code !== 0 || match === null || match[1]?.startsWith('Z')) return undefined;
  return { name: basename((match[3] ?? '').trim()), started: (match[2] ?? '').trim(), cwd: undefined };
}

async function describeWindows(pid: number): Promise<ProcessInfo | undefined> {
  const { output } = await runToEnd('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  const name = /^"([^"]+)"/m.exec(output)?.[1];
  return name === undefined ? undefined : { name: name.replace(/\.exe$/i, ''), started: '', cwd: undefined };
}
