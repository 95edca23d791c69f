import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { readFlowFile, readFlowFolder, type FlowFile } from '@millrace/catalog';
import type { Finding } from './findings.js';

/** The flow files that were asked for, and what could not be read. */
export interface FoundFiles {
  readonly files: readonly FlowFile[];
  readonly findings: readonly Finding[];
}

/** Reads files and the flow files of folders, each once, under the paths that a person would write here. */
export async function findFlowFiles(paths: readonly string[], cwd: string): Promise<FoundFiles> {
  const found = await Promise.all(paths.map((path) => readPath(resolve(cwd, path), path)));
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
    return { files: [], findings: [{ file: path, severity: 'error', code: 'file.unreadable', message }] };
  }
}

/** Relative where that is shorter to read. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
