import { useEffect, useRef } from 'react';
import { announce } from '../shell/announcer.js';
import { copiedText } from './actions.js';
import { isInSettings, isOnField } from './keys.js';

interface Clipboard {
  readonly text: string;
  readonly steps: readonly string[];
  readonly remove: () => void;
  readonly paste: (snippet: string) => void;
}

/**
 * Steps travel as text, to other flows and to files. Listens on the document and asks for the focus: Firefox tells of a copy
 * or a paste where text was selected last, which need not be where the focus is, nor in the editor at all.
 */
export function useClipboard(clipboard: Clipboard): void {
  const latest = useRef(clipboard);
  useEffect(() => void (latest.current = clipboard));
  useEffect(() => {
    const stop = new AbortController();
    const on = (type: 'copy' | 'cut' | 'paste', act: (event: ClipboardEvent, clipboard: Clipboard) => void): void =>
      document.addEventListener(type, (event) => isForSteps() && act(event, latest.current), { signal: stop.signal });
    on('copy', put);
    on('cut', (event, current) => put(event, current) && current.remove());
    on('paste', take);
    return () => stop.abort();
  }, []);
}

/** Nobody types or looks at settings, and nothing covers the editor. */
function isForSteps(): boolean {
  const focused = document.activeElement;
  return focused === null || (!isOnField(focused) && !isInSettings(focused) && focused.closest('[role="dialog"]') === null);
}

function put(event: ClipboardEvent, { text, steps }: Clipboard): boolean {
  const isElsewhere = String(getSelection()) !== '';
  const copied = isElsewhere || steps.length === 0 ? undefined : copiedText(text, steps);
  if (copied === undefined) return false;
  event.clipboardData?.setData('text/plain', copied);
  event.preventDefault();
  announce(steps.length === 1 ? `Copied ${steps[0]}` : `Copied ${steps.length} steps`);
  return true;
}

function take(event: ClipboardEvent, { paste }: Clipboard): void {
  const snippet = event.clipboardData?.getData('text/plain') ?? '';
  if (snippet === '') return;
  event.preventDefault();
  paste(snippet);
}
