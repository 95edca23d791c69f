import { keepPreviousData, QueryClient, queryOptions, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiFailure, get, send, type Query } from './client.js';
import { usePressMutation } from './press-mutation.js';
import type {
  ActivityView,
  Beginning,
  CancelView,
  CausesView,
  ComponentList,
  CredentialList,
  DraftList,
  EventPage,
  EventView,
  FlowList,
  TestView,
  VersionView,
  FlowView,
  RefusalPage,
  RefusalView,
  RunPage,
  RunView,
  StatusView,
  ValueView,
} from './wire.js';

const PAGE = 50;
const TRIES = 3;

/** Data stays as it is until a change makes it old; the stream says when. What the server refused is not asked again. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < TRIES && !(error instanceof ApiFailure && error.status > 0),
      },
    },
  });
}

export const useStatus = () => useQuery({ queryKey: ['status'], queryFn: ({ signal }) => get<StatusView>('status', {}, signal) });

export const useActivity = () => useQuery({ queryKey: ['activity'], queryFn: ({ signal }) => get<ActivityView>('activity', {}, signal) });

/** What failed runs that wait for a person failed of. */
export const useCauses = () =>
  useQuery({ queryKey: ['causes'], queryFn: ({ signal }) => get<CausesView>('dead-letters/causes', {}, signal) });

export const flowsQuery = queryOptions({ queryKey: ['flows'], queryFn: ({ signal }) => get<FlowList>('flows', {}, signal) });

export const useFlows = () => useQuery(flowsQuery);

export const archivedFlowsQuery = queryOptions({
  queryKey: ['flows', 'archived'],
  queryFn: ({ signal }) => get<FlowList>('flows', { archived: true }, signal),
});

export const useArchivedFlows = () => useQuery(archivedFlowsQuery);

export const useFlow = (id: string) =>
  useQuery({ queryKey: ['flow', id], queryFn: ({ signal }) => get<FlowView>(`flows/${id}`, {}, signal) });

export const useFlowVersion = (id: string | undefined, version: number | undefined) =>
  useQuery({
    queryKey: ['flow-version', id, version],
    queryFn: ({ signal }) => get<VersionView>(`flows/${id}/versions/${version}`, {}, signal),
    enabled: id !== undefined && version !== undefined,
    staleTime: 'static',
  });

/** Texts that are worked on, of flows that may not be there yet. */
export const draftsQuery = queryOptions({
  queryKey: ['drafts'],
  queryFn: ({ signal }) => get<DraftList>('drafts', {}, signal),
  staleTime: 0,
});

export const useDrafts = () => useQuery(draftsQuery);

export const useCredentials = () =>
  useQuery({ queryKey: ['credentials'], queryFn: ({ signal }) => get<CredentialList>('credentials', {}, signal) });

export const useComponents = () =>
  useQuery({ queryKey: ['components'], queryFn: ({ signal }) => get<ComponentList>('components', {}, signal), staleTime: Infinity });

export const useRun = (id: string | undefined) =>
  useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => get<RunView>(`runs/${id}`, { preview: true }, signal),
    enabled: id !== undefined,
  });

/** The text that a run followed: of its version, or of the draft that it tested. */
export const useRunText = ({ id, flowId, version }: Pick<RunView, 'id' | 'flowId' | 'version'>) =>
  useQuery({
    queryKey: ['run-text', version === 0 ? id : flowId, version],
    queryFn: ({ signal }): Promise<Pick<TestView, 'text'>> => {
      const path = version === 0 ? `runs/${id}/test` : `flows/${flowId}/versions/${version}`;
      return get(path, {}, signal);
    },
    staleTime: 'static',
  });

export const useEvent = (id: string | undefined) =>
  useQuery({
    queryKey: ['event', id],
    queryFn: ({ signal }) => get<EventView>(`events/${id}`, {}, signal),
    enabled: id !== undefined,
  });

export const useRefusal = (id: string) =>
  useQuery({ queryKey: ['refusal', id], queryFn: ({ signal }) => get<RefusalView>(`refusals/${id}`, {}, signal) });

/** A piece of a value that is too large to be loaded at once. */
export const useValue = (path: string, query: Query, enabled: boolean) =>
  useQuery({
    queryKey: ['value', path, query],
    queryFn: ({ signal }) => get<ValueView>(path, query, signal),
    enabled,
    staleTime: 'static',
  });

/** How such a value begins: at once, however large it is. */
export const useBeginning = (path: string, query: Query) =>
  useQuery({
    queryKey: ['value-beginning', path, query],
    queryFn: ({ signal }) => get<Beginning>(`${path}/beginning`, query, signal),
    staleTime: 'static',
  });

type Listed = RunPage | EventPage | RefusalPage;

function useList<P extends Listed>(key: string, query: Query) {
  return useInfiniteQuery({
    queryKey: [key, query],
    queryFn: ({ pageParam, signal }) => get<P>(key, { ...query, limit: PAGE, before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export const useRuns = (query: Query) => useList<RunPage>('runs', query);
export const useEvents = (query: Query) => useList<EventPage>('events', query);
export const useRefusals = (query: Query) => useList<RefusalPage>('refusals', query);

export function useCancelRun(id: string) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: () => send<CancelView>('POST', `runs/${id}/cancel`),
    onSettled: () => client.invalidateQueries({ queryKey: ['run', id] }),
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: (token: string) => send<{ signedIn: boolean }>('POST', 'session', { authorization: `Bearer ${token}` }),
    onSuccess: () => client.resetQueries(),
  });
}
