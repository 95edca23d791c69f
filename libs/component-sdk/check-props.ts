import type { JsonSchema } from './json.js';

/**
 * Problems of `value` under the part of JSON Schema that most props use: `type`, `enum`, `const`, `required`,
 * `properties`, `additionalProperties`, `items`. Not a full validator: the SDK has no dependencies, and the engine
 * checks props with ajv. Other keywords are not looked at.
 */
export function findProblems(schema: JsonSchema, value: unknown, path = 'props'): string[] {
  if (schema.type !== undefined && ![schema.type].flat().some((type) => hasType(type, value))) {
    return [`${path} must be ${[schema.type].flat().join(' or ')}, not ${typeName(value)}`];
  }
  return [...valueProblems(schema, value, path), ...itemProblems(schema, value, path), ...propertyProblems(schema, value, path)];
}

function hasType(type: string, value: unknown): boolean {
  return type === 'number' ? typeof value === 'number' : type === typeName(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function valueProblems({ const: only, enum: allowed }: JsonSchema, value: unknown, path: string): string[] {
  const choices = only === undefined ? allowed : [only];
  const fits = choices?.some((choice) => JSON.stringify(choice) === JSON.stringify(value)) ?? true;
  return fits ? [] : [`${path} must be one of ${JSON.stringify(choices)}`];
}

function itemProblems({ items }: JsonSchema, value: unknown, path: string): string[] {
  if (items === undefined || !Array.isArray(value)) return [];
  return value.flatMap((item, index) => findProblems(items, item, `${path}[${index}]`));
}

function propertyProblems(schema: JsonSchema, value: unknown, path: string): string[] {
  if (typeName(value) !== 'object') return [];
  const record = value as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((name) => record[name] === undefined).map((name) => `${path}.${name} is missing`);
  const present = Object.entries(record).filter(([, entry]) => entry !== undefined);
  return [...missing, ...present.flatMap(([name, entry]) => entryProblems(schema, name, entry, path))];
}

function entryProblems({ properties = {}, additionalProperties }: JsonSchema, name: string, value: unknown, path: string): string[] {
  const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
  if (schema === false) return [`${path}.${name} is not a known property`];
  return typeof schema === 'object' ? findProblems(schema, value, `${path}.${name}`) : [];
}
