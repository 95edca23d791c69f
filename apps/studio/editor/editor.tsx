import type { StepPlace } from '@millrace/flow';
import { Redo2, Undo2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useComponents, useCredentials, useFlows } from '../api/queries.js';
import type { FlowItem } from '../api/wire.js';
import { Canvas } from '../canvas/canvas.js';
import type { Layout } from '../canvas/placed.js';
import { NewCredential, type CredentialWish } from '../connect/new-credential.js';
import { readFlow, textOf, type FlowTree } from '../flow/structure.js';
import { Header } from '../shell/shell.js';
import { IconButton, Segmented } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { Part } from '../ui/part.js';
import { Split } from '../ui/split.js';
import { useMedia } from '../ui/use-media.js';
import { useUrlState } from '../ui/url-state.js';
import { useSame } from '../ui/same.js';
import { Conflict } from './conflict.js';
import { EditorContext, type EditorView } from './context.js';
import { draftWords, type DraftState } from './draft.js';
import { Drag } from './drag.js';
import { EventStrip } from './event-strip.js';
import { Inspector } from './inspector.js';
import { loadedFrom } from './loaded.js';
import { PauseButton } from './pause.js';
import { usePinned } from './pinning.js';
import { Outline } from './outline.js';
import { Picker } from './picker.js';
import { marksOf } from './problems.js';
import { canPublish, Publish } from './publish.js';
import { useCheck, useLoadedEvent, type LoadedEvent, type Problems } from './queries.js';
import { useRememberedEvent } from './remembered-event.js';
import { Spots } from './spots.js';
import { useFlowTestKey } from './test-foot.js';
import { Toast } from './toast.js';
import { useCommands, type Commands } from './use-commands.js';
import { useOutputs, useSavedSteps, useStepTest } from './use-test.js';
import { useElsewhere } from './use-elsewhere.js';
import { useDraft, type DraftEditor, type OpenedDraft } from './use-draft.js';

interface EditorProps {
  readonly id: string;
  readonly opened: OpenedDraft;
}

/** A draft: its drawing or its text, the settings of what is selected, and what is wrong with it. */
export function Editor({ id, opened }: EditorProps) {
  const url = useUrlState();
  const editor = useDraft(id, opened.state);
  useElsewhere(id, editor);
  const { text } = editor.draft;
  const tree = useMemo(() => readFlow(text), [text]);
  const problems = useCheck(id, text);
  useRememberedEvent(id, url);
  const event = useLoadedEvent(id, eventsOf(id, tree), url.get('event'));
  const urlState = useRef(url);
  useEffect(() => void (urlState.current = url));
  const select = useCallback((step: string | undefined) => urlState.current.set({ step }, { replace: true }), []);
  const selected = url.get('step');
  const small = useMedia(SMALL);
  const [publishing, setPublishing] = useState(false);
  const [wish, setWish] = useState<CredentialWish>();
  const view = useEditorView({ id, editor, tree, problems, event, select, onPublish: setPublishing, makeCredential: setWish });
  const commands = useCommands({ editor, tree, problems, selected, select, loaded: view.loaded, isList: small });
  useStart(opened, commands);
  const flowTest = useStepTest(id, undefined, event.event?.id, editor.flush);
  useFlowTestKey(() => select('flow'));
  const code = url.get('view') === 'text';
  return (
    <EditorContext value={view}>
      <EditorHeader {...{ id, tree, editor, problems, code, publishing, testsFirst: view.testsFirst }} onPublish={setPublishing} />
      <DraftConflict editor={editor} />
      <Split
        className="editor"
        onKeyDown={code ? undefined : commands.onKeyDown}
        inspector={<Inspector selected={selected} onDelete={commands.remove} onDuplicate={commands.duplicate} flowTest={flowTest} />}
      >
        {code ? <Text /> : <Shown {...{ tree, problems, event, selected, commands, small }} />}
      </Split>
      <Picker place={commands.adding} onPick={commands.add} onClose={() => commands.startAdding(undefined)} />
      <NewCredential wish={wish} onClose={() => setWish(undefined)} />
      <Toast toast={commands.toast} onGone={commands.dismiss} />
    </EditorContext>
  );
}

