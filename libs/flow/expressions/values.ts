import { fault } from './faults.js';

/**
 * JSONata's rules for values (jsonata 2.2, `functions` and `utils`), for compiled expressions.
 * Where a rule looks odd, it is JSONata's: the property tests hold both to the same result.
 */

/** JSONata takes these marks, also on data, for a function. */
export function isFunctionLike(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const marks = value as { _jsonata_function?: unknown; _jsonata_lambda?: unknown };
  return marks._jsonata_function === true || marks._jsonata_lambda === true;
}

/** An own property of an object; never one of its prototype. */
export function ownProperty(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name) || isFunctionLike(value)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** True for numbers but NaN; infinity is a fault. */
export function isNumber(value: unknown): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw fault('D1001');
  return true;
}

/** `$boolean`: undefined stays undefined. */
export function toBoolean(value: unknown): boolean | undefined {
  return value === undefined ? undefined : isTruthy(value);
}

/** What a condition makes of a value; undefined is false. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 1 ? isTruthy(value[0]) : value.filter(isTruthy).length > 0;
  if (typeof value === 'string') return value.length > 0;
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return value !== 0;
  return typeof value === 'object' && value !== null && !isFunctionLike(value) && Object.keys(value).length > 0;
}

/** `$string`, as `&` applies it: undefined gives the empty string. */
export function toText(value: unknown): string {
  if (value === undefined || isFunctionLike(value)) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isFinite(value)) throw fault('D3001');
  return JSON.stringify(value, roundForText) ?? '';
}

/** JSONata writes numbers with 15 digits, which hides the noise of binary fractions. */
function roundForText(_key: string, value: unknown): unknown {
  if (isNumber(value)) return Number.isInteger(value) ? value : Number(value.toPrecision(15));
  return isFunctionLike(value) ? '' : value;
}

/** Deep equality: keys in any order, items in order. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
  }
  return haveEqualProperties(left as Record<string, unknown>, right as Record<string, unknown>);
}

// An array has the own property `length`, which an object may have too: JSONata compares own property names.
function haveEqualProperties(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const names = Object.getOwnPropertyNames(left);
  if (names.length !== Object.getOwnPropertyNames(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name)) && names.every((name) => isEqual(left[name], right[name]));
}

export function compare(operator: string, left: unknown, right: unknown): boolean | undefined {
  if (!isComparable(left) || !isComparable(right)) throw fault('T2010');
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== typeof right) throw fault('T2009');
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function isComparable(value: unknown): value is string | number | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'number';
}

export function calculate(operator: string, left: unknown, right: unknown): number | undefined {
  if (left !== undefined && !isNumber(left)) throw fault('T2001');
  if (right !== undefined && !isNumber(right)) throw fault('T2002');
  if (left === undefined || right === undefined) return undefined;
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  return operator === '/' ? left / right : left % right;
}

export function negate(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (!isNumber(value)) throw fault('D1002');
  return -value;
}

/** The operator `in`: strict equality with an item, or with a value that is no list. */
export function isIn(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  return Array.isArray(right) ? right.includes(left) && !Number.isNaN(left) : left === right;
}

/** The argument of a function that takes a string or nothing. */
export function textArgument(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== 'string') throw fault('T0410');
  return value;
}
