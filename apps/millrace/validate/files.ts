import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { readFlowFile, readFlowFolder, type FlowFile } from '@millrace/catalog';
import type { Config } from '@millrace/config';
import type { Finding } from './findings.js';

/** The flow files that were asked for, and what could not be read. */
export interface FoundFiles {
  readonly files: readonly FlowFile[];
  readonly findings: readonly Finding[];
}

/**
 * Reads files and the flow files of folders, each once, under the paths that a person would write here. Without any the flows folder,
 * which nobody named then, and which may be empty.
 */
export async function findFlowFiles(paths: readonly string[], { flows, cwd }: Pick<Config, 'flows' | 'cwd'>): Promise<FoundFiles> {
  if (paths.length === 0) return together([await readPath(flows, flows)], cwd);
  return together(await Promise.all(paths.map(async (path) => named(path, await readPath(resolve(cwd, path), path)))), cwd);
}

/** Who names a folder means what is in it: a path that is wrong must not pass for one that is right. */
function named(path: string, found: FoundFiles): FoundFiles {
  if (found.files.length + found.findings.length > 0) return found;
  return { files: [], findings: [unreadable(path, 'There is no flow file in this folder.')] };
}

function together(found: readonly FoundFiles[], cwd: string): FoundFiles {
  const files = new Map(found.flatMap((part) => part.files).map((file) => [file.path, { ...file, path: shown(file.path, cwd) }]));
  return { files: [...files.values()], findings: found.flatMap((part) => part.findings) };
}

async function readPath(place: string, path: string): Promise<FoundFiles> {
  try {
    const isFolder = (await stat(place)).isDirectory();
    return { files: isFolder ? await readFlowFolder(place) : [await readFlowFile(place)], findings: [] };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing ? 'There is no such file or folder.' : `It cannot be read: ${(error as Error).message}.`;
    return { files: [], findings: [unreadable(path, message)] };
  }
}

function unreadable(file: string, message: string): Finding {
  return { file, severity: 'error', code: 'file.unreadable', message };
}

/** Relative where that is shorter to read. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
