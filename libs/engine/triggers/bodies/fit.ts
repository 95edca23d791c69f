import { MAX_DEPTH } from './refusal.js';

/**
 * Why a value cannot be the body of an event, to go on a sentence that begins with what it is; undefined when it can be.
 * Bodies that are made here are read like those that come in: one that is refused only then has begun a run that must fail.
 */
export function bodyFault(value: unknown, level = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (level === MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
  if (Object.hasOwn(value, '__proto__')) return 'has a "__proto__" key, which is not accepted';
  for (const item of Object.values(value)) {
    const fault = bodyFault(item, level + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
