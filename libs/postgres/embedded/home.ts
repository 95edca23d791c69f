import { randomBytes } from 'node:crypto';
import { chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { isRoot, type Account } from './account.js';
import { EmbeddedPostgresError, explainFileError, unless } from './errors.js';

/** The files the private server has in MILLRACE_HOME. */
export interface Home {
  readonly dir: string;
  /** Where the data is, unless `location` names another place. */
  readonly cluster: string;
  readonly location: string;
  readonly password: string;
  readonly log: string;
}

/** Creates the home if need be and names its files. Its path is real (no symbolic links), so that it can be compared and hashed. */
export async function openHome(dir: string): Promise<Home> {
  if (!isAbsolute(dir)) {
    throw new EmbeddedPostgresError('postgres.permission-denied', `MILLRACE_HOME must be an absolute path, and "${dir}" is not.`);
  }
  try {
    await makeFolder(dir);
    const real = await realpath(dir);
    return {
      dir: real,
      cluster: join(real, 'postgres'),
      location: join(real, 'postgres.location'),
      password: join(real, 'postgres.password'),
      log: join(real, 'postgres.log'),
    };
  } catch (error) {
    throw explainFileError(error, `Opening MILLRACE_HOME (${dir})`);
  }
}

/** The trimmed text of a small file, or undefined when it is missing or empty. */
export async function readSmallFile(path: string): Promise<string | undefined> {
  const text = await unless(['ENOENT', 'ENOTDIR'], readFile(path, 'utf8'), '');
  return text.trim() === '' ? undefined : text.trim();
}

/** Writes a private file so that after a crash it is there whole or not at all. Never follows a link planted at `path`. */
export async function writeDurably(path: string, text: string, owner: Account | undefined): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (owner !== undefined) await file.chown(owner.uid, owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, `Writing ${path}`);
  }
}

/** Makes renames and creations in a directory durable, where the platform can. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Who should own what root writes into the home: its owner, so that a later start as that user still works. */
export async function homeOwner(home: Home): Promise<Account | undefined> {
  return isRoot() ? stat(home.dir) : undefined;
}

/** Gives a file that root made in the home to the owner of the home. */
export async function giveToHomeOwner(home: Home, path: string): Promise<void> {
  const owner = await homeOwner(home);
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}
