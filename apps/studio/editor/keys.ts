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

/** Keys that change nothing: they also work where the settings have the focus. */
const LOOKS: ReadonlySet<Command> = new Set(['inspect', 'problem']);

/** Whether a key means a step: the focus is on one, or on nothing of its own; in the settings nothing of the flow is changed by it. */
export function isOnStep(target: EventTarget, command: Command): boolean {
  if (!(target instanceof HTMLElement) || isOnField(target) || (isInSettings(target) && !LOOKS.has(command))) return false;
  return target.dataset['step'] !== undefined || !target.closest('button, a');
}

/** In the settings of what is selected, also where nothing takes keys: whoever clicked there does not mean the step as a whole. */
export function isInSettings(target: Element): boolean {
  return target.closest('.inspector') !== null;
}

/** A field, or a part of the page that takes keys and the clipboard as one. */
export function isOnField(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable], [data-field]') !== null;
}
