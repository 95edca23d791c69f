// The whole suite, or the part that the arguments name: `npm test -- libs/flow`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What part of the suite needs, and how to get it. */
const OPTIONAL = [
  { name: 'Redis', found: () => Boolean(process.env.REDIS_URL) || onPath('redis-server'), how: 'install redis-server, or set REDIS_URL' },
  {
    name: 'Chromium',
    found: () => Boolean(process.env.CHROMIUM) || onPath('chromium') || onPath('google-chrome'),
    how: 'install chromium, or set CHROMIUM to its path',
  },
  { name: 'the long crash suite', found: () => process.env.MILLRACE_FULL === '1', how: 'set MILLRACE_FULL=1' },
];

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

// Tests of durability start the built application, so that it is what a user runs.
if (!ensureBuilt()) process.exit(1);
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/**
 * Browser and crash tests come by themselves, one file after the other. Beside other tests a small machine starves the processes of
 * a crash test, which then lose their leases, as they should, without having been killed; and a page that gets no time shows
 * what it shows too late.
 */
const WHOLE = [
  ['--testPathPatterns', '^(?!.*test/(browser|crash)/)'],
  ['--runInBand', '--testPathPatterns', 'test/browser/'],
  ['--runInBand', '--testPathPatterns', 'test/crash/'],
];
const parts = process.argv.length > 2 ? [process.argv.slice(2)] : WHOLE;

const folder = mkdtempSync(join(tmpdir(), 'millrace-counts-'));
const env = { ...process.env, MILLRACE_TEST_COUNTS: join(folder, 'counts.json') };
const statuses = parts.map((args) => {
  const command = ['--experimental-vm-modules', '--no-warnings', jest, ...args];
  return spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
});
rmSync(folder, { recursive: true, force: true });
for (const { name, found, how } of OPTIONAL) if (!found()) console.log(`Skipped what needs ${name}. To run it: ${how}.`);
process.exitCode = statuses.find((status) => status !== 0) ?? 0;
