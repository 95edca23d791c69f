import type { FlowDiff } from '@millrace/flow';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ApiFailure, sendJson } from '../api/client.js';
import type { PublishedView } from '../api/wire.js';
import { count } from '../format/format.js';
import { everyStep, readFlow } from '../flow/structure.js';
import { announce } from '../shell/announcer.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { useOnce } from '../ui/once.js';
import { Loaded } from '../ui/states.js';
import { ChangeList } from './changes.js';
import { Conflict } from './conflict.js';
import type { DraftState, ServerDraft } from './draft.js';
import { forgetDraft } from './kept.js';
import { ProblemList } from './problems.js';
import type { Problems } from './queries.js';
import { replaced } from './replaced.js';
import type { DraftEditor } from './use-draft.js';

interface PublishProps {
  readonly flowId: string;
  readonly editor: DraftEditor;
  readonly problems: Problems;
  readonly liveVersion: number;
  /** Whether there is something to do before it. */
  readonly testsFirst: boolean;
  /** Whether what publishing changes is looked at. */
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** Whether a draft holds something that is not live, and can be published as it stands. */
export function canPublish({ server, unsaved, sync }: DraftState): boolean {
  return sync.kind !== 'conflict' && (server.revision > 0 || unsaved > 0);
}

/** Shows what publishing changes, then does it. */
export function Publish(props: PublishProps) {
  const { open, onOpen } = props;
  const { draft } = props.editor;
  const close = (): void => onOpen(false);
  const nothing = draft.server.revision === 0 && draft.unsaved === 0;
  return (
    <>
      <Button
        look={canPublish(draft) && !props.testsFirst ? 'ink' : 'plain'}
        disabled={!canPublish(draft)}
        title={nothing ? 'Nothing has changed.' : undefined}
        onClick={() => onOpen(true)}
      >
        Publish v{props.liveVersion + 1}
      </Button>
      <Modal open={open} onClose={close} className="publish">
        <ModalTitle>Publish version {props.liveVersion + 1}</ModalTitle>
        <Review {...props} onClose={close} />
      </Modal>
    </>
  );
}

interface TheirText {
  readonly text: string | null;
  readonly version: number;
  readonly hash: string;
}

interface ReviewProps extends PublishProps {
  readonly onClose: () => void;
}

function Review({ flowId, editor, problems, liveVersion, onClose }: ReviewProps) {
  const { failure, busy, publish, keepMine, takeTheirs } = usePublishing(flowId, editor, onClose);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const { base } = editor.draft.server;
  return (
    <div className="publish-body">
      {base.version > 0 && liveVersion > base.version && !failure && (
        <p className="amber" role="status">
          Somebody published version {liveVersion} meanwhile; this draft was begun from version {base.version}.
        </p>
      )}
      {liveVersion === 0 ? (
        <FirstVersion text={editor.draft.text} />
      ) : (
        <Difference flowId={flowId} text={editor.draft.text} liveVersion={liveVersion} />
      )}
      {errors.length > 0 && (
        <>
          <p className="bad">This must be mended first.</p>
          <ProblemList problems={errors} onGo={onClose} />
        </>
      )}
      {failure && !failure.theirs && (
        <p className="bad" role="alert">
          {failure.message}
        </p>
      )}
      {failure?.theirs && (
        <Conflict
          sentence={failure.message}
          mine={editor.draft.text}
          theirs={failure.theirs.text}
          onKeepMine={() => keepMine(failure.theirs!)}
          onTakeTheirs={() => takeTheirs(failure.theirs!)}
        />
      )}
      <div className="actions publish-actions">
        <Button look="ink" disabled={busy || errors.length > 0 || failure?.theirs !== undefined} onClick={() => publish()}>
          Publish
        </Button>
        <Button onClick={onClose}>Not yet</Button>
      </div>
    </div>
  );
}

/** Why it was not published, and what was published meanwhile where that is why. */
interface Failure {
  readonly message: string;
  readonly theirs?: TheirText;
}

interface Publishing {
  readonly failure: Failure | undefined;
  readonly busy: boolean;
  readonly publish: () => void;
  /** The draft is one that knows their version: what it changes of that is shown, and not published before it was looked at. */
  readonly keepMine: (theirs: TheirText) => void;
  readonly takeTheirs: (theirs: TheirText) => void;
}

function usePublishing(flowId: string, editor: DraftEditor, onClose: () => void): Publishing {
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const send = async (): Promise<void> => {
    const { server, sync } = await editor.flush();
    if (sync.kind === 'conflict') return onClose();
    if (sync.kind !== 'saved') return setFailure({ message: sync.kind === 'refused' ? sync.message : UNSAVED });
    const { version } = await sendJson<PublishedView>('POST', `flows/${flowId}/draft/publish`, { revision: server.revision });
    forgetDraft(flowId);
    announce(`Published version ${version}`);
    // The page of the flow shows these two; the rest may come later.
    await Promise.all([['flows'], ['flow', flowId]].map((queryKey) => client.invalidateQueries({ queryKey })));
    navigate(`/flows/${flowId}`);
    void client.invalidateQueries();
  };
  const failed = (error: unknown): void => {
    if (!(error instanceof ApiFailure)) throw error;
    const { code, message, answer } = error;
    if (code === 'flow.conflict') return setFailure({ message, theirs: (answer as { theirs: TheirText }).theirs });
    if (code !== 'draft.stale') return setFailure({ message });
    // What another tab saved is a conflict of the draft, which the editor shows with the way out of it.
    editor.stale((answer as { theirs: ServerDraft | null }).theirs);
    onClose();
  };
  const publish = useOnce(() => {
    setFailure(undefined);
    setBusy(true);
    return send()
      .catch(failed)
      .finally(() => setBusy(false));
  });
  const knowing = ({ version, hash }: TheirText): void => {
    editor.rebase({ version, hash });
    setFailure(undefined);
    void client.invalidateQueries({ queryKey: ['flows'] });
  };
  return {
    failure,
    busy,
    publish,
    keepMine: knowing,
    takeTheirs: (theirs) => {
      editor.edit((from) => replaced(from, theirs.text ?? from));
      knowing(theirs);
      onClose();
    },
  };
}

const UNSAVED = 'The draft is not saved: the server does not answer. What you changed is kept here; publish once it is back.';

function FirstVersion({ text }: { readonly text: string }) {
  const tree = readFlow(text);
  const steps = everyStep([...tree.steps, ...tree.onError]).length;
  return <p>The first version, with {count(steps, 'step')}. From then on every event makes a run.</p>;
}

interface DifferenceProps {
  readonly flowId: string;
  readonly text: string;
  readonly liveVersion: number;
}

function Difference({ flowId, text, liveVersion }: DifferenceProps) {
  const query = useQuery({
    queryKey: ['draft-diff', flowId, liveVersion, text],
    queryFn: ({ signal }) => sendJson<FlowDiff>('POST', `flows/${flowId}/diff`, { from: { live: true }, to: { text } }, { signal }),
    gcTime: 0,
  });
  return (
    <Loaded query={query} what="the difference">
      {(diff) => <ChangeList diff={diff} />}
    </Loaded>
  );
}
