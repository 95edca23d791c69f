import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { PluginProblem } from './plugin-types.js';

const ENTRIES = ['index.ts', 'index.mts', 'index.js', 'index.mjs'];
const CODE = new Set(['.ts', '.mts', '.js', '.mjs', '.cjs']);

export interface FoundPlugins {
  files: string[];
  problems: PluginProblem[];
}

/** The entry files of the plugins at a path, which may be a file, a plugin's folder, a folder of plugins or a package name. */
export async function findPlugins(path: string, from: string): Promise<FoundPlugins> {
  try {
    const place = locate(path, from);
    return place === undefined ? problem(path, 'plugin.not-found', notFound(path, from)) : await findAt(place, path);
  } catch (error) {
    return problem(path, 'plugin.unreadable', `${path} cannot be read: ${(error as Error).message}. Check the path and its permissions.`);
  }
}

function locate(path: string, from: string): string | undefined {
  const local = resolve(from, path);
  if (existsSync(local)) return local;
  return path.startsWith('.') || isAbsolute(path) ? undefined : packageFolder(path, resolve(from));
}

/** Like Node: `node_modules` of the folder and of every one above it. */
function packageFolder(name: string, folder: string): string | undefined {
  const candidate = join(folder, 'node_modules', name);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : packageFolder(name, parent);
}

async function findAt(place: string, path: string): Promise<FoundPlugins> {
  if ((await stat(place)).isFile()) return { files: [place], problems: [] };
  const entry = await entryOf(place);
  if (entry !== undefined) return { files: [entry], problems: [] };
  const parts = await Promise.all(
    (await readdir(place, { withFileTypes: true })).filter(isCandidate).map((child) => childPlugin(join(place, child.name))),
  );
  if (parts.length === 0 && place.includes('node_modules')) return problem(path, 'plugin.no-entry', noEntry(place));
  return { files: parts.flatMap(({ files }) => files).sort(), problems: parts.flatMap(({ problems }) => problems) };
}

function isCandidate(child: { name: string; isDirectory(): boolean }): boolean {
  if (child.name.startsWith('.') || child.name === 'node_modules') return false;
  if (child.isDirectory() || !extname(child.name)) return true;
  return CODE.has(extname(child.name)) && !/\.(spec|test|d|config)\.[a-z]+$/.test(child.name);
}

async function childPlugin(place: string): Promise<FoundPlugins> {
  if ((await stat(place)).isFile()) return { files: CODE.has(extname(place)) ? [place] : [], problems: [] };
  const entry = await entryOf(place);
  return entry === undefined ? problem(place, 'plugin.no-entry', noEntry(place)) : { files: [entry], problems: [] };
}

/** What package.json names, else an index file. */
async function entryOf(folder: string): Promise<string | undefined> {
  const named = await manifestEntry(join(folder, 'package.json'));
  if (named !== undefined) return join(folder, named);
  return ENTRIES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

async function manifestEntry(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { exports?: unknown; main?: unknown };
  return exportedEntry(manifest.exports) ?? (typeof manifest.main === 'string' ? manifest.main : undefined);
}

/** The `.` entry for importers, of the forms that `exports` may have (nodejs.org/api/packages.html, "exports"). */
function exportedEntry(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const conditions = exports as Record<string, unknown>;
  return exportedEntry(conditions['.'] ?? conditions['import'] ?? conditions['node'] ?? conditions['default']);
}

function problem(plugin: string, code: string, message: string): FoundPlugins {
  return { files: [], problems: [{ code, plugin, message }] };
}

function notFound(path: string, from: string): string {
  return `There is no file, folder or installed package "${path}", seen from ${from}. Correct MILLRACE_PLUGINS or install the package.`;
}

function noEntry(place: string): string {
  return `${place} has no entry file. Add an index.ts or index.js, or name one in package.json ("exports" or "main").`;
}
