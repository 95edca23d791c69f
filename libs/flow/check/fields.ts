import type { JsonSchema } from '@millrace/component-sdk';

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

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null;
}

function soleType({ type }: JsonSchema): string | undefined {
  if (typeof type === 'string' || type === undefined) return type;
  const types = type.filter((name) => name !== 'null');
  return types.length === 1 ? types[0] : 'mixed';
}
