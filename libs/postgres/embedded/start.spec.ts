import { jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { accountNamed } from './account.js';
import { EmbeddedPostgresError } from './errors.js';
import { livePostmaster, readPostmasterFile } from './postmaster-file.js';
import { pidIsTaken } from './processes.js';
import { startEmbeddedPostgres, type EmbeddedPostgres, type StartOptions } from './start.js';
import type { ExitInfo } from './supervise.js';

jest.setTimeout(300_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.info('Not root: the tests about the user that root hands the server to do not run.');

let base: string;
let home: string;
let lines: string[];
let helpers: ChildProcess[];
let dataDirs: Set<string>;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mr-'));
  await chmod(base, 0o755);
  home = join(base, 'home');
  lines = [];
  helpers = [];
  dataDirs = new Set([join(home, 'postgres')]);
});

afterEach(async () => {
  for (const helper of helpers) helper.kill('SIGKILL');
  for (const dir of dataDirs) await endServer(dir);
  await rm(base, { recursive: true, force: true });
});

/** Ends whatever server still works in a data directory, however the test ended. */
async function endServer(dir: string): Promise<void> {
  const file = await readPostmasterFile(dir).catch(() => undefined);
  if (file === undefined || (await livePostmaster(file, dir)) === undefined) return;
  process.kill(file.pid, 'SIGQUIT');
  while ((await livePostmaster(file, dir)) !== undefined) await delay(20);
}

async function start(options: Partial<StartOptions> = {}): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ home, log: (line) => lines.push(line), systemDir: join(base, 'system'), ...options });
}

async function query(url: string, text: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return ((await client.query<Record<string, unknown>>(text)).rows[0] ?? {}) as Record<string, unknown>;
  } finally {
    await client.end();
  }
}

async function failure(attempt: Promise<unknown>): Promise<EmbeddedPostgresError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EmbeddedPostgresError) return error;
  throw new Error(`expected an EmbeddedPostgresError, got ${String(error)}`);
}

function exitOf(server: EmbeddedPostgres): Promise<ExitInfo> {
  return new Promise((resolve) => server.onExit(resolve));
}

