import type { ClipboardEvent } from 'react';
import { announce } from '../shell/announcer.js';
import { copiedText } from './actions.js';
import { isOnField } from './keys.js';

interface Clipboard {
  readonly text: string;
  readonly steps: readonly string[];
  readonly remove: () => void;
  readonly paste: (snippet: string) => void;
}

export interface ClipboardHandlers {
  onCopy(event: ClipboardEvent): void;
  onCut(event: ClipboardEvent): void;
  onPaste(event: ClipboardEvent): void;
}

/** Steps travel as text, to other flows and to files. */
export function clipboardHandlers({ text, steps, remove, paste }: Clipboard): ClipboardHandlers {
  return {
    onCopy: (event) => void put(event, text, steps),
    onCut: (event) => {
      if (put(event, text, steps)) remove();
    },
    onPaste: (event) => {
      const snippet = event.clipboardData.getData('text/plain');
      if (isOnField(event.target) || snippet === '') return;
      event.preventDefault();
      paste(snippet);
    },
  };
}

function put(event: ClipboardEvent, text: string, steps: readonly string[]): boolean {
  const isElsewhere = isOnField(event.target) || String(getSelection()) !== '';
  const copied = isElsewhere || steps.length === 0 ? undefined : copiedText(text, steps);
  if (copied === undefined) return false;
  event.clipboardData.setData('text/plain', copied);
  event.preventDefault();
  announce(steps.length === 1 ? `Copied ${steps[0]}` : `Copied ${steps.length} steps`);
  return true;
}
