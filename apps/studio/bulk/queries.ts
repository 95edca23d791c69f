import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { OperationPage, OperationView } from '../api/wire.js';

/** While it runs: progress is written piece by piece, a few times a second. */
const PROGRESS_MS = 500;

/** One operation, up to date while it runs. */
export function useOperation(id: string | undefined) {
  return useQuery({
    queryKey: ['operation', id],
    queryFn: ({ signal }) => get<OperationView>(`operations/${id}`, {}, signal),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? PROGRESS_MS : false),
  });
}

export function useOperations() {
  return useQuery({
    queryKey: ['operations'],
    queryFn: ({ signal }) => get<OperationPage>('operations', { limit: 100 }, signal),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.items.some((operation) => operation.state === 'running') ? PROGRESS_MS : false),
  });
}

export function useCancelOperation(id: string) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: () => send<OperationView>('POST', `operations/${id}/cancel`),
    onSuccess: (operation) => client.setQueryData(['operation', id], operation),
    onSettled: () => client.invalidateQueries({ queryKey: ['operations'] }),
  });
}
