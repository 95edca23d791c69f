import type { Component } from '@millrace/component-sdk';
import { Ajv } from 'ajv';
import type { LoadedPlugins, PluginComponent, PluginProblem } from './plugin-types.js';

/** `<vendor>.<verb-noun>`, with `@2` and up for a breaking change. */
const NAME = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+(@[1-9]\d*)?$/;
const CREDENTIAL_TYPES = ['none', 'basic', 'api-key', 'hmac'];

/** The components in a plugin's default export: a plugin, a list of components, or one component. Each is checked by itself. */
export function readComponents(exported: unknown, file: string): LoadedPlugins {
  const candidates = candidatesOf(exported);
  if (candidates === undefined) return { components: [], problems: [{ code: 'plugin.bad-export', plugin: file, message: BAD_EXPORT }] };
  const results = candidates.map((candidate, index) => readComponent(candidate, index, file));
  return {
    components: results.filter((result): result is PluginComponent => 'component' in result),
    problems: results.filter((result): result is PluginProblem => 'code' in result),
  };
}

const BAD_EXPORT = 'Its default export is neither a plugin ({ name, components }), nor a list of components, nor a component.';

function candidatesOf(exported: unknown): unknown[] | undefined {
  if (Array.isArray(exported)) return exported;
  if (!isRecord(exported)) return undefined;
  if (Array.isArray(exported['components'])) return exported['components'];
  return 'run' in exported ? [exported] : undefined;
}

function readComponent(candidate: unknown, index: number, source: string): PluginComponent | PluginProblem {
  const faults = isRecord(candidate) ? faultsOf(candidate) : ['it is not an object'];
  // Checked member by member just before.
  if (faults.length === 0) return { component: candidate as unknown as Component, source };
  const name = isRecord(candidate) && typeof candidate['name'] === 'string' ? `"${candidate['name']}"` : `number ${index + 1}`;
  return {
    code: 'plugin.bad-component',
    plugin: source,
    message: `Component ${name}: ${faults.join('; ')}. Correct it; the others are loaded.`,
  };
}

function faultsOf({ name, title, run, props, output, idempotent, credential }: Record<string, unknown>): string[] {
  const checks: [boolean, string][] = [
    [typeof name === 'string' && NAME.test(name), 'its name must look like vendor.verb-noun, in lower case'],
    [typeof title === 'string' && title !== '', 'its title is missing'],
    [typeof run === 'function', 'its run must be a function'],
    [isRecord(props) && props['type'] === 'object', 'its props must be a JSON Schema of type object'],
    [idempotent === undefined || ['yes', 'with-key', 'no'].includes(idempotent as string), 'its idempotent must be yes, with-key or no'],
    [credential === undefined || hasCredentialTypes(credential), `its credential.types must be a list of ${CREDENTIAL_TYPES.join(', ')}`],
    [!isRecord(credential) || hasRecipes(credential), BAD_RECIPES],
  ];
  return [
    ...checks.flatMap(([holds, fault]) => (holds ? [] : [fault])),
    ...schemaFaults('props', props),
    ...schemaFaults('output', output),
  ];
}

function hasCredentialTypes(credential: unknown): boolean {
  const types = isRecord(credential) ? credential['types'] : undefined;
  return Array.isArray(types) && types.length > 0 && types.every((type) => CREDENTIAL_TYPES.includes(type as string));
}

const BAD_RECIPES = 'each of its credential.recipes must have a title, a definition of one of its types, and asks.secret, all texts';

function hasRecipes({ types, recipes = [] }: Record<string, unknown>): boolean {
  return Array.isArray(recipes) && recipes.every((recipe) => isRecord(recipe) && isRecipe(recipe, Array.isArray(types) ? types : []));
}

function isRecipe({ title, help = '', definition, asks }: Record<string, unknown>, types: readonly unknown[]): boolean {
  if (!isRecord(definition) || !isRecord(asks)) return false;
  const texts = [title, help, asks['secret'], ...Object.values(definition), ...Object.values(asks)];
  return title !== '' && types.includes(definition['type']) && texts.every((text) => typeof text === 'string');
}

/** Compiles, to find also what the meta-schema lets pass: bad patterns and references that lead nowhere. */
function schemaFaults(member: string, schema: unknown): string[] {
  if (!isRecord(schema)) return schema === undefined || member === 'props' ? [] : [`its ${member} is not a JSON Schema`];
  try {
    new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);
    return [];
  } catch (error) {
    return [`its ${member} is not a valid JSON Schema (${(error as Error).message})`];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
