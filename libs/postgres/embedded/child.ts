import { spawn } from 'node:child_process';
import type { Account } from './account.js';

/** How a short-lived program ended. `failure` is set when it could not be started at all. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly failure?: Error;
}

const PASSED_ON = ['PATH', 'TZ', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot', 'windir', 'USERPROFILE', 'APPDATA'];

/**
 * The environment of every Postgres program: a short list, so that neither PGDATA and its like change what it does,
 * nor our secrets can be read in the environment of a process of another user.
 */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const kept = PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/** The spawn options that run a program as `account`, or as ourselves. */
export function asAccount(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Runs a program to its end and collects both of its outputs. Never rejects. */
export function runToEnd(file: string, args: readonly string[], options: { account?: Account; stdin?: string } = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: '/', env: postgresEnvironment(), windowsHide: true, ...asAccount(options.account) });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (failure) => resolve({ code: null, output, failure }));
    child.on('close', (code) => resolve({ code, output }));
    // A program that ends without reading its input (EPIPE) says why through its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}
