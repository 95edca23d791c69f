import type { Json } from '@millrace/component-sdk';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiFailure, get, send, sendJson } from '../api/client.js';
import type { PinList } from '../api/wire.js';
import { Button } from '../ui/controls.js';
import { useEditor } from './context.js';

/** The pins of a flow. They change with the outputs that tests are given. */
export const usePins = (flowId: string) =>
  useQuery({ queryKey: ['outputs', flowId, 'pins'], queryFn: ({ signal }) => get<PinList>(`flows/${flowId}/pins`, {}, signal) });

/** Ids of the steps whose output is pinned. */
export function usePinned(): ReadonlySet<string> {
  const { flowId } = useEditor();
  const { data } = usePins(flowId);
  return useMemo(() => new Set(data?.items.map(({ step }) => step)), [data]);
}

/** Pins what a step gave, for tests of later steps to take; or takes the pin out. */
export function Pinning({ step, output }: { readonly step: string; readonly output: Json | undefined }) {
  const { flowId } = useEditor();
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const isPinned = usePinned().has(step);
  const change = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      setProblem(undefined);
      await client.invalidateQueries({ queryKey: ['outputs'] });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      setProblem(error.message);
    }
  };
  const path = `flows/${flowId}/pins/${step}`;
  return (
    <p className="actions">
      {output !== undefined && !isPinned && (
        <Button look="quiet" onClick={() => void change(() => sendJson('PUT', path, { output }))}>
          Pin this output for tests
        </Button>
      )}
      {isPinned && (
        <Button look="quiet" onClick={() => void change(() => send('DELETE', path))}>
          Unpin: tests take a pinned output
        </Button>
      )}
      {problem !== undefined && <span className="bad">{problem}</span>}
    </p>
  );
}
