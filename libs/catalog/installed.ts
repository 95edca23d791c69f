import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Component } from '@millrace/component-sdk';
import { ComponentRegistry } from './components.js';
import type { PluginProblem } from './plugin-types.js';
import { loadPlugins } from './plugins.js';

const DEFAULT_PLUGINS = './plugins';

/** Where an installation keeps its plugins. */
export interface PluginPlaces {
  /** Folders, files or package names. */
  readonly plugins: readonly string[];
  /** Where relative paths start. */
  readonly cwd: string;
  /** MILLRACE_HOME: compiled TypeScript plugins are cached below it. */
  readonly home: string;
}

/** The built-in components and those of all plugins that load. A broken plugin is a problem, and left out. */
export async function installedComponents(
  builtin: readonly Component[],
  { plugins, cwd, home }: PluginPlaces,
): Promise<{ registry: ComponentRegistry; problems: readonly PluginProblem[] }> {
  // The default folder need not be there; one that was asked for must.
  const paths = plugins.filter((path) => path !== DEFAULT_PLUGINS || existsSync(resolve(cwd, path)));
  const { components, problems } = await loadPlugins(paths, cwd, {
    reserved: builtin.map(({ name }) => name),
    cacheFolder: join(home, 'cache', 'plugins'),
  });
  return { registry: new ComponentRegistry([...builtin, ...components.map(({ component }) => component)]), problems };
}
