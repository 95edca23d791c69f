import { nearest } from '../names.js';
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
  return value === null ? 'null' : `a ${typeof value}`;
}
