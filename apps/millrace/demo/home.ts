import { chmod, mkdtemp, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Others may walk through: under root, PostgreSQL runs as another user and has its data in here. */
const WALKABLE = 0o711;

/** A process that dies just now may still write. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10 } as const;

/** A new MILLRACE_HOME for temporary files. */
export async function makeHome(prefix: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), prefix));
  await chmod(home, WALKABLE);
  return home;
}

/** Removes a home whose PostgreSQL has stopped, data included, wherever it lies. */
export async function removeHome(home: string): Promise<void> {
  const cluster = await clusterOf(home);
  for (const path of [cluster, home]) await rm(path, REMOVAL);
  // Data outside the home has a parent of its own, empty by now.
  if (dirname(cluster) !== home) await rmdir(dirname(cluster)).catch(() => undefined);
}

/** Whether a server was at work on this home when its Millrace ended, and may still be. */
export async function hasLeftOvers(home: string): Promise<boolean> {
  const file = join(await clusterOf(home), 'postmaster.pid');
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Stops the server that a killed Millrace left behind: adopted first, so that a stranger with its old pid is safe. */
export async function stopLeftOvers(home: string): Promise<void> {
  const { startEmbeddedPostgres } = await import('@millrace/postgres');
  const server = await startEmbeddedPostgres({ home, log: () => undefined });
  await server.stop();
}

async function clusterOf(home: string): Promise<string> {
  const elsewhere = await readFile(join(home, 'postgres.location'), 'utf8').catch(() => '');
  return elsewhere.trim() || join(home, 'postgres');
}
