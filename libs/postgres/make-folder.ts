import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder with those above it; one that is there is fine. Rejects with what the system says otherwise, in any case: Node's own
 * `recursive` tries for ever, and blocks the end of the process, where a folder is refused as missing whose parent is there, as
 * below /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) return unlessFolder(path, error);
    await makeFolder(parent);
    await mkdir(path).catch((again: unknown) => unlessFolder(path, again));
  }
}

/** Another process may make it at the same time. */
async function unlessFolder(path: string, error: unknown): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw error;
}
