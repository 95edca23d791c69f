import type { StepPlace } from '@millrace/flow';
import { Redo2, Undo2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useCredentials, useFlows } from '../api/queries.js';
import { Canvas } from '../canvas/canvas.js';
import type { Layout } from '../canvas/layout.js';
import { readFlow, textOf, type FlowTree } from '../flow/structure.js';
import { Header } from '../shell/shell.js';
import { IconButton, Segmented } from '../ui/controls.js';
import { Glyph } from '../ui/glyph.js';
import { useUrlState } from '../ui/url-state.js';
import { CodeView } from './code-view.js';
import { Conflict } from './conflict.js';
import { EditorContext, type EditorView } from './context.js';
import { draftWords } from './draft.js';
import { EventStrip } from './event-strip.js';
import { Inspector } from './inspector.js';
import { loadedFrom } from './loaded.js';
import { PauseButton } from './pause.js';
import { Picker } from './picker.js';
import { marksOf } from './problems.js';
import { Publish } from './publish.js';
import { useCheck, useComponents, useLoadedEvent, type LoadedEvent, type Problems } from './queries.js';
import { Spots } from './spots.js';
import { Toast } from './toast.js';
import { useCommands, type Commands } from './use-commands.js';
import { useDraft, type DraftEditor, type OpenedDraft } from './use-draft.js';

interface EditorProps {
  readonly id: string;
  readonly opened: OpenedDraft;
}

/** A draft: its drawing or its text, the settings of what is selected, and what is wrong with it. */
export function Editor({ id, opened }: EditorProps) {
  const url = useUrlState();
  const editor = useDraft(id, opened.state);
  const { text } = editor.draft;
  const tree = useMemo(() => readFlow(text), [text]);
  const problems = useCheck(id, text);
  const event = useLoadedEvent(id, eventsOf(id, tree), url.get('event'));
  const urlState = useRef(url);
  useEffect(() => void (urlState.current = url));
  const select = useCallback((step: string | undefined) => urlState.current.set({ step }, { replace: true }), []);
  const selected = url.get('step');
  const commands = useCommands({ editor, tree, selected, select });
  useStart(opened, commands);
  const view = useEditorView({ id, editor, tree, problems, event, select });
  const code = url.get('view') === 'text';
  return (
    <EditorContext value={view}>
      <EditorHeader id={id} tree={tree} editor={editor} problems={problems} code={code} />
      <DraftConflict editor={editor} />
      <div
        className="split editor"
        onKeyDown={code ? undefined : commands.onKeyDown}
        onCopy={commands.onCopy}
        onCut={commands.onCut}
        onPaste={commands.onPaste}
      >
        {code ? <CodeView /> : <Drawing tree={tree} problems={problems} event={event} selected={selected} commands={commands} />}
        <Inspector selected={selected} onDelete={commands.remove} onDuplicate={commands.duplicate} />
      </div>
      <Picker open={commands.adding !== undefined} onPick={commands.add} onClose={() => commands.startAdding(undefined)} />
      <Toast toast={commands.toast} onGone={commands.dismiss} />
    </EditorContext>
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
}

function useEditorView({ id, editor, tree, problems, event, select }: ViewParts): EditorView {
  const components = useComponents().data?.items;
  const credentials = useCredentials().data?.items;
  const flows = useFlows().data?.items;
  const loaded = useMemo(() => loadedFrom(event.event, event.run), [event.event, event.run]);
  const { edit, draft } = editor;
  return useMemo(
    () => ({
      flowId: id,
      text: draft.text,
      tree,
      components: components ?? [],
      credentials: credentials ?? [],
      flows: flows ?? [],
      problems,
      loaded,
      edit,
      select,
    }),
    [id, draft.text, tree, components, credentials, flows, problems, loaded, edit, select],
  );
}

interface EditorHeaderProps {
  readonly id: string;
  readonly tree: FlowTree;
  readonly editor: DraftEditor;
  readonly problems: Problems;
  readonly code: boolean;
}

function EditorHeader({ id, tree, editor, problems, code }: EditorHeaderProps) {
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
      <Publish flowId={id} editor={editor} problems={problems} liveVersion={live?.version ?? 0} />
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
  if (draft.sync.kind !== 'conflict') return null;
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

function Drawing({ tree, problems, event, selected, commands }: DrawingProps) {
  const { set } = useUrlState();
  const marked = useMemo(() => marksOf(tree, problems), [tree, problems]);
  const start = useRef(commands.startAdding);
  const spots = useCallback(
    (layout: Layout) => <Spots tree={tree} layout={layout} onAdd={(place: StepPlace) => start.current(place)} />,
    [tree],
  );
  const onSelect = (step: string | undefined): void => set({ step }, { replace: true });
  return (
    <Canvas tree={tree} selected={selected} marked={marked} onSelect={onSelect} drawn={spots}>
      <EventStrip
        problems={problems}
        loaded={event}
        onProblems={() => onSelect(undefined)}
        onEvent={(id) => set({ event: id }, { replace: true })}
      />
    </Canvas>
  );
}
