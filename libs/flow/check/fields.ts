import type { JsonSchema } from '@millrace/component-sdk';
import { suggestion } from '../names.js';
import type { ProblemCode } from '../problem-codes.js';

/** What is wrong with reading a path. */
export interface ReferenceFault {
  readonly code: ProblemCode;
  readonly message: string;
  /** Which segment of the path is at fault. */
  readonly index: number;
}

export interface UnknownField {
  /** Which segment of the path is not there. */
  readonly index: number;
  /** What is there instead. */
  readonly known: readonly string[];
}

/** Keywords that make what a value holds hard to tell; behind them nothing is reported. */
const opaque = ['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'patternProperties', '$dynamicRef', 'dependentSchemas'];

/**
 * The first segment of a path that a value of this schema cannot have. An object is closed by `additionalProperties: false`
 * and, if `closedByDefault`, by naming its properties without allowing others.
 */
export function unknownField(schema: unknown, path: readonly string[], closedByDefault: boolean, index = 0): UnknownField | undefined {
  const name = path[index];
  if (name === undefined || !isSchema(schema) || opaque.some((keyword) => keyword in schema)) return undefined;
  const type = soleType(schema);
  if (type === 'array') return unknownField(schema.items, path, closedByDefault, index);
  if (type === 'mixed') return undefined;
  if (type !== undefined && type !== 'object') return { index, known: [] };
  return unknownProperty(schema, path, closedByDefault, index, name);
}

function unknownProperty(
  schema: JsonSchema,
  path: readonly string[],
  closedByDefault: boolean,
  index: number,
  name: string,
): UnknownField | undefined {
  const properties = schema.properties ?? {};
  if (Object.hasOwn(properties, name)) return unknownField(properties[name], path, closedByDefault, index + 1);
  const closed =
    schema.additionalProperties === false ||
    (closedByDefault && schema.additionalProperties === undefined && schema.properties !== undefined);
  return closed ? { index, known: Object.keys(properties) } : undefined;
}

/** Schemas that authors write may be anything. */
export function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null;
}

/** Schemas of triggers are what authors write: of a `type` that is none nothing can be told here, and it is reported where it stands. */
export function soleType({ type }: JsonSchema): string | undefined {
  if (typeof type === 'string' || type === undefined) return type;
  const types = Array.isArray(type) ? type.filter((name) => typeof name === 'string' && name !== 'null') : [];
  return types.length === 1 ? types[0] : 'mixed';
}

/** The first field of a path that a value of this shape does not have. */
export function fieldFault(shape: JsonSchema, path: readonly string[], from: number): ReferenceFault | undefined {
  const unknown = unknownField(shape, path.slice(from), true);
  if (unknown === undefined) return undefined;
  const index = from + unknown.index;
  const message = `\`${path.slice(0, index).join('.')}\` has no \`${path[index] ?? ''}\`.${suggestion(path[index] ?? '', unknown.known)}`;
  return { code: 'reference.unknown-field', index, message };
}
