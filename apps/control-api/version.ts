import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string | undefined;

/** The folder of package.json, which lies above this file both in the sources and in the build. */
export function packageFolder(): string {
  folder ??= findUpwards(dirname(fileURLToPath(import.meta.url)));
  return folder;
}

/** The version in package.json. */
export function millraceVersion(): string {
  return (JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string }).version;
}

function findUpwards(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('There is no package.json above the control API; the installation is incomplete.');
  return findUpwards(parent);
}
