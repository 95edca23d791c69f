import { chmod, chown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { runToEnd } from './child.js';
import { EmbeddedPostgresError, explainFileError, explainOutput, reasonOf } from './errors.js';
import { readSmallFile, syncDirectory, writeDurably } from './home.js';
import { pidIsTaken } from './processes.js';
import { USER } from './settings.js';

const NEST = 'postgres.new-';

/**
 * Makes a new data directory. It appears whole or not at all: initdb works (and syncs) in a folder beside it that is
 * renamed at the end, and what an interrupted start left there is removed.
 */
export async function createCluster(cluster: string, binaries: Binaries, account: Account | undefined, password: string): Promise<void> {
  const parent = dirname(cluster);
  const nest = join(parent, `${NEST}${process.pid}`);
  try {
    await removeLeftOvers(parent);
    const fresh = await prepareNest(nest, account, password);
    await initdb(binaries, fresh, nest, account);
    await rename(fresh, cluster);
    await syncDirectory(parent);
  } catch (error) {
    throw explainFileError(error, `Making the data directory ${cluster}`);
  } finally {
    await rm(nest, { recursive: true, force: true });
  }
}

/** @throws EmbeddedPostgresError `postgres.version-mismatch` when another major version made the data */
export async function assertVersion(cluster: string, major: string): Promise<void> {
  const found = await readSmallFile(join(cluster, 'PG_VERSION'));
  if (found === major) return;
  throw new EmbeddedPostgresError(
    'postgres.version-mismatch',
    `The data in ${cluster} was made by PostgreSQL ${found}, and this is PostgreSQL ${major}. ` +
      `Start the Millrace version that made it, or serve the data with PostgreSQL ${found} and set DATABASE_URL.`,
  );
}

/**
 * Gives the superuser a new password in single-user mode, while no server runs: for a home whose password file was lost.
 * Whoever can do this owns the data directory anyway.
 */
export async function resetPassword(cluster: string, binaries: Binaries, account: Account | undefined, password: string): Promise<void> {
  const result = await runToEnd(binaries.postgres, ['--single', '-D', cluster, '-c', 'exit_on_error=on', 'postgres'], {
    account,
    stdin: `alter role ${USER} password '${password}'\n`,
  });
  if (result.code !== 0) throw explainOutput('postgres.password-missing', 'Setting a new database password', result.output);
}

/** Folders of starts that are no more; a pid that lives may be at work on its own. */
async function removeLeftOvers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(NEST) ? Number(name.slice(NEST.length)) : 0;
    const abandoned = pid > 0 && (pid === process.pid || !pidIsTaken(pid));
    if (abandoned) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** The nest is ours; only the data directory and the password file in it belong to the server's user. */
async function prepareNest(nest: string, account: Account | undefined, password: string): Promise<string> {
  const fresh = join(nest, 'cluster');
  await mkdir(nest);
  await chmod(nest, account === undefined ? 0o700 : 0o711);
  await mkdir(fresh);
  await chmod(fresh, 0o700);
  if (account !== undefined) await chown(fresh, account.uid, account.gid);
  await writeDurably(join(nest, 'password'), password, account);
  return fresh;
}

/** The built-in C.UTF-8 locale needs nothing from the operating system and sorts the same everywhere. */
async function initdb(binaries: Binaries, fresh: string, nest: string, account: Account | undefined): Promise<void> {
  const options = [
    ...['-D', fresh, '-U', USER, '--pwfile', join(nest, 'password'), '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--data-checksums', '--no-instructions'],
  ];
  const result = await runToEnd(binaries.initdb, options, { account });
  if (result.code === 0) return;
  throw explainOutput('postgres.initdb-failed', 'Making the database (initdb)', result.output || reasonOf(result.failure));
}
