import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './errors.js';
import { readSmallFile, writeDurably } from './home.js';
import { describeProcess, pidIsTaken, type ProcessInfo } from './processes.js';
import type { Listen } from './settings.js';

/** What a running server says of itself in `postmaster.pid`. */
export interface PostmasterFile {
  readonly pid: number;
  readonly listen: Listen;
}

/**
 * Reads `postmaster.pid`; undefined when there is none, or none to speak of (a full disk leaves it empty).
 * Lines: pid, data directory, start time, port, socket directory, address, shared memory key, status.
 * https://www.postgresql.org/docs/18/storage-file-layout.html and `src/include/utils/pidfile.h`
 */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const lines = (await readSmallFile(pathOf(cluster)))?.split('\n').map((line) => line.trim()) ?? [];
  // A negative pid is that of a single-user server.
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return { pid, listen: { socketDir: lines[4] || undefined, port: Number(lines[3] ?? 0) } };
}

/** The process of `file` if it is a Postgres server at work in `cluster`; its pid may long belong to somebody else. */
export async function livePostmaster(file: PostmasterFile, cluster: string): Promise<ProcessInfo | undefined> {
  const found = await describeProcess(file.pid);
  if (found === undefined || !found.name.startsWith('postgres')) return undefined;
  // A server works in its data directory. Where the platform does not tell, the connection will.
  return found.cwd === undefined || found.cwd === cluster ? found : undefined;
}

/**
 * Makes a `postmaster.pid` whose server is gone harmless. Postgres removes such a file by itself unless the pid is taken by
 * another process; it does trust its own parent not to be a server, so we put our pid. Deleting the file instead would
 * lose the shared memory key by which Postgres notices left-over processes of the dead server.
 * @throws EmbeddedPostgresError `postgres.in-use` when a server that we cannot see as a process answers on its socket
 */
export async function disownPostmasterFile(file: PostmasterFile, cluster: string): Promise<void> {
  if (await answers(file.listen)) throw inUseElsewhere(cluster);
  if (!pidIsTaken(file.pid)) return;
  const path = pathOf(cluster);
  const text = (await readSmallFile(path)) ?? '';
  await writeDurably(path, `${text.replace(/^\s*-?\d+/, String(process.pid))}\n`, await stat(cluster));
}

/** Another container may share our folder but not our pids; its Unix socket still answers. */
function answers({ socketDir, port }: Listen): Promise<boolean> {
  if (socketDir === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(join(socketDir, `.s.PGSQL.${port}`));
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('close', () => socket.destroy());
    socket.on('connect', () => socket.destroy());
  });
}

function pathOf(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function inUseElsewhere(cluster: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.in-use',
    `A Postgres server outside this container serves ${cluster}. ` +
      'Stop the Millrace that started it, or set MILLRACE_HOME to a folder that is not shared.',
  );
}
