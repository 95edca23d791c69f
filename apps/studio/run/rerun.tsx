import type { Json } from '@millrace/component-sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { queryText, sendJson } from '../api/client.js';
import { usePressMutation } from '../api/press-mutation.js';
import type { EventView, RerunView, RunView } from '../api/wire.js';
import { RETRY_ABOUT } from '../bulk/deeds.js';
import type { VersionName } from '../bulk/version-choice.js';
import { RunVersionChoice, useOutdatedRun, VersionDialog, type TwoVersions } from '../bulk/version-dialog.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import type { FlowTree } from '../flow/structure.js';
import { isActive } from './overlay.js';
import { useRetryWords } from './retry-words.js';

interface RerunRequest {
  readonly from?: string;
  readonly version?: VersionName;
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

/** What is to be done once the version is chosen. */
interface Asked {
  readonly from: 'start' | 'failed';
  readonly verb: string;
  readonly about: string;
}

const AGAIN_ABOUT = 'Runs every step again for the same event.';

function Reruns({ run, tree, event, failed }: RunActionsProps & { readonly failed: string | undefined }) {
  const rerun = useRerun(run.id);
  const retry = useRetryWords(run, tree);
  const { isPending, versions } = useOutdatedRun(run);
  const [asked, setAsked] = useState<Asked>();
  const again = (next: Asked): void => (versions ? setAsked(next) : rerun.mutate({ from: next.from }));
  const disabled = rerun.isPending || isPending;
  const more = versions ? '…' : '';
  return (
    <>
      {asked && versions && (
        <VersionDialog
          {...asked}
          versions={versions}
          onClose={() => setAsked(undefined)}
          onChosen={(version) => rerun.mutate({ from: asked.from, version })}
        />
      )}
      {rerun.error && (
        <span className="bad" role="alert">
          {rerun.error.message}
        </span>
      )}
      <FixLink run={run} failed={failed} />
      {failed !== undefined && (
        <Button disabled={disabled} title={retry} onClick={() => again({ from: 'failed', verb: 'Retry from here', about: RETRY_ABOUT })}>
          Retry from here{more}
        </Button>
      )}
      <Button disabled={disabled} title={AGAIN_ABOUT} onClick={() => again({ from: 'start', verb: 'Run again', about: AGAIN_ABOUT })}>
        Run again{more}
      </Button>
      {event?.body.kind === 'parsed' && <EditAndRerun payload={event.body.value as Json} {...{ rerun, versions }} />}
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

interface EditProps {
  readonly payload: Json;
  readonly rerun: ReturnType<typeof useRerun>;
  /** Where another version than that of the run is live: it is chosen too. */
  readonly versions: TwoVersions | undefined;
}

function EditAndRerun(props: EditProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Edit and re-run</Button>
      <Modal open={open} onClose={() => setOpen(false)} className="rerun">
        <ModalTitle>Re-run with another body</ModalTitle>
        <PayloadForm {...props} onCancel={() => setOpen(false)} />
      </Modal>
    </>
  );
}

interface PayloadFormProps extends EditProps {
  readonly onCancel: () => void;
}

function PayloadForm({ payload, rerun, versions, onCancel }: PayloadFormProps) {
  const [version, setVersion] = useState<VersionName>('live');
  const [text, setText] = useState(() => JSON.stringify(payload, null, 2));
  const [problem, setProblem] = useState<string>();
  const send = (): void => {
    try {
      rerun.mutate({ from: 'start', payload: JSON.parse(text) as Json, ...(versions && { version }) });
    } catch (error) {
      setProblem(`The body is not JSON: ${(error as Error).message}`);
    }
  };
  return (
    <div className="rerun-form">
      <p className="dim">Every step runs again, with this in place of the body of the event. The event itself stays as it came.</p>
      <textarea aria-label="Body" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      {versions && <RunVersionChoice versions={versions} value={version} onChange={setVersion} />}
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
