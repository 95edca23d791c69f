import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, chmod } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.js';
import { EmbeddedPostgresError, unless } from './errors.js';
import type { Listen } from './settings.js';

const PORT = 5432;

/** unix(7): sun_path holds 107 bytes on Linux, 103 on macOS; Postgres adds "/.s.PGSQL.5432". */
const LONGEST_SOCKET_DIR = 103 - `/.s.PGSQL.${PORT}`.length;

/**
 * Where a new server listens: on a Unix socket in its data directory (0700, so nobody else gets near it), or in a private
 * directory for temporary files when that path is too long for a socket. Windows: on a free TCP port.
 */
export async function chooseListen(cluster: string, account: Account | undefined): Promise<Listen> {
  if (process.platform === 'win32') return { socketDir: undefined, port: await freePort() };
  const fits = Buffer.byteLength(cluster) <= LONGEST_SOCKET_DIR;
  return { socketDir: fits ? cluster : await privateSocketDir(cluster, account), port: PORT };
}

async function privateSocketDir(cluster: string, account: Account | undefined): Promise<string> {
  const dir = join(tmpdir(), `millrace-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`);
  await unless(
    ['EEXIST'],
    mkdir(dir, 0o700).then(() => handOver(dir, account)),
    undefined,
  );
  const found = await lstat(dir);
  if (found.isDirectory() && found.uid === (account?.uid ?? process.getuid?.()) && (found.mode & 0o077) === 0) return dir;
  throw new EmbeddedPostgresError(
    'postgres.permission-denied',
    `${dir} is not a private folder of the server's user. Remove it, or set MILLRACE_HOME to a shorter path so that it is not needed.`,
  );
}

async function handOver(dir: string, account: Account | undefined): Promise<void> {
  await chmod(dir, 0o700);
  if (account !== undefined) await chown(dir, account.uid, account.gid);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
