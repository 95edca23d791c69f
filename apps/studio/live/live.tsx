import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Changes } from '../api/wire.js';
import { affectedBy } from './affected.js';
import { followChanges, type LiveMessage } from './follow.js';

type Heard = (changes: Changes) => void;

let connected = true;
const linkListeners = new Set<() => void>();
const changeListeners = new Set<Heard>();

/** Whether changes arrive. */
export function useLink(): boolean {
  return useSyncExternalStore(
    (changed) => {
      linkListeners.add(changed);
      return () => linkListeners.delete(changed);
    },
    () => connected,
  );
}

/** Calls with every change, for as long as the component is there. */
export function useChanges(heard: Heard): void {
  useEffect(() => {
    changeListeners.add(heard);
    return () => void changeListeners.delete(heard);
  }, [heard]);
}

/** Keeps what the page shows up to date. Once per page. */
export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => followChanges((message) => take(message, client)), [client]);
}

function take(message: LiveMessage, client: QueryClient): void {
  if (message.kind === 'link') return setConnected(message.connected);
  setConnected(true);
  if (message.kind === 'resync') return void client.invalidateQueries();
  for (const queryKey of affectedBy(message.changes)) void client.invalidateQueries({ queryKey });
  for (const heard of changeListeners) heard(message.changes);
}

function setConnected(value: boolean): void {
  if (connected === value) return;
  connected = value;
  for (const changed of linkListeners) changed();
}
