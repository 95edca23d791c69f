import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useState } from 'react';
import { get, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import { useEvent, useEvents } from '../api/queries.js';
import type { CheckedView, EventView, RunView } from '../api/wire.js';

const CHECK_MS = 300;

export type Problems = CheckedView['problems'];

/** Everything that is wrong with a text, as of a moment ago. */
export function useCheck(flowId: string, text: string): Problems {
  const [problems, setProblems] = useState<Problems>([]);
  const checked = useDeferredValue(text);
  useEffect(() => {
    const stop = new AbortController();
    const check = async (): Promise<void> => {
      const answer = await sendJson<CheckedView>('POST', `flows/${flowId}/check`, { text: checked }, { signal: stop.signal }).catch(
        () => undefined,
      );
      // What cannot be checked now is checked after the next change; publishing checks in any case.
      if (answer) setProblems(answer.problems);
    };
    const timer = setTimeout(() => void check(), CHECK_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [flowId, checked]);
  return problems;
}

export interface LoadedEvent {
  readonly event: EventView | undefined;
  readonly run: RunView | undefined;
  /** Whose events can be loaded instead: those of the flow, or of all where it has none yet. */
  readonly from: string | undefined;
}

/**
 * The event that values are shown of: the chosen one while it is kept, else the one that was the newest of the flow when the editor
 * was opened; and its newest run of this flow.
 */
export function useLoadedEvent(flowId: string, from: string, chosen: string | undefined): LoadedEvent {
  const own = useEvents({ flow: from }).data?.pages[0]?.items;
  const event = useShownEvent(from, own?.[0]?.id, chosen);
  const runId = event?.runs.filter((run) => run.flowId === flowId).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0]?.id;
  const run = useQuery({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => get<RunView>(`runs/${runId}`, { preview: true }, signal),
    enabled: runId !== undefined,
  }).data;
  return { event, run, from: own?.length === 0 ? undefined : from };
}

/** The chosen event; without one, or once it is gone, the settled one, and the newest in its place. */
function useShownEvent(from: string, newest: string | undefined, chosen: string | undefined): EventView | undefined {
  const choice = useEvent(chosen);
  const isOpen = chosen === undefined || choice.isError;
  const settled = useEvent(useSettled(from, isOpen ? newest : undefined));
  const instead = useEvent(isOpen && settled.isError ? newest : undefined);
  return isOpen ? (settled.data ?? instead.data) : choice.data;
}

/** The first event of a place that is seen: those that come after it do not change what values are shown of, nor what a test gave. */
function useSettled(from: string, newest: string | undefined): string | undefined {
  const [settled, settle] = useState<{ readonly from: string; readonly id: string }>();
  if (newest !== undefined && settled?.from !== from) settle({ from, id: newest });
  return settled?.from === from ? settled.id : newest;
}

/** A request that changes something of a flow, after which what is known of flows is asked for anew. */
export function useFlowChange<T>(path: string) {
  const client = useQueryClient();
  return usePressMutation({
    mutationFn: (value: unknown) => sendJson<T>('POST', path, value),
    onSuccess: () => Promise.all(['flows', 'flow', 'versions'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
