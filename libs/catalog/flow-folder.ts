import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A flow file as it lies in the folder. */
export interface FlowFile {
  /** From the file name. */
  readonly id: string;
  readonly path: string;
  readonly text: string;
}

/** Files in the flows folder that are not flows. */
const OTHERS = /^(credentials|endpoints)\.json$|\.(cases|schema)\.json$/;

/** All flow files of a folder, in name order. A folder that is not there has none. */
export async function readFlowFolder(folder: string): Promise<FlowFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.json') && !OTHERS.test(name) && !name.startsWith('.')).sort();
  return Promise.all(files.map((name) => readFlowFile(join(folder, name))));
}

export async function readFlowFile(path: string): Promise<FlowFile> {
  return { id: basename(path, '.json'), path, text: await readFile(path, 'utf8') };
}

const SETTLE_MS = 200;

/** Calls back soon after anything in the folder changed, once per burst. Editors write in several steps. */
export function watchFolder(folder: string, changed: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, () => {
      clearTimeout(timer);
      timer = setTimeout(changed, SETTLE_MS);
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // A folder that is not there cannot be watched; a restart reads it.
  }
  return {
    close: () => {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}
