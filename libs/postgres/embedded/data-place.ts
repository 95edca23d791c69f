import { createHash } from 'node:crypto';
import { chmod, lchown, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { canReach, isRoot, serverAccount, type Account } from './account.js';
import { EmbeddedPostgresError, reasonOf, unless } from './errors.js';
import { homeOwner, readSmallFile, writeDurably, type Home } from './home.js';

/** Where root keeps what another user must be able to reach. */
export const SYSTEM_DIR = '/var/lib/millrace';

/** Where the data is or will be, and whom the server runs as (undefined: as ourselves). */
export interface DataPlace {
  readonly cluster: string;
  readonly account: Account | undefined;
  readonly exists: boolean;
}

/**
 * Finds the data directory, or the place for a new one: inside the home, unless we are root and the server's user cannot
 * walk there (a 0700 home); then below `systemDir`. The place outside is recorded in `postgres.location` once there is data in it.
 * @throws EmbeddedPostgresError when the data cannot be used by this user, is gone, or is something else
 */
export async function findDataPlace(home: Home, systemDir: string): Promise<DataPlace> {
  const recorded = await readSmallFile(home.location);
  const outside = join(systemDir, createHash('sha256').update(home.dir).digest('hex').slice(0, 16), 'postgres');
  for (const cluster of [recorded ?? home.cluster, ...(isRoot() && recorded === undefined ? [outside] : [])]) {
    const owner = await ownerOfCluster(cluster);
    if (owner !== undefined) return existing(cluster, owner);
  }
  if (recorded !== undefined) throw dataMissing(home, recorded);
  const account = await serverAccount(home.cluster, undefined);
  const reachable = account === undefined || (await canReach(home.dir, account));
  return { cluster: reachable ? home.cluster : outside, account, exists: false };
}

/** Remembers a place outside the home, so that later starts find it also when the home has moved. */
export async function recordDataPlace(home: Home, cluster: string): Promise<void> {
  if (cluster === home.cluster || (await readSmallFile(home.location)) === cluster) return;
  await writeDurably(home.location, `${cluster}\n`, await homeOwner(home));
}

/** Makes the folder that will hold a new data directory. It stays ours: the server's user only gets the data directory in it. */
export async function makeParent(cluster: string): Promise<void> {
  const parent = dirname(cluster);
  try {
    if ((await mkdir(parent, { recursive: true })) === undefined) return;
    await chmod(dirname(parent), 0o755);
    await chmod(parent, 0o755);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'postgres.data-unreachable',
      `Postgres cannot run as root, its own user cannot reach MILLRACE_HOME, and ${parent} cannot be made (${reasonOf(error)}). ` +
        'Set MILLRACE_HOME to a folder that other users may enter (mode 0711 along the path), or start Millrace as an ordinary user.',
      { cause: error },
    );
  }
}

async function existing(cluster: string, owner: Account): Promise<DataPlace> {
  const account = await serverAccount(cluster, owner);
  if (account === undefined) return { cluster, account, exists: true };
  if (!(await canReach(dirname(cluster), account))) throw dataUnreachable(cluster, account);
  if (owner.uid === 0) await giveAway(cluster, account);
  return { cluster, account, exists: true };
}

/** Undefined when there is no data directory at `cluster` (an empty folder counts as none). */
async function ownerOfCluster(cluster: string): Promise<Account | undefined> {
  const cannot = (error: unknown): Promise<never> => cannotLook(cluster, error);
  const found = await unless(['ENOENT', 'ENOTDIR'], stat(cluster), undefined).catch(cannot);
  if (found === undefined) return undefined;
  const entries = found.isDirectory() ? await readdir(cluster).catch(cannot) : [basename(cluster)];
  if (entries.length === 0) return undefined;
  if (entries.includes('PG_VERSION')) return found;
  throw new EmbeddedPostgresError(
    'postgres.not-a-cluster',
    `${cluster} holds something else than Postgres data (PG_VERSION is missing). Move it away, or set MILLRACE_HOME to another folder.`,
  );
}

/** The data directory is 0700, so another user's refuses us already here. */
async function cannotLook(cluster: string, error: unknown): Promise<never> {
  const owner = await stat(cluster).catch(() => undefined);
  await serverAccount(cluster, owner);
  throw new EmbeddedPostgresError(
    'postgres.permission-denied',
    `The data directory ${cluster} cannot be read (${reasonOf(error)}). Give it back to its owner, or set MILLRACE_HOME to another folder.`,
    { cause: error },
  );
}

/** Data that root copied here (a restored backup) goes to the server's user. */
async function giveAway(path: string, account: Account): Promise<void> {
  await lchown(path, account.uid, account.gid);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveAway(join(path, name), account);
}

function dataUnreachable(cluster: string, account: Account): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.data-unreachable',
    `The data in ${cluster} must be used as user ${account.uid}, who cannot walk there. ` +
      'Open the path for that user (chmod o+x on each folder of it), or move MILLRACE_HOME to a place that other users may enter.',
  );
}

function dataMissing(home: Home, recorded: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.data-missing',
    `${home.location} says that the data is in ${recorded}, but there is none. Bring it back (a volume that is not mounted?); ` +
      `to begin again with an empty database, delete ${home.location}.`,
  );
}