/** With CodeMirror, which only the text needs. */
function Text() {
  return (
    <Part name="code-view" what="the text" load={() => import('./code/code-view.js')}>
      {({ CodeView }) => <CodeView />}
    </Part>
  );
}

/** Where the events of a flow come in: its own URL, or the shared endpoint it listens to. */
function eventsOf(id: string, { trigger }: FlowTree): string {
  const endpoint = textOf(trigger['endpoint']);
  return endpoint === undefined ? id : `endpoints/${endpoint}`;
}

/** A flow that has no step yet begins with the question for one. */
function useStart({ isNew, state }: OpenedDraft, { startAdding }: Commands): void {
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current || !isNew || readFlow(state.text).steps.length > 0) return;
    asked.current = true;
    startAdding({ list: '/steps', at: 0 });
  }, [isNew, state, startAdding]);
}

interface ViewParts {
  readonly id: string;
  readonly editor: DraftEditor;
  readonly tree: FlowTree;
  readonly problems: Problems;
  readonly event: LoadedEvent;
  readonly select: (step: string | undefined) => void;
  readonly onPublish: (open: boolean) => void;
  readonly makeCredential: (wish: CredentialWish) => void;
}

const NONE: readonly never[] = [];

function useEditorView({ id, editor, tree, problems, event, select, onPublish, makeCredential }: ViewParts): EditorView {
  const components = useComponents().data?.items ?? NONE;
  const credentials = useCredentials().data?.items ?? NONE;
  const flows: readonly FlowItem[] = useFlows().data?.items ?? NONE;
  const eventId = event.event?.id;
  const { server } = editor.draft;
  // Of a flow that was never saved the server knows nothing yet.
  const isKept = server.revision > 0 || server.base.version > 0;
  const outputs = useOutputs(id, isKept ? eventId : undefined).data?.items;
  const savedSteps = useSavedSteps(id, editor.draft.server.text);
  const loaded = useMemo(() => loadedFrom(event.event, event.run, outputs), [event.event, event.run, outputs]);
  const { edit, undo, redo, draft, flush } = editor;
  const { revision } = draft.server;
  const ready = canPublish(draft);
  const publish = useMemo(() => (ready ? () => onPublish(true) : undefined), [ready, onPublish]);
  const liveVersion = flows.find((flow) => flow.id === id)?.version ?? 0;
  return useSame({
    flowId: id,
    text: draft.text,
    tree,
    components,
    credentials,
    flows,
    problems,
    loaded,
    eventId,
    revision,
    liveVersion,
    savedSteps,
    flush,
    edit,
    undo,
    redo,
    select,
    makeCredential,
    publish,
    testsFirst: isUntried(draft, eventId, outputs ?? NONE),
  });
}

/** Nothing of it was ever published or worked, and there is something to try it with. */
function isUntried({ server }: DraftState, eventId: string | undefined, outputs: readonly unknown[]): boolean {
  return server.base.version === 0 && eventId !== undefined && outputs.length === 0;
}

interface EditorHeaderProps {
  readonly id: string;
  readonly tree: FlowTree;
  readonly editor: DraftEditor;
  readonly problems: Problems;
  readonly code: boolean;
  readonly publishing: boolean;
  readonly testsFirst: boolean;
  readonly onPublish: (open: boolean) => void;
}

