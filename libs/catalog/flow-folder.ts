import { watch, type FSWatcher } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
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

/** A flows folder or file that cannot be read: it is not taken for a missing one, for that would take flows down. */
export class FlowFolderError extends Error {
  readonly code = 'flows.folder-unreadable';

  constructor(message: string, cause: Error) {
    super(message, { cause });
    this.name = 'FlowFolderError';
  }
}

/** All flow files of a folder, in name order. Throws a FlowFolderError when it, or one of them, cannot be read. */
export async function readFlowFolder(folder: string): Promise<FlowFile[]> {
  const names = await readdir(folder).catch((error: Error) => {
    const advice = 'Make it, point MILLRACE_FLOWS elsewhere, or set MILLRACE_SOURCE=database.';
    throw new FlowFolderError(`The flows folder ${folder} cannot be read (${error.message}). ${advice}`, error);
  });
  const files = names.filter((name) => name.endsWith('.json') && !OTHERS.test(name) && !name.startsWith('.')).sort();
  const read = await Promise.all(files.map((name) => readIfFile(join(folder, name))));
  return read.filter((file) => file !== undefined);
}

/** Undefined for what is no file, which may never end (a pipe), and for a file that was deleted since its name was read. */
async function readIfFile(path: string): Promise<FlowFile | undefined> {
  try {
    return (await stat(path)).isFile() ? await readFlowFile(path) : undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new FlowFolderError(`The flow file ${path} cannot be read (${message}). Make it readable, or move it away.`, error as Error);
  }
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
