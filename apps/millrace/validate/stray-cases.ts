import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readFlowFolder } from '@millrace/catalog';
import type { Config } from '@millrace/config';
import { suggestion } from '@millrace/flow';
import { shown } from './files.js';
import type { Finding } from './findings.js';

const CASES = /^([^.].*)\.cases\.json$/;

/**
 * A warning for each cases file that has no flow beside it, in those of the paths that are folders, or in the flows folder without
 * any: nobody runs it, most often since its flow was renamed. What cannot be read is for others to tell.
 */
export async function strayCases(paths: readonly string[], { flows, cwd }: Pick<Config, 'flows' | 'cwd'>): Promise<Finding[]> {
  const folders = new Set(paths.length === 0 ? [flows] : paths.map((path) => resolve(cwd, path)));
  const found = await Promise.all([...folders].map((folder) => strayIn(folder, cwd).catch(() => [])));
  return found.flat();
}

/** Rejects for what is no folder. */
async function strayIn(folder: string, cwd: string): Promise<Finding[]> {
  const names = (await readdir(folder)).sort();
  const ids = (await readFlowFolder(folder)).map(({ id }) => id);
  const stray = names.filter((name) => CASES.test(name) && !ids.includes(idOf(name)));
  return stray.map((name) => ({
    file: shown(join(folder, name), cwd),
    severity: 'warning',
    code: 'cases.no-flow',
    message: message(name, ids),
  }));
}

function idOf(name: string): string {
  return CASES.exec(name)?.[1] ?? '';
}

function message(name: string, ids: readonly string[]): string {
  const id = idOf(name);
  return `There is no flow ${id}.json beside it, so that nobody runs these cases. Name them as their flow, or remove them.${suggestion(id, ids)}`;
}
