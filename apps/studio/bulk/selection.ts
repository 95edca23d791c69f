import { useState } from 'react';

/** Rows of a list that something is to be done to. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Takes a row in or out; with `reach` all between it and the one before too. */
  toggle(id: string, reach: boolean): void;
  clear(): void;
}

/** What one order names at the most; more are chosen by filters. */
const MOST = 1000;

/** Begins anew when the list is another one (`key`). `shown` is what can be selected, in order. */
export function useSelection(key: string, shown: readonly { readonly id: string }[]): Selection {
  const [state, setState] = useState<{ key: string; ids: ReadonlySet<string>; last?: string }>({ key, ids: new Set() });
  const current = state.key === key ? state : { key, ids: new Set<string>(), last: undefined };
  const toggle = (id: string, reach: boolean): void => {
    const taken = !current.ids.has(id);
    const range = reach ? between(shown, current.last, id) : [id];
    const ids = new Set(current.ids);
    for (const one of range) {
      if (taken) ids.add(one);
      else ids.delete(one);
    }
    setState({ key, ids: new Set([...ids].slice(0, MOST)), last: id });
  };
  return { ids: current.ids, toggle, clear: () => setState({ key, ids: new Set() }) };
}

/** Both ends included; the second alone when the first is not there any more. */
export function between(shown: readonly { readonly id: string }[], first: string | undefined, second: string): string[] {
  const places = [first, second].map((id) => shown.findIndex((row) => row.id === id));
  const [from, to] = [Math.min(...places), Math.max(...places)];
  return from < 0 ? [second] : shown.slice(from, to + 1).map(({ id }) => id);
}
