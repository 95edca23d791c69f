import { useEffect } from 'react';
import { Button } from '../ui/controls.js';
import { Sentence } from '../ui/sentence.js';

export interface ToastView {
  readonly words: string;
  /** The text that it speaks of: once that is another one, undoing would undo something else. */
  readonly text?: string;
  readonly onUndo?: () => void;
}

const SHOWN_MS = 8_000;

/** What was just done, and the way back. */
export function Toast({ toast, onGone }: { readonly toast: ToastView | undefined; readonly onGone: () => void }) {
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(onGone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast, onGone]);
  return (
    <div className="toast-place" role="status">
      {toast && (
        <div className="toast">
          <span>
            <Sentence text={toast.words} />
          </span>
          {toast.onUndo && (
            <Button look="quiet" onClick={toast.onUndo}>
              Undo
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
