import type { JsonSchema } from '@millrace/component-sdk';
import type { Constant } from '../expressions/comparisons.js';
import { suggestion } from '../names.js';
import { isSchema, soleType } from './fields.js';

/** Behind a reference anything may stand. */
const elsewhere = ['$ref', '$dynamicRef', '$recursiveRef'];

/**
 * Every value that can stand at a path below a value of this schema: of an `enum`, a `const`, or alternatives of such.
 * Undefined where something else may stand there, or where a list may stand on the way, for a path goes on in its items.
 */
export function valuesAt(schema: unknown, [name, ...rest]: readonly string[]): readonly unknown[] | undefined {
  if (!isSchema(schema) || elsewhere.some((keyword) => keyword in schema)) return undefined;
  if (name === undefined) return plainOnly(closedList(schema));
  const { properties = {} } = schema;
  return soleType(schema) === 'object' && Object.hasOwn(properties, name) ? valuesAt(properties[name], rest) : undefined;
}

function closedList(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  if (Array.isArray(schema.enum)) return schema.enum;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(alternatives)) return undefined;
  const lists = alternatives.map((alternative) => valuesAt(alternative, []));
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

/** A list of one is as good as its item in an expression; where lists or objects are among the values, nothing is certain. */
function plainOnly(values: readonly unknown[] | undefined): readonly unknown[] | undefined {
  return values?.every((value) => typeof value !== 'object' || value === null) ? values : undefined;
}

/** Whether a value is one that expressions write as a constant; `null` is rather a way to ask whether there is a value. */
export function isConstant(value: unknown): value is Constant['value'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** What to say of comparing what stands at a path with a constant that is none of its values. Undefined where it may be one. */
export function neverEqual(
  path: readonly string[],
  constant: Constant['value'],
  values: readonly unknown[] | undefined,
): string | undefined {
  if (values === undefined || values.includes(constant)) return undefined;
  const kind = typeof constant === 'string' ? 'the text ' : '';
  return `\`${path.join('.')}\` is never ${kind}\`${String(constant)}\`.${suggestion(String(constant), values.map(String))}`;
}
