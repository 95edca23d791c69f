// The whole suite, or the part that the arguments name: `npm test -- libs/flow`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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
const { status } = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const { name, found, how } of OPTIONAL) if (!found()) console.log(`Skipped what needs ${name}. To run it: ${how}.`);
process.exitCode = status ?? 1;