/** A process like Millrace that starts the server and hangs; resolves once the server is ready. */
async function startInChild(): Promise<ChildProcess> {
  const program = `
    import { createJiti } from 'jiti';
    const { startEmbeddedPostgres } = await createJiti(process.cwd() + '/', { fsCache: false }).import('./libs/postgres/embedded/index.ts');
    await startEmbeddedPostgres({ home: process.env.TEST_HOME, log: () => {} });
    console.log('ready');
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_OPTIONS: '', TEST_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  helpers.push(child);
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return child;
}

describe('a first start', () => {
  it('makes a durable UTF-8 database that only its url opens', async () => {
    const server = await start();
    const facts = await query(
      server.url,
      `select current_database() as database, current_user as "user", current_setting('server_encoding') as encoding,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages,
        current_setting('data_checksums') as sums, current_setting('jit') as jit`,
    );
    expect(facts).toEqual({
      database: 'millrace',
      user: 'millrace',
      encoding: 'UTF8',
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      sums: 'on',
      jit: 'off',
    });
    await expect(query(server.url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(server.adopted).toBe(false);
  });

  if (process.platform !== 'win32') {
    it('opens no network port and lets nobody else near its socket, data and password', async () => {
      const server = await start();
      expect(await query(server.url, 'show listen_addresses')).toEqual({ listen_addresses: '' });
      expect((await stat(join(home, 'postgres'))).mode & 0o777).toBe(0o700);
      expect((await stat(join(home, 'postgres.password'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(home, 'postgres.log'))).mode & 0o777).toBe(0o600);
    });

    it('finds a short place for the socket when the home has a long path', async () => {
      home = join(base, 'deep'.repeat(20), 'deep'.repeat(20));
      dataDirs.add(join(home, 'postgres'));
      const server = await start();
      expect(await query(server.url, 'select 1 as one')).toEqual({ one: 1 });
      const socketDir = decodeURIComponent(new URL(server.url).hostname);
      expect((await stat(socketDir)).mode & 0o777).toBe(0o700);
      await server.stop();
      await rm(socketDir, { recursive: true });
    });

    it("keeps the terminal's Ctrl-C away from the server", async () => {
      const server = await start();
      const ps = spawn('ps', ['-o', 'pgid=', '-p', String(server.pid)]);
      const [group] = (await once(ps.stdout, 'data')) as [Buffer];
      expect(Number(group.toString())).toBe(server.pid);
    });
  }

  it('does not show our secrets to the server', async () => {
    process.env.MILLRACE_TEST_SECRET = 'do-not-tell';
    try {
      const server = await start();
      if (process.platform !== 'linux') return;
      expect(await readFile(`/proc/${server.pid}/environ`, 'utf8')).not.toContain('do-not-tell');
    } finally {
      delete process.env.MILLRACE_TEST_SECRET;
    }
  });

  it('starts over where an interrupted one left half a database', async () => {
    await mkdir(join(home, 'postgres.new-4194399', 'cluster'), { recursive: true });
    await mkdir(join(home, 'postgres'));
    await start();
    expect((await readdir(home)).sort()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
  });

  it('takes settings of the caller, and says which one Postgres refuses', async () => {
    const server = await start({ settings: { work_mem: '7MB' } });
    expect(await query(server.url, 'show work_mem')).toEqual({ work_mem: '7MB' });
    await server.stop();
    const error = await failure(start({ settings: { work_mem: 'plenty' } }));
    expect(error.code).toBe('postgres.start-failed');
    expect(error.message).toContain('work_mem');
  });
});

describe('a later start', () => {
  it('finds the data of the first', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(pidIsTaken(first.pid)).toBe(false);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select answer from kept')).toEqual({ answer: 42 });
  });

  it('adopts a server that is running, and stops it', async () => {
    const first = await start();
    const second = await start();
    expect({ adopted: second.adopted, pid: second.pid, url: second.url }).toEqual({ adopted: true, pid: first.pid, url: first.url });
    const told = exitOf(first);
    await second.stop();
    expect(await readPostmasterFile(join(home, 'postgres'))).toBeUndefined();
    expect((await told).code).toBe(0);
  });

  it('adopts the server of a Millrace that was killed', async () => {
    const child = await startInChild();
    const file = await readPostmasterFile(join(home, 'postgres'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await start();
    expect({ adopted: server.adopted, pid: server.pid }).toEqual({ adopted: true, pid: file?.pid });
    expect(await query(server.url, 'select 1 as one')).toEqual({ one: 1 });
    const exit = exitOf(server);
    process.kill(server.pid, 'SIGKILL');
    expect(await exit).toHaveProperty('logTail');
    expect((await start()).adopted).toBe(false);
  });

  it('is not confused by a postmaster.pid whose pid belongs to another process now', async () => {
    const server = await start();
    const path = join(home, 'postgres', 'postmaster.pid');
    const exit = exitOf(server);
    process.kill(server.pid, 'SIGKILL');
    await exit;
    const owner = await stat(path);
    const stranger = spawn('sleep', ['600'], { uid: owner.uid, gid: owner.gid });
    helpers.push(stranger);
    await once(stranger, 'spawn');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/^\d+/, String(stranger.pid)));
    const next = await start();
    expect(next.adopted).toBe(false);
    expect(pidIsTaken(stranger.pid as number)).toBe(true);
  });

  it('gives the superuser a new password when postgres.password is lost', async () => {
    const first = await start();
    await first.stop();
    await rm(join(home, 'postgres.password'));
    const second = await start();
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'select 1 as one')).toEqual({ one: 1 });
    await rm(join(home, 'postgres.password'));
    expect((await failure(start())).code).toBe('postgres.password-missing');
  });

  it('refuses a wrong password with a sentence and leaves no server behind', async () => {
    await (await start()).stop();
    await writeFile(join(home, 'postgres.password'), 'wrong\n');
    expect(await failure(start())).toMatchObject({
      code: 'postgres.password-rejected',
      message: expect.stringContaining('delete the file'),
    });
    expect(await readPostmasterFile(join(home, 'postgres'))).toBeUndefined();
  });

  it('refuses the data of another major version', async () => {
    await (await start()).stop();
    await writeFile(join(home, 'postgres', 'PG_VERSION'), '15\n');
    expect(await failure(start())).toMatchObject({ code: 'postgres.version-mismatch', message: expect.stringContaining('PostgreSQL 15') });
  });

  it('refuses a folder that holds something else', async () => {
    await mkdir(join(home, 'postgres'), { recursive: true });
    await writeFile(join(home, 'postgres', 'thesis.txt'), 'not a database');
    expect((await failure(start())).code).toBe('postgres.not-a-cluster');
    await rm(join(home, 'postgres'), { recursive: true });
    await writeFile(join(home, 'postgres'), 'not even a folder');
    expect((await failure(start())).code).toBe('postgres.not-a-cluster');
  });
});

describe('a server that is killed', () => {
  it('is reported, and the next start has every committed row', async () => {
    const server = await start();
    await query(server.url, 'create table kept as select generate_series(1, 1000) as n');
    const exit = exitOf(server);
    process.kill(server.pid, 'SIGKILL');
    expect(await exit).toMatchObject({ signal: 'SIGKILL', logTail: expect.stringContaining('ready to accept connections') });
    const next = await start();
    expect(next.adopted).toBe(false);
    expect(await query(next.url, 'select count(*)::int as rows from kept')).toEqual({ rows: 1000 });
  });

  it('is started again also while one of its processes still works', async () => {
    const server = await start();
    const busy = new pg.Client({ connectionString: server.url });
    busy.on('error', () => undefined);
    await busy.connect();
    const work = busy.query('select count(*) from generate_series(1, 15000000)').catch(() => undefined);
    const working = `select count(*)::int as n from pg_stat_activity where state = 'active' and query like '%15000000)'`;
    while ((await query(server.url, working)).n !== 1) await delay(5);
    const exit = exitOf(server);
    process.kill(server.pid, 'SIGKILL');
    await exit;
    const next = await start();
    expect(await query(next.url, 'select 1 as one')).toEqual({ one: 1 });
    await work;
  });
});

describe('stop', () => {
  it('rolls open work back, is not reported as an exit, and may be called twice', async () => {
    const server = await start();
    let told = false;
    server.onExit(() => {
      told = true;
    });
    const open = new pg.Client({ connectionString: server.url });
    open.on('error', () => undefined);
    await open.connect();
    await open.query('begin; create table gone ()');
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(pidIsTaken(server.pid)).toBe(false);
    expect(told).toBe(false);
    expect(await query((await start()).url, `select to_regclass('gone')::text as found`)).toEqual({ found: null });
  });
});

const asRoot = (): void => {
  it('runs the server as another user', async () => {
    const server = await start();
    const passwd = await readFile('/etc/passwd', 'utf8');
    const expected = accountNamed(passwd, 'postgres') ?? accountNamed(passwd, 'nobody');
    expect((await stat(join(home, 'postgres'))).uid).toBe(expected?.uid);
    expect(await readFile(`/proc/${server.pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${expected?.uid}\\s`, 'm'));
  });

  it('keeps the data of a 0700 home elsewhere, finds it again, and never begins anew when it is gone', async () => {
    await mkdir(home, { mode: 0o700 });
    const first = await start();
    const place = (await readFile(join(home, 'postgres.location'), 'utf8')).trim();
    dataDirs.add(place);
    expect(place.startsWith(join(base, 'system'))).toBe(true);
    expect(lines.join('\n')).toContain(place);
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start({ systemDir: join(base, 'elsewhere') });
    expect(await query(second.url, 'select answer from kept')).toEqual({ answer: 42 });
    await second.stop();
    await rm(place, { recursive: true });
    expect(await failure(start())).toMatchObject({ code: 'postgres.data-missing', message: expect.stringContaining(place) });
  });

  it("says what to do when there is no place that the server's user can reach", async () => {
    await mkdir(home, { mode: 0o700 });
    await writeFile(join(base, 'file'), 'no folder can be made in a file');
    expect(await failure(start({ systemDir: join(base, 'file', 'system') }))).toMatchObject({
      code: 'postgres.data-unreachable',
      message: expect.stringContaining('MILLRACE_HOME'),
    });
  });

  it('works on for the owner of existing data, whose files stay theirs', async () => {
    const owner = accountNamed(await readFile('/etc/passwd', 'utf8'), 'nobody');
    if (owner === undefined) throw new Error('this machine has no user nobody');
    await (await start()).stop();
    const moved = spawn('chown', ['-R', `${owner.uid}:${owner.gid}`, home]);
    await once(moved, 'exit');
    await rm(join(home, 'postgres.log'));
    const server = await start();
    expect(await readFile(`/proc/${server.pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${owner.uid}\\s`, 'm'));
    expect((await stat(join(home, 'postgres.log'))).uid).toBe(owner.uid);
  });
};

if (isRoot) describe('as root', asRoot);

it('wants an absolute home', async () => {
  expect((await failure(start({ home: 'here' }))).message).toContain('absolute');
});
