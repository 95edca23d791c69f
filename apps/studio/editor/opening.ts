import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { get } from '../api/client.js';
import { flowsQuery } from '../api/queries.js';
import type { DraftList, DraftView, SourceView } from '../api/wire.js';
import type { ServerDraft } from './draft.js';

/**
 * What the server has of a flow that is opened for editing: its draft, else its text, null where it has neither. Apart from the
 * editor, so that it is asked for while the code of that is loaded.
 */
export const draftQuery = (flowId: string) =>
  queryOptions({
    queryKey: ['open-draft', flowId],
    queryFn: ({ client, signal }) => findDraft(flowId, client, signal),
    gcTime: 0,
    staleTime: 'static',
  });

/** The same, asked for at once. */
export async function findDraft(flowId: string, client: QueryClient, signal: AbortSignal): Promise<ServerDraft | null> {
  const [drafts, flows] = await Promise.all([get<DraftList>('drafts', {}, signal), client.fetchQuery({ ...flowsQuery, staleTime: 0 })]);
  if (drafts.items.some((draft) => draft.flowId === flowId)) return get<DraftView>(`flows/${flowId}/draft`, {}, signal);
  if (!flows.items.some(({ id }) => id === flowId)) return null;
  const { text, base } = await get<SourceView>(`flows/${flowId}/source`, {}, signal);
  return { text, base, revision: 0 };
}
