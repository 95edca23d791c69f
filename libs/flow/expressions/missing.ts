import { nearest } from '../names.js';
import type { Reference } from './references.js';
import { ownProperty } from './values.js';

/**
 * Says which segment of a plain path is the first that the scope lacks, and what the author may have meant:
 * "trigger.body has no `emial`; did you mean `email`?"
 */
export function describeMissing(path: readonly string[], scope: object): string {
  let values: unknown[] = [scope];
  for (const [index, name] of path.entries()) {
    const found = values.map((value) => ownProperty(value, name));
    const next = found.flatMap(listOf);
    if (next.length === 0 && found.some(Array.isArray)) return `${path.slice(0, index + 1).join('.')} is an empty list`;
    if (next.length === 0) return describeAt(path.slice(0, index), name, values);
    values = next;
  }
  return `${path.join('.')} is empty`;
}

/** The same of the first path of an expression that it needs and does not find, where one is missing. */
export function describeFirstMissing(reads: readonly Reference[], scope: object): string | undefined {
  const missing = reads.find(({ path, guarded }) => !guarded && valuesAt(path, scope).length === 0);
  return missing && describeMissing(missing.path, scope);
}

/** `trigger.body.price is a string`, for each path of an expression that finds something of a kind that is not wanted. */
export function describeKinds(reads: readonly Reference[], scope: object, wanted: string | undefined): string[] {
  const described = reads.flatMap(({ path }) => {
    const values = valuesAt(path, scope);
    const kind = values.length > 1 ? 'a list' : describeValue(values[0]);
    return values.length === 0 || kind === wanted ? [] : [`${path.join('.')} is ${kind}`];
  });
  return [...new Set(described)];
}

/** What a path finds, through lists. */
function valuesAt(path: readonly string[], scope: object): unknown[] {
  return path.reduce<unknown[]>((values, name) => values.flatMap((value) => listOf(ownProperty(value, name))), [scope]);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(listOf) : [value];
}

function describeAt(parent: readonly string[], name: string, values: readonly unknown[]): string {
  const where = parent.length === 0 ? 'the scope' : parent.join('.');
  const objects = values.filter((value) => typeof value === 'object' && value !== null);
  if (objects.length === 0) return `${where} is ${describeValue(values[0])} and has no \`${name}\``;
  const near = nearest(
    name,
    objects.flatMap((value) => Object.keys(value)),
  );
  return near === undefined ? `${where} has no \`${name}\`` : `${where} has no \`${name}\`; did you mean \`${near}\`?`;
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
