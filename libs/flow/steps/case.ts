import type { Json } from '@millrace/component-sdk';
import { isEqual } from '../expressions/values.js';

/** Whether a value, not a condition, takes a case of a `switch`: equal to its `when`, or to an item of it. Undefined takes none. */
export function takesCase(value: unknown, when: Json): boolean {
  if (value === undefined) return false;
  return Array.isArray(when) ? when.some((item) => isEqual(value, item)) : isEqual(value, when);
}
