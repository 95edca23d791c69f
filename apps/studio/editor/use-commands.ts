import type { EditResult, StepPlace } from '@millrace/flow';
import { useCallback, useEffect, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import type { FlowTree } from '../flow/structure.js';
import { announce } from '../shell/announcer.js';
import { addAction, copiedText, deleteAction, deletedWords, duplicateAction, moveAction, pasteAction, type Action } from './actions.js';
import type { Choice } from './choices.js';
import { globalCommand, stepCommand, type Command } from './keys.js';
import { placeAfter, placeOf } from './places.js';
import { focusFirstField, focusStep } from './problems.js';
import type { ToastView } from './toast.js';
import type { DraftEditor } from './use-draft.js';

/** What can be done to the flow as a whole, by pointer and by key. */
export interface Commands {
  /** Where the step that is being chosen will go; undefined while none is. */
  readonly adding: StepPlace | undefined;
  readonly toast: ToastView | undefined;
  startAdding(place: StepPlace | undefined): void;
  add(choice: Choice): void;
  remove(id: string): void;
  duplicate(id: string): void;
  dismiss(): void;
  onKeyDown(event: KeyboardEvent): void;
  onCopy(event: ClipboardEvent): void;
  onCut(event: ClipboardEvent): void;
  onPaste(event: ClipboardEvent): void;
}

interface Here {
  readonly editor: DraftEditor;
  readonly tree: FlowTree;
  readonly selected: string | undefined;
  readonly select: (step: string | undefined) => void;
}

export function useCommands({ editor, tree, selected, select }: Here): Commands {
  const [adding, setAdding] = useState<StepPlace>();
  const [toast, setToast] = useState<ToastView>();
  const dismiss = useCallback(() => setToast(undefined), []);
  useGlobalKeys(editor, setToast);
  const run = ({ work, select: next }: Action): EditResult => {
    const result = editor.edit(work);
    if (result.ok) select(next(result));
    else setToast({ words: result.problem.message });
    return result;
  };
  const runAndFocus = (action: Action | undefined): void => {
    const result = action && run(action);
    const id = result?.ok ? action?.select(result) : undefined;
    if (id !== undefined) focusStep(id);
  };
  const remove = (id: string): void => {
    const words = deletedWords(tree, id);
    runAndFocus(deleteAction(tree, id));
    announce(words);
    setToast({ words, onUndo: () => (editor.undo(), setToast(undefined)) });
  };
  const add = ({ step }: Choice): void => {
    if (adding === undefined) return;
    setAdding(undefined);
    if (run(addAction(adding, step)).ok) focusFirstField();
  };
  const step = selected !== undefined && placeOf(tree, selected) ? selected : undefined;
  const actionOf = (command: Command, on: string | undefined): (() => void) | undefined => {
    if (command === 'add') return () => setAdding(placeAfter(tree, on));
    if (command === 'inspect') return () => (select(on), focusFirstField());
    if (on === undefined || !placeOf(tree, on)) return undefined;
    const actions: Partial<Record<Command, () => void>> = {
      'add-before': () => setAdding(placeOf(tree, on)),
      delete: () => remove(on),
      duplicate: () => runAndFocus(duplicateAction(on)),
      up: () => runAndFocus(moveAction(tree, on, -1)),
      down: () => runAndFocus(moveAction(tree, on, 1)),
    };
    return actions[command];
  };
  const clipboard = {
    text: editor.draft.text,
    step,
    remove,
    paste: (snippet: string) => runAndFocus(pasteAction(tree, selected, snippet)),
  };
  return {
    adding,
    toast,
    startAdding: setAdding,
    add,
    remove,
    duplicate: (id) => runAndFocus(duplicateAction(id)),
    dismiss,
    onKeyDown: (event) => runKey(event, selected, actionOf),
    ...clipboardHandlers(clipboard),
  };
}

type ActionOf = (command: Command, step: string | undefined) => (() => void) | undefined;

/** A key means the step that has the focus, which need not be the selected one. */
function runKey(event: KeyboardEvent, selected: string | undefined, actionOf: ActionOf): void {
  const command = stepCommand(event);
  const act = command && isOnStep(event.target) ? actionOf(command, (event.target as HTMLElement).dataset['step'] ?? selected) : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}

interface Clipboard {
  readonly text: string;
  readonly step: string | undefined;
  readonly remove: (id: string) => void;
  readonly paste: (snippet: string) => void;
}

/** Steps travel as text, to other flows and to files. */
function clipboardHandlers({ text, step, remove, paste }: Clipboard): Pick<Commands, 'onCopy' | 'onCut' | 'onPaste'> {
  return {
    onCopy: (event) => void (step !== undefined && putOnClipboard(event, text, step)),
    onCut: (event) => {
      if (step !== undefined && putOnClipboard(event, text, step)) remove(step);
    },
    onPaste: (event) => {
      const snippet = event.clipboardData.getData('text/plain');
      if (isOnField(event.target) || snippet === '') return;
      event.preventDefault();
      paste(snippet);
    },
  };
}

/** Undo and redo wherever the focus is; saving needs no key, and says so. */
function useGlobalKeys({ undo, redo, flush }: DraftEditor, setToast: (toast: ToastView) => void): void {
  useEffect(() => {
    const actions: Partial<Record<Command, () => void>> = {
      undo,
      redo,
      save: () => void flush().then(({ sync }) => setToast({ words: sync.kind === 'saved' ? 'Already saved' : 'Not saved yet' })),
    };
    const onKey = (event: globalThis.KeyboardEvent): void => {
      const command = globalCommand(event);
      const act = command && actions[command];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [undo, redo, flush, setToast]);
}

/** A key is for a step when the focus is on one, or on nothing of its own. */
function isOnStep(target: EventTarget): boolean {
  return target instanceof HTMLElement && (target.dataset['step'] !== undefined || !target.closest('button, a')) && !isOnField(target);
}

function isOnField(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea') !== null;
}

function putOnClipboard(event: ClipboardEvent, text: string, step: string): boolean {
  const isElsewhere = isOnField(event.target) || String(getSelection()) !== '';
  const copied = isElsewhere ? undefined : copiedText(text, step);
  if (copied === undefined) return false;
  event.clipboardData.setData('text/plain', copied);
  event.preventDefault();
  announce(`Copied ${step}`);
  return true;
}
