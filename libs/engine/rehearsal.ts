import type { Component, Json, JsonSchema } from '@millrace/component-sdk';
import { recordedPath } from './rerun.js';
import type { StepRow } from './records.js';

/** In a rehearsal a component that acts outside is not run. */
export function isRehearsed({ effects }: Pick<Component, 'effects'>): boolean {
  return effects !== 'none';
}

/** What a step gives in a rehearsal: what it gave in the run that is repeated, else a sample that fits its schema. */
export function rehearsed(path: string, schema: JsonSchema | undefined, row: (path: string) => StepRow | undefined): Json {
  return row(recordedPath(path))?.output ?? sample(schema);
}

const MAX_DEPTH = 8;

/** The plainest value that a schema describes; an example, a default or a constant where it names one. */
export function sample(schema: JsonSchema | undefined, depth = 0): Json {
  if (schema === undefined || depth > MAX_DEPTH) return null;
  const { const: constant, default: preset, enum: choices, examples, properties = {} } = schema as Described;
  const named = [constant, preset, examples?.[0], choices?.[0]].find((value) => value !== undefined);
  if (named !== undefined) return named;
  switch (typeOf(schema as Described)) {
    case 'object':
      return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, sample(inner, depth + 1)]));
    case 'array':
      return [];
    case 'string':
      return 'sample';
    case 'number':
    case 'integer':
      return 0;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

interface Described {
  readonly type?: string | readonly string[];
  readonly const?: Json;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly examples?: readonly Json[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function typeOf({ type, properties }: Described): string | undefined {
  return typeof type === 'object' ? type[0] : (type ?? (properties && 'object'));
}
