import { stepIdOf } from '@millrace/flow';
import type { Overlay } from './overlay.js';

/** The iterations that a path stands in: `each[3].notify` is `each:3`. */
export function iterationsIn(path: string): string {
  return [...path.matchAll(/\[(\d+)\]/g)].map((match) => `${path.slice(0, match.index)}:${match[1]}`).join(',');
}

/** A step by its title, or its id where it has none, and the items of loops that its path goes through, counted from 1: `Notify, item 4`, `Notify, item 4.1`. */
export function titleAt(path: string, titles: ReadonlyMap<string, string>): string {
  const id = stepIdOf(path);
  const title = titles.get(id) ?? id;
  const items = [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index) + 1);
  return items.length === 0 ? title : `${title}, item ${items.join('.')}`;
}

/** What the address says for a row: the step, in the items of loops that its path goes through. */
export function placeOf(path: string): { readonly step: string; readonly more: { readonly iter?: string } } {
  const iter = iterationsIn(path);
  return { step: stepIdOf(path), more: iter === '' ? {} : { iter } };
}

/** Whether a row is of the step that is looked at, in the items that are looked at. The item of a loop is, where its loop is. */
export function isCurrent(path: string, selected: string | undefined, overlay: Pick<Overlay, 'path' | 'iteration'>): boolean {
  if (selected === undefined || stepIdOf(path) !== selected) return false;
  const own = overlay.path(selected);
  return path === own || path === `${own}[${overlay.iteration(selected) ?? ''}]`;
}
