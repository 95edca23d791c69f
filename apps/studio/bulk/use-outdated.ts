import { useQuery, useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { get } from '../api/client.js';
import { flowsQuery } from '../api/queries.js';
import type { RunItem, RunPage, RunView } from '../api/wire.js';
import type { Chosen, Kind } from './deeds.js';
import { liveVersions, outdatedWords } from './versions.js';

/** How many of the newest are looked at where filters choose: what was published since shows in them. */
const LOOKED_AT = 50;

/** The filters of an order that the list of dead letters takes as well. */
const FILTERS = ['flow', 'step', 'code', 'since', 'until'] as const;

/**
 * What is to be said of failed runs that were on a version that is not live any more: such a retry fails again where the flow was
 * mended or rolled back meanwhile. Undefined `words`: as far as is known all were on what is live.
 */
export function useOutdated(kind: Kind, chosen: Chosen): { readonly isPending: boolean; readonly words: string | undefined } {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['order', 'versions', chosen],
    queryFn: async ({ signal }) => {
      const [runs, flows] = await Promise.all([runsOf(chosen, client, signal), client.fetchQuery({ ...flowsQuery, staleTime: 0 })]);
      return outdatedWords(runs, liveVersions(flows)) ?? null;
    },
    gcTime: 0,
    retry: false,
    enabled: kind === 'retry',
  });
  return { isPending: query.isLoading, words: query.data ?? undefined };
}

type Ran = Pick<RunItem, 'id' | 'flowId' | 'version'>;

async function runsOf(chosen: Chosen, client: QueryClient, signal: AbortSignal): Promise<readonly Ran[]> {
  const { ids } = chosen;
  if (!Array.isArray(ids)) {
    const filters = Object.fromEntries(FILTERS.map((name) => [name, chosen[name] as string | undefined]));
    return (await get<RunPage>('dead-letters', { ...filters, limit: LOOKED_AT }, signal)).items;
  }
  const listed = listedRuns(client).filter(({ id }) => ids.includes(id));
  // Ids begin with their time: the newest is the last.
  const newest = [...(ids as readonly string[])].sort().at(-1);
  return listed.length > 0 || newest === undefined ? listed : [await get<RunView>(`runs/${newest}`, { preview: true }, signal)];
}

/** The runs that the lists of this page have. */
function listedRuns(client: QueryClient): Ran[] {
  const lists = client.getQueriesData<InfiniteData<RunPage> | RunPage>({ queryKey: ['runs'] });
  const items = lists.flatMap(([, data]) => (data && 'pages' in data ? data.pages.flatMap((page) => page.items) : (data?.items ?? [])));
  return [...new Map(items.map((run) => [run.id, run])).values()];
}