function EditorHeader({ id, tree, editor, problems, code, publishing, testsFirst, onPublish }: EditorHeaderProps) {
  const { href } = useUrlState();
  const live = useFlows().data?.items.find((flow) => flow.id === id);
  const { draft, undo, redo } = editor;
  const choices = [
    { value: 'canvas', label: 'Canvas', href: href({ view: undefined }) },
    { value: 'text', label: 'Text', href: href({ view: 'text' }) },
  ];
  const actions = (
    <>
      <span className="dim save-state" role="status" data-sync={draft.sync.kind}>
        {draftWords(draft)}
      </span>
      <IconButton label="Undo" disabled={draft.history.undo.length === 0} onClick={undo}>
        <Undo2 size={16} aria-hidden />
      </IconButton>
      <IconButton label="Redo" disabled={draft.history.redo.length === 0} onClick={redo}>
        <Redo2 size={16} aria-hidden />
      </IconButton>
      {live && <PauseButton flow={live} />}
      <Publish flowId={id} {...{ editor, problems, testsFirst }} liveVersion={live?.version ?? 0} open={publishing} onOpen={onPublish} />
    </>
  );
  return (
    <Header
      trail={[{ label: 'Flows', href: '/flows' }, ...(live ? [{ label: id, href: `/flows/${id}` }] : []), { label: tree.name ?? id }]}
      actions={actions}
    >
      <Segmented label="View" choices={choices} value={code ? 'text' : 'canvas'} />
      {live && live.version > 0 && (
        <span className="with-glyph">
          <Glyph status={live.state} quiet /> Live v{live.version}
        </span>
      )}
    </Header>
  );
}

function DraftConflict({ editor: { draft, keepMine, takeTheirs } }: { readonly editor: DraftEditor }) {
  if (draft.sync.kind === 'refused') {
    return (
      <p className="conflict bad" role="alert">
        {draft.sync.message}
      </p>
    );
  }
  if (draft.sync.kind !== 'conflict') {
    return draft.untaken === undefined ? null : (
      <p className="conflict bad" role="alert">
        What was typed last is not in the flow. {draft.untaken}
      </p>
    );
  }
  const { theirs } = draft.sync;
  const sentence =
    theirs === null
      ? 'The draft was published or discarded somewhere else. Your text is kept here; keep it as a new draft?'
      : 'This draft was changed somewhere else since you opened it. Nothing is saved until you choose.';
  return <Conflict sentence={sentence} mine={draft.text} theirs={theirs?.text ?? null} onKeepMine={keepMine} onTakeTheirs={takeTheirs} />;
}

interface DrawingProps {
  readonly tree: FlowTree;
  readonly problems: Problems;
  readonly event: LoadedEvent;
  readonly selected: string | undefined;
  readonly commands: Commands;
}

/** Below this a drawing cannot be read: the flow is a list, and its settings take the whole screen. */
const SMALL = '(max-width: 719px)';

function Shown({ small, ...drawing }: DrawingProps & { readonly small: boolean }) {
  const { tree, problems, event, selected, commands } = drawing;
  const marked = useMemo(() => marksOf(tree, problems), [tree, problems]);
  const pinned = usePinned();
  if (!small) return <Drawing {...drawing} marked={marked} pinned={pinned} />;
  return (
    <div className="outline-view">
      <EventBar {...{ problems, event, commands }} />
      <Outline selected={selected} marked={marked} pinned={pinned} commands={commands} />
    </div>
  );
}

function EventBar({ problems, event, commands }: Pick<DrawingProps, 'problems' | 'event' | 'commands'>) {
  const { set } = useUrlState();
  return (
    <EventStrip
      problems={problems}
      loaded={event}
      onProblems={() => commands.select('flow')}
      onEvent={(id) => set({ event: id }, { replace: true })}
    />
  );
}

interface Marks {
  readonly marked: ReadonlyMap<string, string>;
  readonly pinned: ReadonlySet<string>;
}

function Drawing({ tree, problems, event, selected, commands, marked, pinned }: DrawingProps & Marks) {
  const current = useRef(commands);
  useEffect(() => void (current.current = commands));
  const spots = useCallback(
    (layout: Layout) => (
      <>
        <Spots tree={tree} layout={layout} onAdd={(place: StepPlace) => current.current.startAdding(place)} />
        <Drag tree={tree} layout={layout} onMove={(id, place) => current.current.move(id, place)} />
      </>
    ),
    [tree],
  );
  return (
    <Canvas tree={tree} selected={selected} also={commands.also} {...{ marked, pinned }} onSelect={commands.select} drawn={spots}>
      <EventBar {...{ problems, event, commands }} />
    </Canvas>
  );
}
