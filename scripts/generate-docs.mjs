// Writes docs/reference and flows/flow.schema.json from the code they describe. With --check it writes nothing and
// fails when a file differs, so that the reference cannot fall behind. Reads the build: run npm run build first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './ensure-built.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (ensureBuilt()) {
  const { pages } = await import('./docs/pages.mjs');
  const stale = Object.entries(pages()).filter(([path, text]) => current(path) !== text);
  if (process.argv.includes('--check')) complain(stale);
  else stale.forEach(write);
} else process.exitCode = 1;

function current(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

function write([path, text]) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`Wrote ${path}`);
}

function complain(stale) {
  for (const [path] of stale) console.error(`${path} is not what the code says. Run: npm run docs`);
  if (stale.length > 0) process.exitCode = 1;
}
