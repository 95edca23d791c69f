import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export type Patch = Readonly<Record<string, string | undefined>>;

/** What a page shows, in its address: a copied link shows the same. */
export interface UrlState {
  get(name: string): string | undefined;
  /** Sets and removes (undefined) parameters. Going back undoes it, unless it replaces. */
  set(patch: Patch, options?: { readonly replace?: boolean }): void;
  /** The address with these changes, for a link. */
  href(patch: Patch): string;
}

export function useUrlState(): UrlState {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const href = useCallback((patch: Patch) => path + withPatch(search, patch), [path, search]);
  return useMemo(
    () => ({
      get: (name) => new URLSearchParams(search).get(name) ?? undefined,
      // From the address as it is now: two changes in one event must not undo each other.
      set: (patch, options) => navigate(location.pathname + withPatch(location.search, patch), options),
      href,
    }),
    [search, navigate, href],
  );
}

function withPatch(search: string, patch: Patch): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
