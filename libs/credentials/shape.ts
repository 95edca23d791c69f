import type { JsonSchema } from '@millrace/component-sdk';
import { didYouMean, pointer, type Report } from './problem.js';

/**
 * Reports where a value departs from the schema: the keywords that this library's own schemas use, and no others
 * (type, const, enum, pattern, minLength, minimum, maximum, items, minItems, maxItems, required, properties, patternProperties, anyOf).
 * A full validator would be this library's only dependency; its sentences would not say what to do.
 */
export function checkShape(schema: JsonSchema, value: unknown, path: string, report: Report): void {
  const meant = meantChoice(schema, value);
  if (meant !== undefined) return checkShape(meant, value, path, report);
  const wrong = mismatch(schema, value);
  if (wrong !== undefined) report('credential.bad-shape', path, `${nameOf(path)} ${wrong}${/[.?]$/.test(wrong) ? '' : '.'}`);
  else if (Array.isArray(value)) value.forEach((item, at) => checkShape(schema.items ?? {}, item, pointer(path, at), report));
  else if (isRecord(value)) checkProperties(schema, value, path, report);
}

/** True for an object that is not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of several choices the one of the value's own kind, so that the report says what is wrong within it. */
function meantChoice({ anyOf }: JsonSchema, value: unknown): JsonSchema | undefined {
  const alike = ((anyOf ?? []) as JsonSchema[]).filter(({ type }) => type === kindOf(value));
  return alike.length === 1 ? alike[0] : undefined;
}

function mismatch(schema: JsonSchema, value: unknown): string | undefined {
  return mismatchOfKind(schema, value) ?? mismatchOfText(schema, value) ?? mismatchOfSize(schema, value) ?? mismatchOfChoice(schema, value);
}

function mismatchOfKind(schema: JsonSchema, value: unknown): string | undefined {
  if (typeof schema.type === 'string' && kindOf(value) !== schema.type) {
    const meaning = schema.description === undefined ? '' : `: ${uncapitalize(schema.description)}`;
    return `must be ${article(schema.type)}, not ${article(kindOf(value))}${meaning}`;
  }
  if (Object.hasOwn(schema, 'const') && value !== schema.const) return `must be ${JSON.stringify(schema.const)}`;
  if (schema.enum === undefined || schema.enum.includes(value)) return undefined;
  const known = schema.enum.map(String);
  return `must be one of ${known.join(', ')}.${typeof value === 'string' ? didYouMean(value, known) : ''}`;
}

function mismatchOfText(schema: JsonSchema, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (typeof schema.minLength === 'number' && value.length < schema.minLength) return 'must not be empty';
  if (typeof schema.pattern !== 'string' || new RegExp(schema.pattern, 'u').test(value)) return undefined;
  return schema.description === undefined ? `must match ${schema.pattern}` : `must be ${uncapitalize(schema.description)}`;
}

function mismatchOfSize(schema: JsonSchema, value: unknown): string | undefined {
  const { minItems, maxItems, minimum, maximum } = schema;
  if (Array.isArray(value)) return mismatchOfRange('have', value.length, minItems, maxItems);
  return typeof value === 'number' ? mismatchOfRange('be', value, minimum, maximum) : undefined;
}

function mismatchOfRange(verb: 'have' | 'be', size: number, low: unknown, high: unknown): string | undefined {
  if (typeof low === 'number' && size < low) return `must ${verb} at least ${low}`;
  return typeof high === 'number' && size > high ? `must ${verb} at most ${high}` : undefined;
}

function mismatchOfChoice(schema: JsonSchema, value: unknown): string | undefined {
  if (!Array.isArray(schema.anyOf) || (schema.anyOf as JsonSchema[]).some((choice) => accepts(choice, value))) return undefined;
  return `must be ${uncapitalize(schema.description ?? 'of one of the forms that the documentation shows')}`;
}

function accepts(schema: JsonSchema, value: unknown): boolean {
  let accepted = true;
  checkShape(schema, value, '', () => {
    accepted = false;
  });
  return accepted;
}

function checkProperties(schema: JsonSchema, value: Record<string, unknown>, path: string, report: Report): void {
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) {
      report('credential.bad-shape', path, `${nameOf(path)} needs "${name}".${hint(schema.properties?.[name])}`);
    }
  }
  for (const [key, item] of Object.entries(value)) {
    const known = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
    if (known !== undefined) checkShape(known, item, pointer(path, key), report);
    else if (schema.additionalProperties === false && !key.startsWith('x-')) reportUnknownKey(schema, key, path, report);
  }
}

function reportUnknownKey(schema: JsonSchema, key: string, path: string, report: Report): void {
  const known = Object.keys(schema.properties ?? {});
  const message = `${nameOf(path)} has an unknown key "${key}".${didYouMean(key, known)} Known are ${known.join(', ')}.`;
  report('credential.unknown-key', pointer(path, key), message);
}

function hint(schema: JsonSchema | undefined): string {
  return schema?.description === undefined ? '' : ` It is ${uncapitalize(schema.description)}.`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function article(kind: string): string {
  if (kind === 'null') return kind;
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function nameOf(path: string): string {
  return path === '' ? 'The credential' : `"${path.slice(1).replaceAll('/', '.')}"`;
}

function uncapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
