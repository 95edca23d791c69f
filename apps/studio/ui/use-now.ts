import { useSyncExternalStore } from 'react';

const EVERY_MS = 1_000;
let now = Date.now();

function subscribe(changed: () => void): () => void {
  const timer = setInterval(() => {
    now = Date.now();
    changed();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** The time, to the second, for texts that say how long ago something was. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
