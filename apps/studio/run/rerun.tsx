import type { Json } from '@millrace/component-sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { queryText, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { EventView, RerunView, RunView } from '../api/wire.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import type { FlowTree } from '../flow/structure.js';
import { isActive } from './overlay.js';
import { useRetryWords } from './retry-words.js';

interface RerunRequest {
  readonly from?: string;
  readonly version?: 'same' | 'live';
  readonly payload?: Json;
}

/** Starts a run that repeats this one, and shows it. */
function useRerun(runId: string) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  return usePressMutation({
    mutationFn: (request: RerunRequest) => sendJson<RerunView>('POST', `runs/${runId}/rerun`, request),
    onSuccess: async ({ runId: next, reused }) => {
      await client.invalidateQueries({ queryKey: ['runs'] });
      announce(reused.length === 0 ? 'Run started' : `Run started; ${reused.length} steps are not run again`);
      navigate(`/runs/${next}`);
    },
  });
}

interface RunActionsProps {
  readonly run: RunView;
  readonly tree: FlowTree;
  readonly event: EventView | undefined;
}

/** What can be done about a run that ended. A test is begun again in the editor, with the draft as it is by then. */
export function RunActions({ run, tree, event }: RunActionsProps) {
  if (isActive(run)) return null;
  const failed = run.status === 'failed' ? run.error?.step : undefined;
  return run.test ? <FixLink run={run} failed={failed} /> : <Reruns {...{ run, tree, event, failed }} />;
}

function Reruns({ run, tree, event, failed }: RunActionsProps & { readonly failed: string | undefined }) {
  const rerun = useRerun(run.id);
  const retry = useRetryWords(run, tree);
  return (
    <>
      {rerun.error && (
        <span className="bad" role="alert">
          {rerun.error.message}
        </span>
      )}
      <FixLink run={run} failed={failed} />
      {failed !== undefined && (
        <Button disabled={rerun.isPending} title={retry} onClick={() => rerun.mutate({ from: 'failed' })}>
          Retry from here
        </Button>
      )}
      <Button disabled={rerun.isPending} title="Runs every step again for the same event." onClick={() => rerun.mutate({ from: 'start' })}>
        Run again
      </Button>
      {event?.body.kind === 'parsed' && <EditAndRerun payload={event.body.value as Json} rerun={rerun} />}
    </>
  );
}

/** To the draft, with the event of this run loaded and what failed selected. */
function FixLink({ run, failed }: { readonly run: RunView; readonly failed: string | undefined }) {
  const step = failed?.split('.').at(-1);
  return (
    <Link
      className="button"
      data-look={failed === undefined ? 'plain' : 'ink'}
      href={`/flows/${run.flowId}/edit${queryText({ event: run.eventId, step })}`}
    >
      {failed === undefined ? 'Edit the flow' : 'Fix in editor'}
    </Link>
  );
}

function EditAndRerun({ payload, rerun }: { readonly payload: Json; readonly rerun: ReturnType<typeof useRerun> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Edit and re-run</Button>
      <Modal open={open} onClose={() => setOpen(false)} className="rerun">
        <ModalTitle>Re-run with another body</ModalTitle>
        <PayloadForm payload={payload} rerun={rerun} onCancel={() => setOpen(false)} />
      </Modal>
    </>
  );
}

interface PayloadFormProps {
  readonly payload: Json;
  readonly rerun: ReturnType<typeof useRerun>;
  readonly onCancel: () => void;
}

function PayloadForm({ payload, rerun, onCancel }: PayloadFormProps) {
  const [text, setText] = useState(() => JSON.stringify(payload, null, 2));
  const [problem, setProblem] = useState<string>();
  const send = (): void => {
    try {
      rerun.mutate({ from: 'start', payload: JSON.parse(text) as Json });
    } catch (error) {
      setProblem(`The body is not JSON: ${(error as Error).message}`);
    }
  };
  return (
    <div className="rerun-form">
      <p className="dim">Every step runs again, with this in place of the body of the event. The event itself stays as it came.</p>
      <textarea aria-label="Body" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      {problem !== undefined && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
      <div className="actions">
        <Button look="ink" disabled={rerun.isPending} onClick={send}>
          Run with this body
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </div>
  );
}
