import { useSyncExternalStore } from 'react';

const KEY = 'millrace-narrow-navigation';
const listeners = new Set<() => void>();

/** Whether the navigation shows icons only. Remembered by the browser. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => localStorage.getItem(KEY) === '1',
  );
}

export function toggleNarrow(): void {
  localStorage.setItem(KEY, localStorage.getItem(KEY) === '1' ? '0' : '1');
  for (const changed of listeners) changed();
}
