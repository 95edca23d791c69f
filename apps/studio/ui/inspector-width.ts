import { useSyncExternalStore } from 'react';

/** In CSS pixels. */
export const WIDTH = { least: 340, usual: 400, most: 640 } as const;

const KEY = 'millrace-inspector-width';
const listeners = new Set<() => void>();

/** How wide the inspector is beside a drawing: the same on every page, remembered by the browser, and known before anything is drawn. */
export function useInspectorWidth(): number {
  return useSyncExternalStore((changed) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  }, inspectorWidth);
}

export function inspectorWidth(): number {
  const kept = localStorage.getItem(KEY);
  return kept === null ? WIDTH.usual : within(Number(kept));
}

/** The nearest width that it can have. */
export function setInspectorWidth(width: number): void {
  localStorage.setItem(KEY, String(within(width)));
  for (const changed of listeners) changed();
}

/** What is no number was written by nobody here, and counts as nothing. */
function within(width: number): number {
  return Number.isFinite(width) ? Math.round(Math.min(WIDTH.most, Math.max(WIDTH.least, width))) : WIDTH.usual;
}
