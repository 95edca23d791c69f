import type { Json } from '@millrace/component-sdk';

/** Where something is not as it should be. `expected` and `received` are undefined where there is nothing. */
export interface Mismatch {
  /** Property names and positions, from the outside in. */
  readonly at: readonly (string | number)[];
  readonly expected: unknown;
  readonly received: unknown;
}

/**
 * Compares in part: of an object only the keys that `expected` names, of a list every item. `{ "$matches": "<regular expression>" }`
 * stands for any text that it finds itself in, `{ "$absent": true }` for nothing.
 */
export function mismatches(expected: Json, received: unknown, at: readonly (string | number)[] = []): Mismatch[] {
  if (!isObject(expected)) return Array.isArray(expected) ? ofList(expected, received, at) : ofPlain(expected, received, at);
  if ('$absent' in expected) return received === undefined ? [] : [{ at, expected: undefined, received }];
  if (typeof expected['$matches'] === 'string') return ofPattern(expected['$matches'], expected, received, at);
  if (!isObject(received)) return [{ at, expected, received }];
  return Object.entries(expected).flatMap(([key, value]) => mismatches(value as Json, own(received, key), [...at, key]));
}

function ofPlain(expected: Json, received: unknown, at: Mismatch['at']): Mismatch[] {
  return Object.is(expected, received) ? [] : [{ at, expected, received }];
}

function ofList(expected: readonly Json[], received: unknown, at: Mismatch['at']): Mismatch[] {
  if (!Array.isArray(received) || received.length !== expected.length) return [{ at, expected, received }];
  return expected.flatMap((item, index) => mismatches(item, received[index], [...at, index]));
}

function ofPattern(pattern: string, expected: Json, received: unknown, at: Mismatch['at']): Mismatch[] {
  return typeof received === 'string' && new RegExp(pattern, 'u').test(received) ? [] : [{ at, expected, received }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
