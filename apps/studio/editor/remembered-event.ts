import { useEffect } from 'react';
import type { UrlState } from '../ui/url-state.js';

const keyOf = (flowId: string): string => `millrace.event.${flowId}`;

/** The event that a flow was last edited with. Remembered by the browser. */
export function rememberedEvent(flowId: string, storage: Storage = localStorage): string | undefined {
  return storage.getItem(keyOf(flowId)) ?? undefined;
}

export function rememberEvent(flowId: string, event: string, storage: Storage = localStorage): void {
  try {
    storage.setItem(keyOf(flowId), event);
  } catch {
    // A storage that is full costs a convenience.
  }
}

/** Whoever comes back to a flow finds the event loaded that was chosen for it; the address names it, as it does when it is chosen. */
export function useRememberedEvent(flowId: string, { get, set }: UrlState): void {
  const chosen = get('event');
  useEffect(() => {
    const remembered = rememberedEvent(flowId);
    if (chosen !== undefined) rememberEvent(flowId, chosen);
    else if (remembered !== undefined) set({ event: remembered }, { replace: true });
  }, [flowId, chosen, set]);
}
