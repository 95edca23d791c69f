import { readComponents } from './plugin-components.js';
import { findPlugins } from './plugin-files.js';
import { importPlugin } from './plugin-import.js';
import type { LoadedPlugins, PluginComponent, PluginProblem } from './plugin-types.js';

export type { LoadedPlugins, PluginComponent, PluginProblem } from './plugin-types.js';

export interface LoadPluginsOptions {
  /** Component names that are taken. */
  reserved?: Iterable<string>;
  /** A private folder for compiled TypeScript; spares the compiler at the next start. Without one nothing is kept. */
  cacheFolder?: string;
  /** How long one plugin may take to load. Default 10 s. */
  timeoutMs?: number;
}

/**
 * Loads plugins: each path is a file, a folder with one plugin, a folder of plugins, or the name of an npm package.
 * JavaScript is imported as it is, TypeScript needs no build step. Never rejects: what is wrong with one plugin becomes
 * a problem, and the others load. Of two components with one name the first stays, in the order of `paths`.
 *
 * @param from The folder that relative paths and package names start at.
 */
export async function loadPlugins(paths: readonly string[], from: string, options: LoadPluginsOptions = {}): Promise<LoadedPlugins> {
  const found = await Promise.all(paths.map((path) => findPlugins(path, from)));
  const loaded = await Promise.all(found.flatMap(({ files }) => files).map((file) => loadPlugin(file, options)));
  const problems = [...found, ...loaded].flatMap((part) => part.problems);
  const { components, duplicates } = dropDuplicates(
    loaded.flatMap((part) => part.components),
    options.reserved ?? [],
  );
  return { components, problems: [...problems, ...duplicates] };
}

async function loadPlugin(file: string, { cacheFolder, timeoutMs = 10_000 }: LoadPluginsOptions): Promise<LoadedPlugins> {
  const imported = await importPlugin(file, { cacheFolder, timeoutMs });
  if ('problem' in imported) return { components: [], problems: [imported.problem] };
  return readComponents(imported.value, file);
}

function dropDuplicates(
  components: readonly PluginComponent[],
  reserved: Iterable<string>,
): { components: PluginComponent[]; duplicates: PluginProblem[] } {
  const owners = new Map<string, string>([...reserved].map((name) => [name, 'Millrace itself']));
  const duplicates: PluginProblem[] = [];
  const kept = components.filter(({ component: { name }, source }) => {
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, source);
    else duplicates.push(duplicate(name, source, owner));
    return owner === undefined;
  });
  return { components: kept, duplicates };
}

function duplicate(name: string, plugin: string, owner: string): PluginProblem {
  return {
    code: 'plugin.duplicate-name',
    plugin,
    message: `The component name "${name}" is taken by ${owner}. Give this one another name.`,
  };
}
