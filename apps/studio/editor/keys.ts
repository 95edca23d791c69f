/** What a key asks for in the editor. */
export type Command =
  'add' | 'add-before' | 'delete' | 'duplicate' | 'up' | 'down' | 'left' | 'right' | 'undo' | 'redo' | 'save' | 'inspect' | 'problem';

interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly ctrlKey: boolean;
}

/** Keys that work wherever the focus is, also in fields: what was typed is undone like everything else. */
export function globalCommand({ key, shiftKey, altKey, metaKey, ctrlKey }: Pressed): Command | undefined {
  if (altKey || !(metaKey || ctrlKey)) return undefined;
  const letter = key.toLowerCase();
  if (letter === 'z') return shiftKey ? 'redo' : 'undo';
  if (letter === 'y' && ctrlKey) return 'redo';
  return letter === 's' ? 'save' : undefined;
}

const PLAIN: Readonly<Record<string, Command>> = {
  a: 'add',
  A: 'add-before',
  d: 'duplicate',
  Delete: 'delete',
  Backspace: 'delete',
  Enter: 'inspect',
  e: 'problem',
};
const WITH_ALT: Readonly<Record<string, Command>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };

/** Keys that work on the selected step of the drawing. */
export function stepCommand({ key, altKey, metaKey, ctrlKey }: Pressed): Command | undefined {
  if (metaKey || ctrlKey) return undefined;
  return altKey ? WITH_ALT[key] : PLAIN[key];
}

/** A key is for a step when the focus is on one, or on nothing of its own. */
export function isOnStep(target: EventTarget): boolean {
  return target instanceof HTMLElement && (target.dataset['step'] !== undefined || !target.closest('button, a')) && !isOnField(target);
}

/** A field, or a part of the page that takes keys and the clipboard as one. */
export function isOnField(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable], [data-field]') !== null;
}
