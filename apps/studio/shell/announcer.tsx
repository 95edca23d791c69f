import { useSyncExternalStore } from 'react';

let text = '';
const listeners = new Set<() => void>();

/** Says something to people who listen to the page instead of looking at it. */
export function announce(sentence: string): void {
  text = sentence;
  for (const changed of listeners) changed();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** The one polite live region of the page. */
export function Announcer() {
  const said = useSyncExternalStore(subscribe, () => text);
  return (
    <p className="visually-hidden" aria-live="polite">
      {said}
    </p>
  );
}
