import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../api/client.js';
import type { RerunPlanView, RunView } from '../api/wire.js';
import type { FlowTree } from '../flow/structure.js';
import { retryWords } from './retried.js';

/** What a retry of a failed run would do, or the server's sentence that says why there is none; undefined until it is known. */
export function useRetryWords(run: RunView, tree: FlowTree): string | undefined {
  const { data, error } = useQuery({
    queryKey: ['run', run.id, 'retry'],
    queryFn: ({ signal }) => get<RerunPlanView>(`runs/${run.id}/rerun`, { from: 'failed' }, signal),
    enabled: run.status === 'failed' && !run.test && run.error?.step !== undefined,
    retry: false,
  });
  return useMemo(() => (data ? retryWords(run, data, tree) : error?.message), [run, data, tree, error]);
}
