// Compares the sources with the last build. An installed package has no compiler and is never rebuilt.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneAtATime } from './one-at-a-time.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'dist', '.built');
const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const lock = join(root, 'node_modules', '.millrace-building');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/** True when `dist` is there and no older than the sources; says what to do when it is not and cannot be. */
export function ensureBuilt() {
  if (upToDate()) return true;
  if (existsSync(nest) && existsSync(tsc)) return alone(() => upToDate() || compile());
  if (existsSync(stamp)) return true;
  console.error('Millrace is not built and its build tools are not installed. Run: npm ci && npm run build');
  return false;
}

/** Compiles the apps and libs, the SDK as the package that plugins import, and the studio for browsers. */
export function build() {
  return alone(compile);
}

/** Two commands that build at once would take away each other's files; the second of them finds what the first has built. */
function alone(work) {
  return oneAtATime(lock, work, () => console.error('Another command is building. Waiting for it…'));
}

function compile() {
  console.error('Building…');
  // nest emits despite errors: without its stamp a broken build is never run.
  rmSync(stamp, { force: true });
  const ok = run(nest, 'build', 'millrace') && run(tsc, '-p', join('libs', 'component-sdk')) && buildStudio();
  if (ok) writeFileSync(stamp, `${new Date().toISOString()}\n`);
  return ok;
}

function buildStudio() {
  return (
    run(vite, 'build', '--logLevel', 'warn', join('apps', 'studio')) && run(join('scripts', 'compress.mjs'), join('dist', 'apps', 'studio'))
  );
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return status === 0;
}

function upToDate() {
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  return !['apps', 'libs', 'tsconfig.json', 'nest-cli.json', 'package-lock.json'].some((name) => newerThan(join(root, name), built));
}

function newerThan(path, time) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  if (!stat.isDirectory()) return !path.endsWith('.spec.ts') && stat.mtimeMs > time;
  return readdirSync(path).some((name) => name !== 'dist' && name !== 'node_modules' && newerThan(join(path, name), time));
}
