import { everyStep, type FlowTree } from '../flow/structure.js';

/** The innermost step that a JSON pointer of a problem leads into, by id. */
export function stepAtPointer(tree: FlowTree, pointer: string): string | undefined {
  const known = new Set(everyStep([...tree.steps, ...tree.onError]).map(({ json }) => json));
  let value: unknown = { steps: tree.steps.map(({ json }) => json), onError: tree.onError.map(({ json }) => json) };
  let found: string | undefined;
  for (const key of pointer.split('/').slice(1)) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    if (known.has(value as never)) found = String((value as { id?: unknown }).id);
  }
  return found;
}
