import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightActiveLineGutter, keymap, lineNumbers, type ViewUpdate } from '@codemirror/view';
import { applyEdits, type EditResult } from '@millrace/flow';
import type { Problems } from '../queries.js';
import { changesBetween, editOnto, fileEdits, shownText, specsOf } from './changes.js';
import { completion } from './completion.js';
import { dialogFocus } from './dialog-focus.js';
import { flowLanguage } from './language.js';
import { marksIn } from './problem-marks.js';
import { closeWords, nextProblem } from './problem-keys.js';
import type { KnownNames } from './schema-completion.js';
import { look } from './theme.js';

/** What the text asks of the page around it, at any time. */
export interface CodeHost {
  readonly edit: (work: (text: string) => EditResult, field?: string) => unknown;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly known: () => KnownNames;
}

/** A text that is shown and typed in. The draft is the document; this follows it, and hands on what is typed. */
export interface CodeEditor {
  /** Shows the text as it is now. Caret and scroll stay where they are in it. */
  show(text: string): void;
  mark(problems: Problems): void;
  /** Brings a stretch into sight, with the caret at its beginning unless it is in there. */
  reveal(offset: number, length: number): void;
  close(): void;
}

/** Changes that come from the draft: they are not handed on to it. */
const fromDraft = Annotation.define<boolean>();

/** `id` of the sentence that says which keys there are. */
export const HELP = 'code-help';

/** Opens a text in `root`, a shadow root: there CodeMirror's styles are adopted sheets, which the page's policy lets be. */
export function openCode(root: ShadowRoot, text: string, host: CodeHost): CodeEditor {
  let file = text;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: shownText(text), extensions: [behaviour(host), EditorView.updateListener.of(handOn)] }),
  });

  function handOn({ docChanged, transactions, changes }: ViewUpdate): void {
    if (!docChanged || transactions.some((one) => one.annotation(fromDraft))) return;
    const isTyped = transactions.every((one) => one.isUserEvent('input.type') || one.isUserEvent('delete'));
    const [before, edits] = [file, fileEdits(file, changes)];
    file = applyEdits(before, edits);
    host.edit((now) => editOnto(now, before, edits), isTyped ? 'text' : undefined);
  }

  return {
    show: (now) => {
      if (now === file) return;
      file = now;
      const changes = specsOf(changesBetween(view.state.doc.toString(), shownText(now)));
      view.dispatch({ changes, annotations: fromDraft.of(true), filter: false });
    },
    mark: (problems) => view.dispatch(setDiagnostics(view.state, marksIn(view.state.doc, problems))),
    reveal: (offset, length) => {
      const from = shownText(file.slice(0, offset)).length;
      const to = from + shownText(file.slice(offset, offset + length)).length;
      const { head } = view.state.selection.main;
      const selection = head >= from && head <= to ? undefined : { anchor: from };
      view.dispatch({ selection, effects: EditorView.scrollIntoView(from, { y: 'start', yMargin: 40 }) });
    },
    close: () => view.destroy(),
  };
}

function behaviour(host: CodeHost): Extension {
  return [
    EditorState.phrases.of(PHRASES),
    EditorView.contentAttributes.of({ 'aria-label': 'Text of the flow', 'aria-describedby': HELP, tabindex: '0' }),
    [lintGutter(), lineNumbers(), highlightActiveLineGutter(), codeFolding(), foldGutter()],
    [flowLanguage, indentOnInput(), bracketMatching(), closeBrackets(), completion(host.known), search({ top: true })],
    keymap.of([
      ...PAGE_KEYS,
      nextProblem,
      closeWords,
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...foldKeymap,
      ...lintKeymap,
      ...defaultKeymap,
    ]),
    EditorView.domEventHandlers({ beforeinput: (event) => takesBack(event, host) }),
    dialogFocus,
    look,
  ];
}

/** Keys of the page, which test a step and the flow: here they must not begin a line as well. */
const PAGE_KEYS = ['Mod-Enter', 'Shift-Mod-Enter'].map((key) => ({ key, run: () => true }));

/** Undo of the browser's menu or a shaken phone is that of the draft. Keys for it are the page's own, wherever the focus is. */
function takesBack(event: InputEvent, { undo, redo }: CodeHost): boolean {
  const act = { historyUndo: undo, historyRedo: redo }[event.inputType];
  if (act === undefined) return false;
  event.preventDefault();
  act();
  return true;
}

const PHRASES: Readonly<Record<string, string>> = {
  Completions: 'What can be written here',
  Diagnostics: 'Problems',
  'No diagnostics': 'Nothing is wrong with this text',
  next: 'Next',
  previous: 'Previous',
  all: 'Select all',
  replace: 'Replace',
  'replace all': 'Replace all',
  'match case': 'Match case',
  regexp: 'Pattern',
  'by word': 'Whole words',
  close: 'Close',
  go: 'Go',
};
