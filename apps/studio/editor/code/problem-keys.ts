import { forEachDiagnostic, nextDiagnostic } from '@codemirror/lint';
import { closeHoverTooltips, hasHoverTooltips, type EditorView, type KeyBinding } from '@codemirror/view';
import { announce } from '../../shell/announcer.js';

/** To the next problem, which is also said: its words are shown at the place for a pointer only. */
export const nextProblem: KeyBinding = {
  key: 'F8',
  run: (view) => {
    if (!nextDiagnostic(view)) return false;
    announce(problemsAt(view, view.state.selection.main.from).join(' '));
    return true;
  },
};

/** Puts away what is shown under the pointer, without moving it. */
export const closeWords: KeyBinding = {
  key: 'Escape',
  run: (view) => {
    if (!hasHoverTooltips(view.state)) return false;
    view.dispatch({ effects: closeHoverTooltips });
    return true;
  },
};

function problemsAt({ state }: EditorView, at: number): string[] {
  const messages: string[] = [];
  forEachDiagnostic(state, ({ message }, from) => void (from === at && messages.push(message)));
  return messages;
}
