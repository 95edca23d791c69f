import type { Json } from '@millrace/component-sdk';

/** Of arrays and objects that were measured: what was measured within is not measured again for all of it. */
const measured = new WeakMap<object, number>();
/** What JSON writes otherwise than it is. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Units of its JSON; what is not there has none. Without writing it, and once for each value that stays as it is. */
export function sizeOf(value: Json | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return ESCAPED.test(value) ? JSON.stringify(value).length : value.length + 2;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).length;
  const known = measured.get(value);
  if (known !== undefined) return known;
  const size = Array.isArray(value) ? sizeOfArray(value) : sizeOfObject(value);
  measured.set(value, size);
  return size;
}

function sizeOfArray(value: readonly Json[]): number {
  return value.reduce<number>((sum, item) => sum + 1 + sizeOf(item), value.length === 0 ? 2 : 1);
}

function sizeOfObject(value: Readonly<Record<string, Json>>): number {
  const keys = Object.keys(value);
  return keys.reduce((sum, key) => sum + 2 + sizeOf(key) + sizeOf(value[key]), keys.length === 0 ? 2 : 1);
}
