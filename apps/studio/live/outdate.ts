import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Loads anew what the queries of this key show, of all without one. What is on its way for the first time is asked for once more
 * behind that: the answer may be older than the change, and `invalidateQueries` lets such a request be
 * (https://tanstack.com/query/latest/docs/reference/QueryClient: `cancelRefetch` counts only where there is data).
 */
export function outdate(client: QueryClient, queryKey: QueryKey = []): void {
  const first = client
    .getQueryCache()
    .findAll({ queryKey })
    .filter(({ state }) => state.data === undefined && state.fetchStatus === 'fetching');
  void client.invalidateQueries({ queryKey });
  for (const query of first) {
    const again = (): void => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    void query.promise?.then(again, again);
  }
}
