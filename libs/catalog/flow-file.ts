import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A flow file that could not be read or written; nothing of it was written. */
export class FlowFileError extends Error {
  readonly code = 'flow.file-unusable';

  constructor(verb: 'read' | 'written' | 'removed', path: string, cause: Error) {
    const advice = 'Give this process access to the folder, or set MILLRACE_SOURCE=database.';
    super(
      `The flow file ${path} cannot be ${verb} (${cause.message}). Nothing was ${verb === 'removed' ? 'archived' : 'published'}. ${advice}`,
      { cause },
    );
    this.name = 'FlowFileError';
  }
}

/** Where the file of a flow is. The id must have been checked: it becomes part of a path. */
export function flowPath(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

/** The text of a flow's file; undefined when there is none. Throws a FlowFileError. */
export async function readFlowText(folder: string, id: string): Promise<string | undefined> {
  try {
    return await readFile(flowPath(folder, id), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FlowFileError('read', flowPath(folder, id), error as Error);
  }
}

/**
 * Writes a flow's file whole or not at all: a new file beside it takes its place by renaming, with the mode of the old
 * one. A link stays a link, and the file that it names is written. Throws a FlowFileError.
 */
export async function writeFlowText(folder: string, id: string, text: string): Promise<void> {
  const path = flowPath(folder, id);
  try {
    const target = await realpath(path).catch(() => path);
    await replaceFile(target, text);
  } catch (error) {
    throw new FlowFileError('written', path, error as Error);
  }
}

/** Removes a flow's file; of a link the link. One that is gone is removed. Throws a FlowFileError. */
export async function removeFlowFile(folder: string, id: string): Promise<void> {
  const path = flowPath(folder, id);
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new FlowFileError('removed', path, error as Error);
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
  // The name does not end as those of flows do, so that the folder's readers pass over it.
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const mode = await stat(target).then(
    (old) => old.mode & 0o777,
    () => 0o644,
  );
  try {
    await writeSynced(temporary, text, mode);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}
