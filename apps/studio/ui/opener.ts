import { useLayoutEffect, useRef, type RefObject } from 'react';

/** What can have the focus. */
const FOCUSABLE = 'button, a[href], input, select, textarea, [contenteditable], [tabindex]';

let lastUsed: HTMLElement | undefined;

/**
 * From now on it is known what a person last pressed or typed into, so that a dialog can give the focus back to it.
 *
 * What has the focus does not tell: Safari gives none to a button that is clicked, and a field with `autoFocus` has taken it before
 * any effect of the dialog around it runs. Clicks that the page makes itself, for its shortcuts, do not count: the focus is then
 * where the key was pressed.
 */
export function noteOpeners(): void {
  const note = (event: Event): void => {
    if (event.isTrusted) lastUsed = focusableAt(event.composedPath()[0]);
  };
  for (const type of ['click', 'keydown']) document.addEventListener(type, note, { capture: true });
}

function focusableAt(target: EventTarget | undefined): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>(FOCUSABLE) ?? undefined) : undefined;
}

/** What was used to open something, from when it is open; undefined where the focus was nowhere. */
export function useOpener(open: boolean): RefObject<HTMLElement | undefined> {
  const opener = useRef<HTMLElement>(undefined);
  useLayoutEffect(() => {
    if (open) opener.current = lastUsed;
  }, [open]);
  return opener;
}
