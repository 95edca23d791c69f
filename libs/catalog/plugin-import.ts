import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginProblem } from './plugin-types.js';

const SDK = '@millrace/component-sdk';

export interface ImportOptions {
  cacheFolder?: string;
  timeoutMs: number;
}

export type ImportedPlugin = { value: unknown } | { problem: PluginProblem };

/** A plugin's default export, or the problem that kept it from loading. */
export async function importPlugin(file: string, options: ImportOptions): Promise<ImportedPlugin> {
  try {
    const module = await withinLimit(importModule(file, options.cacheFolder), options.timeoutMs);
    return 'default' in module ? { value: module['default'] } : problem(file, 'plugin.no-default-export', NO_DEFAULT);
  } catch (error) {
    if (error === TIMED_OUT) return problem(file, 'plugin.load-timeout', `It did not finish loading in ${options.timeoutMs} ms. ${SLOW}`);
    return problem(file, 'plugin.load-failed', `It failed while loading: ${reasonOf(error)}. Correct the plugin, then start again.`);
  }
}

const NO_DEFAULT = 'It has no default export. Write `export default definePlugin({ … })`, or export one component or a list of them.';
const SLOW = 'Move slow work out of the top level of the module.';
const TIMED_OUT = Symbol('timed out');

type Module = Record<string, unknown>;

async function importModule(file: string, cacheFolder: string | undefined): Promise<Module> {
  if (/^\.m?ts$/.test(extname(file))) return importWithLoader(file, cacheFolder);
  try {
    return (await import(pathToFileURL(file).href)) as Module;
  } catch (error) {
    if (!isMissingSdk(error)) throw error;
    return importWithLoader(file, cacheFolder);
  }
}

/** A JavaScript plugin in a folder that has no SDK of its own gets ours, through the loader's alias. */
function isMissingSdk(error: unknown): boolean {
  const { code, message } = asError(error);
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message?.includes(SDK) === true;
}

/** jiti compiles TypeScript as it is imported. Loaded only here: it costs memory that an instance without such plugins keeps. */
async function importWithLoader(file: string, cacheFolder: string | undefined): Promise<Module> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    alias: { [SDK]: createRequire(import.meta.url).resolve(SDK) },
    // Never jiti's default, a shared temporary folder: whoever may write there could plant code.
    fsCache: cacheFolder ?? false,
    interopDefault: false,
  });
  return jiti.import<Module>(file);
}

async function withinLimit<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    // A symbol, not an Error: it must not be confused with anything a plugin throws.
    timer = setTimeout(() => reject(TIMED_OUT), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Plugins can throw anything. One line: a stack belongs into the log, not into a sentence. */
function reasonOf(error: unknown): string {
  const { name, message } = asError(error);
  const text =
    typeof error === 'string' ? error : message === undefined ? 'it threw something that is no Error' : `${name ?? 'Error'}: ${message}`;
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}

/** By shape, not by class: an error may come from another realm. */
function asError(error: unknown): { name?: string; message?: string; code?: unknown } {
  if (typeof error !== 'object' || error === null || !('message' in error) || typeof error.message !== 'string') return {};
  const { name, code } = error as { name?: unknown; code?: unknown };
  return { name: typeof name === 'string' ? name : 'Error', message: error.message, code };
}

function problem(plugin: string, code: string, message: string): ImportedPlugin {
  return { problem: { code, plugin, message } };
}
