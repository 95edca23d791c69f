import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { isRoot, type Account } from './account.js';
import { runToEnd, type Finished } from './child.js';
import { EmbeddedPostgresError, errorCode, reasonOf, unless } from './errors.js';
import { openPackage, type BinaryPackage } from './package.js';

/** Programs that were seen to run as the server's user. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** Major version: what PG_VERSION of a data directory must say. */
  readonly major: string;
}

export interface BinariesOptions {
  readonly account: Account | undefined;
  /** Where a copy may be kept, best first. */
  readonly copyDirs: readonly string[];
  readonly log: (line: string) => void;
  readonly packageDir?: string;
}

/**
 * Finds Postgres programs that `account` can run: those of the npm package, their library links repaired; or a copy in a
 * readable place, when the package lies where that user cannot go or where links cannot be made.
 */
export async function findBinaries(options: BinariesOptions): Promise<Binaries> {
  const source = await openPackage(options.packageDir);
  const linked = await repairLinks(source).then(
    () => true,
    () => false,
  );
  const inPlace = linked ? await tryOut(source.dir, options.account) : undefined;
  if (inPlace?.binaries !== undefined) return inPlace.binaries;
  const copy = await findCopy(source, options);
  const { binaries, failure } = await tryOut(copy, options.account);
  if (binaries !== undefined) return binaries;
  throw unusable(copy, failure);
}

/** The places for a copy: root's own, else a folder of the home. */
export function copyDirsFor(homeDir: string, systemDir: string): string[] {
  return isRoot() ? [systemDir, tmpdir()] : [homeDir];
}

/** Creates the links that npm leaves out with `--ignore-scripts`; where links are not allowed (Windows), copies. */
export async function repairLinks(source: BinaryPackage): Promise<void> {
  for (const link of source.links) {
    const target = join(source.dir, link.target);
    const exists = await unless(
      ['ENOENT'],
      stat(target).then(() => true),
      false,
    );
    if (!exists) await makeLink(join(source.dir, link.source), target);
  }
}

async function makeLink(from: string, target: string): Promise<void> {
  if (process.platform === 'win32') return copyFile(from, target);
  await unless(['EEXIST'], symlink(relative(dirname(target), from), target), undefined);
}

interface Trial {
  readonly binaries?: Binaries;
  readonly failure?: Finished;
}

async function tryOut(packageDir: string, account: Account | undefined): Promise<Trial> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(packageDir, 'native', 'bin', `${name}${suffix}`);
  const result = await runToEnd(program('postgres'), ['--version'], { account });
  const major = /PostgreSQL\) (\d+)/.exec(result.output)?.[1];
  if (result.code !== 0 || major === undefined) return { failure: result };
  return { binaries: { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl'), major } };
}

async function findCopy(source: BinaryPackage, options: BinariesOptions): Promise<string> {
  const name = `pg-${source.version}-${await fingerprint(join(source.dir, 'native'))}`;
  const refusals: string[] = [];
  for (const dir of options.copyDirs) {
    const copy = dir === tmpdir() ? join(dir, `millrace-${name}`) : join(dir, name);
    try {
      if (!(await exists(copy))) await makeCopy(source, copy, options.log);
      await assertTrusted(copy);
      return copy;
    } catch (error) {
      refusals.push(reasonOf(error));
    }
  }
  throw new EmbeddedPostgresError(
    'postgres.binaries-unusable',
    `The Postgres programs in ${source.dir} cannot be used where they are, and no copy could be made: ${refusals.join('; ')}. ` +
      'Move the project to a folder that other users may enter, or set DATABASE_URL.',
  );
}

/** Another version, or a package whose files changed, gets a copy of its own. */
async function fingerprint(native: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(native, { recursive: true })).sort()) {
    const file = await lstat(join(native, name));
    if (file.isFile()) hash.update(`${name} ${file.size} ${file.mode & 0o111}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}

/** Built beside and renamed, so that a copy that exists is whole; whoever comes second keeps the first one's. */
async function makeCopy(source: BinaryPackage, copy: string, log: (line: string) => void): Promise<void> {
  if ((await mkdir(dirname(copy), { recursive: true })) !== undefined) await chmod(dirname(copy), 0o755);
  const building = await mkdtemp(join(dirname(copy), `.${basename(copy)}-`));
  try {
    await copyReadable(join(source.dir, 'native'), join(building, 'native'));
    await repairLinks({ ...source, dir: building });
    await chmod(building, 0o755);
    await unless(['ENOTEMPTY', 'EEXIST'], rename(building, copy), undefined);
    log(`Copied the Postgres programs to ${copy}, where the server can run them.`);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function copyReadable(from: string, to: string): Promise<void> {
  const source = await lstat(from);
  if (source.isSymbolicLink()) return symlink(await readlink(from), to);
  if (source.isFile()) {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return chmod(to, (source.mode & 0o111) === 0 ? 0o644 : 0o755);
  }
  await mkdir(to);
  await chmod(to, 0o755);
  for (const name of await readdir(from)) await copyReadable(join(from, name), join(to, name));
}

/** We run what is in there: only we (root, or this user) may have written it. */
async function assertTrusted(copy: string): Promise<void> {
  for (const path of [copy, ...['', 'bin', 'lib', 'bin/postgres', 'bin/initdb'].map((name) => join(copy, 'native', name))]) {
    const file = await lstat(path);
    if (file.uid !== (process.getuid?.() ?? file.uid) || file.isSymbolicLink() || (file.mode & 0o022) !== 0) {
      throw new Error(`${path} may have been written by another user: remove ${copy}`);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return unless(
    ['ENOENT'],
    lstat(path).then(() => true),
    false,
  );
}

function unusable(dir: string, failed: Finished | undefined): EmbeddedPostgresError {
  const reason = failed?.failure === undefined ? failed?.output.trim() : reasonOf(failed.failure);
  const advice =
    errorCode(failed?.failure) === 'ENOENT'
      ? 'They need glibc: on Alpine (musl) use a Debian-based image such as node:20-slim, or set DATABASE_URL.'
      : 'Run npm ci --include=optional again, or set DATABASE_URL to a server of your own.';
  return new EmbeddedPostgresError('postgres.binaries-unusable', `The Postgres programs in ${dir} do not run (${reason}). ${advice}`, {
    cause: failed?.failure,
  });
}
