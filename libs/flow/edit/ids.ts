import type { JsonNode } from '../text.js';
import { EditFault } from './result.js';
import { stepsOf } from './structure.js';

/** The ids of all steps of a flow. */
export function idsOf(root: JsonNode): Set<string> {
  return new Set(stepsOf(root).flatMap(({ id }) => (id === '' ? [] : [id])));
}

/** Refuses an edit that would give two steps one id, unless they had it before. */
export function checkUnique(before: JsonNode, after: JsonNode): void {
  const known = repeated(before);
  const [id] = [...repeated(after)].filter((name) => !known.has(name));
  if (id !== undefined) throw new EditFault('edit.id-taken', `There is a step \`${id}\` already; ids are unique in a file.`);
}

function repeated(root: JsonNode): Set<string> {
  const seen = new Set<string>();
  return new Set(stepsOf(root).flatMap(({ id }) => (id === '' || !seen.has(id) ? (seen.add(id), []) : [id])));
}
