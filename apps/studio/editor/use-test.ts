import { hashKey, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { ApiFailure, get, sendJson } from '../api/client.js';
import { useRun } from '../api/queries.js';
import type { OutputsView, RunView, StepView, TestPlanView, TestStartedView } from '../api/wire.js';
import { everyStep, readFlow } from '../flow/structure.js';
import { isActive } from '../run/overlay.js';
import { useOnce } from '../ui/once.js';
import type { EditorView } from './context.js';
import type { DraftEditor } from './use-draft.js';

/** What the steps of a draft gave for an event at last, in runs and tests, or as pinned samples. */
export const useOutputs = (flowId: string, event: string | undefined) =>
  useQuery({
    queryKey: ['outputs', flowId, event],
    queryFn: ({ signal }) => get<OutputsView>(`flows/${flowId}/outputs`, { event }, signal),
    enabled: event !== undefined,
    retry: false,
  });

/** Ids of the steps that the server knows. When there are others, outputs and pins are asked for anew: they go along with a renaming. */
export function useSavedSteps(flowId: string, saved: string): ReadonlySet<string> {
  const client = useQueryClient();
  const steps = useMemo(() => stepIds(saved), [saved]);
  const key = steps.join(' ');
  useEffect(() => void client.invalidateQueries({ queryKey: ['outputs', flowId] }), [client, flowId, key]);
  return useMemo(() => new Set(steps), [steps]);
}

function stepIds(text: string): string[] {
  const { steps, onError } = readFlow(text);
  return everyStep([...steps, ...onError]).map(({ id }) => id);
}

/** Which text the server has of a flow: the draft, else what is live. Undefined where it has none. */
export function textMark({ revision, liveVersion }: Pick<EditorView, 'revision' | 'liveVersion'>): string | undefined {
  return revision > 0 || liveVersion > 0 ? `${liveVersion}.${revision}` : undefined;
}

/**
 * What a test of a step, or of all, would do; asked again when the text is another one, and not without one. What it would have
 * done with the text before stays until then: every save would take the words away for a moment, and the button from under the
 * pointer that presses it.
 */
export const useTestPlan = (flowId: string, step: string | undefined, event: string | undefined, text: string | undefined) => {
  const tested = ['outputs', flowId, event, 'plan', step];
  return useQuery({
    queryKey: [...tested, text],
    queryFn: ({ signal }) => get<TestPlanView>(`flows/${flowId}/test-plan`, { event, step }, signal),
    enabled: event !== undefined && text !== undefined,
    placeholderData: (plan, before) => (hashKey(before?.queryKey.slice(0, -1) ?? []) === hashKey(tested) ? plan : undefined),
    retry: false,
  });
};

export interface StepTest {
  /** `undefined`: none was begun with this event since the step is looked at. */
  readonly run: RunView | undefined;
  readonly row: StepView | undefined;
  readonly isBusy: boolean;
  /** Why it could not begin. */
  readonly problem: string | undefined;
  begin(): void;
}

/** Saves the draft and tests a step of it, or all, with an event; follows its run. */
export function useStepTest(flowId: string, step: string | undefined, event: string | undefined, flush: DraftEditor['flush']): StepTest {
  const client = useQueryClient();
  const [begun, setBegun] = useState<TestStartedView & { readonly event: string | undefined }>();
  // What another event gave says nothing of this one.
  const started = begun?.event === event ? begun : undefined;
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = useRun(started?.runId).data;
  const begin = useOnce(async () => {
    setStarting(true);
    setProblem(undefined);
    try {
      const { server } = await flush();
      const test = await sendJson<TestStartedView>('POST', `flows/${flowId}/tests`, { event, step, revision: server.revision });
      setBegun({ ...test, event });
      await client.invalidateQueries({ queryKey: ['outputs'] });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      setProblem(error.message);
    } finally {
      setStarting(false);
    }
  });
  const isRunning = started !== undefined && (run === undefined || isActive(run));
  return {
    run: isRunning ? undefined : run,
    row: run?.steps.findLast(({ path }) => path === started?.path),
    isBusy: starting || isRunning,
    problem,
    begin,
  };
}
