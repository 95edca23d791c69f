import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './errors.js';

/** A user of this machine, as `spawn` and `chown` want it. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** True when this process may act as any user (and Postgres therefore refuses to run as it). */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The user the server runs as: undefined for ourselves. Root needs another: the owner of an existing data directory, else
 * `postgres`, else `nobody` (initdb wants an entry in passwd).
 * @throws EmbeddedPostgresError `postgres.not-owner`, `postgres.account-missing`
 */
export async function serverAccount(cluster: string, owner: Account | undefined, passwdFile = '/etc/passwd'): Promise<Account | undefined> {
  if (!isRoot()) {
    if (owner !== undefined && process.getuid !== undefined && owner.uid !== process.getuid()) throw notOwner(cluster, owner);
    return undefined;
  }
  if (owner !== undefined && owner.uid !== 0) return owner;
  const passwd = await readFile(passwdFile, 'utf8').catch(() => '');
  const account = accountNamed(passwd, 'postgres') ?? accountNamed(passwd, 'nobody');
  if (account !== undefined) return account;
  throw new EmbeddedPostgresError(
    'postgres.account-missing',
    `Postgres refuses to run as root, and ${passwdFile} has neither a user postgres nor nobody. ` +
      'Create one (useradd --system postgres), start Millrace as an ordinary user, or set DATABASE_URL.',
  );
}

/** passwd(5): name:password:uid:gid:… */
export function accountNamed(passwd: string, name: string): Account | undefined {
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':');
  const account = { uid: Number(fields?.[2]), gid: Number(fields?.[3]) };
  return account.uid > 0 && Number.isInteger(account.gid) ? account : undefined;
}

/** Whether `account` can walk to `dir` from the root, by mode bits: spawned with a uid it has no further groups. */
export async function canReach(dir: string, account: Account): Promise<boolean> {
  const here = await stat(await realpath(dir));
  if (!mayEnter(here, account)) return false;
  const parent = dirname(await realpath(dir));
  return parent === dir || canReach(parent, account);
}

function mayEnter(dir: { uid: number; gid: number; mode: number }, account: Account): boolean {
  if (dir.uid === account.uid) return (dir.mode & 0o100) !== 0;
  if (dir.gid === account.gid) return (dir.mode & 0o010) !== 0;
  return (dir.mode & 0o001) !== 0;
}

function notOwner(cluster: string, owner: Account): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.not-owner',
    `The data in ${cluster} belongs to user ${owner.uid}, not to you (${process.getuid?.()}). ` +
      'Start Millrace as that user or as root, or set MILLRACE_HOME to another folder.',
  );
}
