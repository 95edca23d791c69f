import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { Changes } from '../api/wire.js';
import { affectedBy } from './affected.js';
import { followChanges, type LiveMessage } from './follow.js';
import { LiveLists } from './lists.js';
import { outdate } from './outdate.js';
import { Seldom } from './seldom.js';

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

/** What is counted over many runs costs the server more than it changes with one of them. */
const SELDOM: readonly string[] = ['activity', 'causes'];
const SELDOM_MS = 5_000;
const LISTS: readonly string[] = ['runs', 'events', 'refusals'];

/** Keeps what the page shows up to date. Once per page. */
export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const seldom = new Seldom(SELDOM_MS, (key) => outdate(client, [key]));
    const lists = new LiveLists(client);
    const stop = followChanges((message) => take(message, { client, seldom, lists }));
    return () => {
      stop();
      seldom.stop();
    };
  }, [client]);
}

interface Kept {
  readonly client: QueryClient;
  readonly seldom: Seldom;
  readonly lists: LiveLists;
}

function take(message: LiveMessage, { client, seldom, lists }: Kept): void {
  if (message.kind === 'link') return setConnected(message.connected);
  setConnected(true);
  if (message.kind === 'resync') return outdate(client);
  for (const queryKey of affectedBy(message.changes)) {
    const [name = ''] = queryKey;
    if (LISTS.includes(name)) lists.changed(name);
    else if (SELDOM.includes(name)) seldom.ask(name);
    else outdate(client, queryKey);
  }
  for (const heard of changeListeners) heard(message.changes);
}

function setConnected(value: boolean): void {
  if (connected === value) return;
  connected = value;
  for (const changed of linkListeners) changed();
}
