import { Prec, type Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView } from '@codemirror/view';

/** What has the focus in a dialog of the editor, such as the one that asks for a line. */
function heldIn({ root }: EditorView): Element | undefined {
  const { activeElement } = root;
  return activeElement?.closest('.cm-dialog') ? activeElement : undefined;
}

/**
 * The focus goes back to the text when a dialog closes. CodeMirror does that only where `document.activeElement` is in the dialog, and
 * for the document that is the element around our shadow root. It looks before the panels change, hence the precedence.
 */
export const dialogFocus: Extension = Prec.highest(
  ViewPlugin.define((view) => ({
    update: () => {
      const held = heldIn(view);
      if (held) queueMicrotask(() => !held.isConnected && view.focus());
    },
  })),
);
