import type { EditResult, StepPlace } from '@millrace/flow';
import { useCallback, useEffect, useState, type KeyboardEvent } from 'react';
import { everyStep, objectOf, type FlowTree } from '../flow/structure.js';
import { stepAtPointer } from '../pages/problem-place.js';
import { announce } from '../shell/announcer.js';
import { addAction, deleteAction, deletedWords, duplicateAction, moveAction, nudgeAction, pasteAction, type Action } from './actions.js';
import type { Choice } from './choices.js';
import { useClipboard } from './clipboard.js';
import { globalCommand, isOnStep, stepCommand, type Command } from './keys.js';
import type { Loaded } from './loaded.js';
import { outermostIds, type MoveWay } from './moves.js';
import { placeAfter, placeOf } from './places.js';
import { prefilled } from './prefill.js';
import { focusAdded, focusFirstField, focusProblem, focusStep } from './problems.js';
import type { Problems } from './queries.js';
import type { ToastView } from './toast.js';
import type { DraftEditor } from './use-draft.js';

/** What can be done to the flow as a whole, by pointer and by key. */
export interface Commands {
  /** Where the step that is being chosen will go; undefined while none is. */
  readonly adding: StepPlace | undefined;
  readonly toast: ToastView | undefined;
  /** Steps that are selected beside the one of the address. */
  readonly also: ReadonlySet<string>;
  /** Selects a step; with `more`, beside those that are selected. */
  select(id: string | undefined, more?: boolean): void;
  startAdding(place: StepPlace | undefined): void;
  add(choice: Choice): void;
  remove(id: string): void;
  duplicate(id: string): void;
  /** Moves a step, or all that are selected with it. */
  move(id: string, to: StepPlace): void;
  nudge(id: string, way: MoveWay): void;
  dismiss(): void;
  onKeyDown(event: KeyboardEvent): void;
}

interface Here {
  readonly editor: DraftEditor;
  readonly tree: FlowTree;
  readonly problems: Problems;
  readonly selected: string | undefined;
  readonly select: (step: string | undefined) => void;
  readonly loaded: Pick<Loaded, 'trigger'>;
  /** The flow is shown as a list: what is selected covers it. */
  readonly isList: boolean;
}

export function useCommands(here: Here): Commands {
  const { editor, tree, problems, selected } = here;
  const [adding, setAdding] = useState<StepPlace>();
  const { toast, setToast, dismiss } = useToast(editor.draft.text);
  const { also, select, stepsOn } = useSelection(here);
  useGlobalKeys(editor, setToast);
  const run = ({ work, select: next }: Action, then: (id: string | undefined) => void): EditResult => {
    const result = editor.edit(work);
    if (result.ok) then(next(result));
    else setToast({ words: result.problem.message });
    return result;
  };
  const runAndFocus = (action: Action): EditResult =>
    run(action, (id) => {
      select(here.isList ? undefined : id);
      if (id !== undefined) focusStep(id);
    });
  const remove = (ids: readonly string[]): void => {
    const result = runAndFocus(deleteAction(tree, ids));
    if (!result.ok) return;
    const words = deletedWords(tree, ids, result);
    announce(words);
    setToast({ words, text: result.text, onUndo: () => (editor.undo(), setToast(undefined)) });
  };
  const add = (choice: Choice): void => {
    if (adding === undefined) return;
    setAdding(undefined);
    const step = tree.steps.length === 0 ? prefilled(choice, here.loaded) : choice.step;
    run(addAction(adding, step), (id) => (select(id), focusAdded(id, objectOf(step))));
  };
  const actionOf = (command: Command, on: string | undefined): (() => void) | undefined => {
    if (command === 'add') return () => setAdding(placeAfter(tree, on));
    if (command === 'inspect') return () => (select(on), focusFirstField());
    if (command === 'problem') return () => goToProblem(tree, problems, on, select);
    const ids = stepsOn(on);
    if (ids.length === 0) return undefined;
    const actions: Partial<Record<Command, () => void>> = {
      'add-before': () => setAdding(placeOf(tree, ids[0]!)),
      delete: () => remove(ids),
      duplicate: () => runAndFocus(duplicateAction(tree, ids)),
    };
    return actions[command] ?? (isWay(command) ? () => void runAndFocus(nudgeAction(ids, command)) : undefined);
  };
  const steps = stepsOn(selected);
  useClipboard({
    text: editor.draft.text,
    steps,
    remove: () => remove(steps),
    paste: (snippet) => void runAndFocus(pasteAction(tree, selected, snippet)),
  });
  return {
    ...{ adding, toast, also, select, add, dismiss },
    startAdding: setAdding,
    remove: (id) => remove([id]),
    duplicate: (id) => void runAndFocus(duplicateAction(tree, [id])),
    move: (id, to) => void runAndFocus(moveAction(stepsOn(id), to)),
    nudge: (id, way) => void runAndFocus(nudgeAction([id], way)),
    onKeyDown: (event) => runKey(event, selected, actionOf),
  };
}

/** What was just said, as long as it is about the text as it stands. */
function useToast(text: string) {
  const [said, setToast] = useState<ToastView>();
  const dismiss = useCallback(() => setToast(undefined), []);
  return { toast: said?.text === undefined || said.text === text ? said : undefined, setToast, dismiss };
}

const NOBODY: ReadonlySet<string> = new Set();

/** One step is in the address; others can be selected beside it, and are meant together with it. */
function useSelection({ tree, selected, select: choose }: Here) {
  const [also, setAlso] = useState(NOBODY);
  const select = useCallback(
    (id: string | undefined, more = false): void => {
      setAlso(!more || id === undefined ? NOBODY : (before) => new Set([...before, ...(selected === undefined ? [] : [selected]), id]));
      choose(id);
    },
    [choose, selected],
  );
  /** What a command on this step is about. */
  const stepsOn = (id: string | undefined): string[] => {
    if (id === undefined) return [];
    return outermostIds(tree, id === selected || also.has(id) ? [...also, id] : [id]);
  };
  return { also, select, stepsOn };
}

function isWay(command: Command): command is MoveWay {
  return command === 'up' || command === 'down' || command === 'left' || command === 'right';
}

/** To the next step with a problem, in the order of the flow, and to what mends it. */
function goToProblem(tree: FlowTree, problems: Problems, from: string | undefined, select: (id: string) => void): void {
  const order = everyStep([...tree.steps, ...tree.onError]).map(({ id }) => id);
  const found = problems
    .map((problem) => ({ problem, at: order.indexOf(stepAtPointer(tree, problem.path) ?? '') }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const next = found.find(({ at }) => at > order.indexOf(from ?? '')) ?? found[0];
  if (!next) return announce('Nothing is wrong with a step');
  select(order[next.at]!);
  focusProblem(tree, order[next.at]!, next.problem.path);
  announce(next.problem.message);
}

type ActionOf = (command: Command, step: string | undefined) => (() => void) | undefined;

/** A key means the step that has the focus, which need not be the selected one. */
function runKey(event: KeyboardEvent, selected: string | undefined, actionOf: ActionOf): void {
  const command = stepCommand(event);
  const isForStep = command !== undefined && isOnStep(event.target, command);
  const act = isForStep ? actionOf(command, (event.target as HTMLElement).dataset['step'] ?? selected) : undefined;
  if (!act) return;
  event.preventDefault();
  act();
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
