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
import type { DraftBase, DraftState } from './draft.js';
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
  const [failure, setFailure] = useState<ApiFailure>();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const errors = problems.filter(({ severity }) => severity === 'error');
  const publish = useOnce(async (base?: DraftBase) => {
    setFailure(undefined);
    if (base) editor.rebase(base);
    try {
      const { server, sync } = await editor.flush();
      if (sync.kind !== 'saved') return;
      const { version } = await sendJson<PublishedView>('POST', `flows/${flowId}/draft/publish`, { revision: server.revision });
      forgetDraft(flowId);
      await client.invalidateQueries();
      announce(`Published version ${version}`);
      navigate(`/flows/${flowId}`);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      setFailure(error);
    }
  });
  const theirs = failure?.code === 'flow.conflict' ? (failure.answer as { theirs: TheirText }).theirs : undefined;
  return (
    <div className="publish-body">
      {liveVersion === 0 ? <FirstVersion text={editor.draft.text} /> : <Difference flowId={flowId} text={editor.draft.text} />}
      {errors.length > 0 && (
        <>
          <p className="bad">This must be mended first.</p>
          <ProblemList problems={errors} onGo={onClose} />
        </>
      )}
      {failure && !theirs && (
        <p className="bad" role="alert">
          {failure.message}
        </p>
      )}
      {theirs && (
        <Conflict
          sentence={failure!.message}
          mine={editor.draft.text}
          theirs={theirs.text}
          onKeepMine={() => publish({ version: theirs.version, hash: theirs.hash })}
          onTakeTheirs={() => {
            editor.edit((from) => replaced(from, theirs.text ?? from));
            editor.rebase({ version: theirs.version, hash: theirs.hash });
            onClose();
          }}
        />
      )}
      <div className="actions">
        <Button look="ink" disabled={errors.length > 0 || theirs !== undefined} onClick={() => publish()}>
          Publish
        </Button>
        <Button onClick={onClose}>Not yet</Button>
      </div>
    </div>
  );
}

function FirstVersion({ text }: { readonly text: string }) {
  const tree = readFlow(text);
  const steps = everyStep([...tree.steps, ...tree.onError]).length;
  return <p>The first version, with {count(steps, 'step')}. From then on every event makes a run.</p>;
}

function Difference({ flowId, text }: { readonly flowId: string; readonly text: string }) {
  const query = useQuery({
    queryKey: ['draft-diff', flowId, text],
    queryFn: ({ signal }) => sendJson<FlowDiff>('POST', `flows/${flowId}/diff`, { from: { live: true }, to: { text } }, { signal }),
    gcTime: 0,
  });
  return (
    <Loaded query={query} what="the difference">
      {(diff) => <ChangeList diff={diff} />}
    </Loaded>
  );
}
