import { historyText, readHistory } from '@millrace/flow';
import type { DraftState, KeptDraft, ServerDraft } from './draft.js';

/** Where a browser keeps a draft: `tab` for this tab over a reload, `shared` for all of them over a restart. */
export interface Shelves {
  readonly tab: Storage;
  readonly shared: Storage;
}

const browserShelves = (): Shelves => ({ tab: sessionStorage, shared: localStorage });

const keyOf = (flowId: string): string => `millrace.draft.${flowId}`;

/** Keeps text and history over a reload. What another tab could not save yet stays on the shared shelf. */
export function keepDraft(flowId: string, draft: DraftState, shelves: Shelves = browserShelves()): void {
  put(shelves.tab, flowId, draft);
  const other = read(shelves.shared, flowId);
  const isUnsaved = other !== undefined && other.unsaved > 0 && other.text !== draft.text;
  if (draft.unsaved > 0 || !isUnsaved) put(shelves.shared, flowId, draft);
}

/** What was kept of a draft; undefined when there is nothing that can be read. */
export function keptDraft(flowId: string, { tab, shared }: Shelves = browserShelves()): KeptDraft | undefined {
  return read(tab, flowId) ?? read(shared, flowId);
}

/** Once it is published. */
export function forgetDraft(flowId: string, { tab, shared }: Shelves = browserShelves()): void {
  tab.removeItem(keyOf(flowId));
  shared.removeItem(keyOf(flowId));
}

/** A storage that is full loses the history first, then nothing but the convenience. */
function put(storage: Storage, flowId: string, { text, server, history, unsaved }: DraftState): void {
  const kept = { version: 1, text, server, unsaved };
  for (const value of [{ ...kept, history: historyText(history) }, kept]) {
    try {
      storage.setItem(keyOf(flowId), JSON.stringify(value));
      return;
    } catch {
      // Over the quota: once more without the history, which is the largest part.
    }
  }
}

function read(storage: Storage, flowId: string): KeptDraft | undefined {
  try {
    const value = JSON.parse(storage.getItem(keyOf(flowId)) ?? 'null') as Partial<Record<keyof KeptDraft | 'version', unknown>> | null;
    if (value?.version !== 1 || typeof value.text !== 'string' || typeof value.unsaved !== 'number' || !isServer(value.server))
      return undefined;
    return { text: value.text, server: value.server, unsaved: value.unsaved, history: readHistory(value.history as string | undefined) };
  } catch {
    return undefined;
  }
}

function isServer(value: unknown): value is ServerDraft {
  const server = value as Partial<Record<keyof ServerDraft, unknown>> | null;
  return typeof server?.text === 'string' && typeof server.revision === 'number' && typeof server.base === 'object';
}
