import type { Json } from '@millrace/component-sdk';
import { ApiError } from '@millrace/platform';
import type { ValueChild, ValueView } from '../wire/value.js';

/** Values whose JSON is larger than this, in UTF-16 units, are looked at piece by piece. */
export const WHOLE = 64 * 1024;
/** A child of a value in pieces is whole up to this. */
const WHOLE_CHILD = 1024;
const CHILDREN = 100;

/** A value as a page can show it at once: whole if it is small, else its outline and `CHILDREN` of its children from `from` on. */
export function valueView(value: Json, from = 0): ValueView {
  const size = sizeOf(value);
  const outline = { type: typeOf(value), size, count: countOf(value) };
  if (size <= WHOLE) return { ...outline, whole: true, value, text: null, items: [], next: null };
  if (typeof value === 'string') return { ...outline, whole: false, value: null, text: value.slice(0, WHOLE), items: [], next: null };
  const keys = Array.isArray(value) ? undefined : Object.keys(value as object);
  const total = keys?.length ?? (value as Json[]).length;
  const end = Math.min(from + CHILDREN, total);
  const items = range(from, end).map((index) => {
    const key = keys?.[index] ?? String(index);
    return child(key, (value as Record<string, Json>)[key]!);
  });
  return { ...outline, whole: false, value: null, text: null, items, next: end < total ? end : null };
}

/** The value at a JSON pointer (RFC 6901), or undefined. Own members only. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  const parts = pointer === '' ? [] : pointer.slice(1).split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).reduce<Json | undefined>(memberOf, value);
}

export function noValue(where: string, pointer: string): ApiError {
  return new ApiError(404, 'value.not-found', `There is nothing at ${JSON.stringify(pointer)} in ${where.slice(0, 200)}.`);
}

/** Units of its JSON; what is not there has none. */
export function sizeOf(value: Json | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Array.isArray(value) && key === 'length' ? undefined : (value as Record<string, Json>)[key];
}

function child(key: string, value: Json): ValueChild {
  const size = sizeOf(value);
  const whole = size <= WHOLE_CHILD;
  return { key, type: typeOf(value), size, count: countOf(value), whole, value: whole ? value : null };
}

function range(from: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);
}

function typeOf(value: Json): ValueView['type'] {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'number' | 'boolean' | 'object';
}

/** Items of an array, members of an object, characters of a string. */
function countOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
