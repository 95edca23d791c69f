import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { FlowTree } from '../../flow/structure.js';
import { useUrlState } from '../../ui/url-state.js';
import { useEditor, type EditorView } from '../context.js';
import { placeOf } from '../places.js';
import { HELP, openCode, type CodeEditor } from './editor.js';
import type { KnownNames } from './schema-completion.js';

/** The text itself. What is typed here is an edit like any other, also while it is not JSON. */
export function CodeView() {
  const view = useEditor();
  const current = useRef(view);
  useLayoutEffect(() => void (current.current = view));
  const host = useRef<HTMLDivElement>(null);
  const code = useCode(host, current);
  useLayoutEffect(() => code.current?.show(view.text), [code, view.text]);
  useEffect(() => code.current?.mark(view.problems), [code, view.problems]);
  useReveal(code, current);
  return <div ref={host} className="code-view" data-field />;
}

function useCode(host: RefObject<HTMLDivElement | null>, current: RefObject<EditorView>): RefObject<CodeEditor | undefined> {
  const code = useRef<CodeEditor>(undefined);
  useLayoutEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' });
    root.replaceChildren(help());
    const editor = openCode(root, current.current.text, {
      edit: (...edit) => current.current.edit(...edit),
      undo: () => current.current.undo(),
      redo: () => current.current.redo(),
      known: () => namesOf(current.current),
    });
    code.current = editor;
    return () => {
      code.current = undefined;
      editor.close();
    };
  }, [host, current]);
  return code;
}

/** What is selected is brought into sight, but not again when it is only called something else. */
function useReveal(code: RefObject<CodeEditor | undefined>, current: RefObject<EditorView>): void {
  const selected = useUrlState().get('step');
  const shown = useRef<string>(undefined);
  useEffect(() => {
    const pointer = pointerOf(current.current.tree, selected);
    const isNew = pointer !== shown.current;
    shown.current = pointer;
    const place = pointer !== undefined && isNew ? nodeAt(current.current.text, pointer) : undefined;
    if (place) code.current?.reveal(place.offset, place.length);
  }, [code, current, selected]);
}

/** Beside the text, where its description is looked for. */
function help(): HTMLElement {
  const sentence = document.createElement('span');
  sentence.id = HELP;
  sentence.hidden = true;
  sentence.textContent = 'Control and space show what can be written here. F8 goes to the next problem. Tab leaves the text.';
  return sentence;
}

function namesOf({ components, credentials, flows, flowId }: EditorView): KnownNames {
  return {
    components,
    credentials: credentials.map(({ name }) => name),
    flows: flows.map(({ id }) => id).filter((id) => id !== flowId),
  };
}

function pointerOf(tree: FlowTree, selected: string | undefined): string | undefined {
  if (selected === undefined || selected === 'trigger') return selected && '/trigger';
  const place = placeOf(tree, selected);
  return place && `${place.list}/${place.at}`;
}

function nodeAt(text: string, pointer: string): Node | undefined {
  return pointer
    .split('/')
    .slice(1)
    .reduce(childAt, parseTree(text, [], { allowTrailingComma: true }));
}

function childAt(node: Node | undefined, key: string): Node | undefined {
  const segment = node?.type === 'array' ? Number(key) : key.replaceAll('~1', '/').replaceAll('~0', '~');
  return node && findNodeAtLocation(node, [segment]);
}
