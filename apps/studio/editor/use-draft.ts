import type { EditResult } from '@millrace/flow';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiFailure, sendJson } from '../api/client.js';
import type { DraftView } from '../api/wire.js';
import {
  changeDraft,
  followDraft,
  keepMine,
  offlineDraft,
  openDraft,
  rebaseDraft,
  redoDraft,
  refusedDraft,
  savedDraft,
  savingDraft,
  staleDraft,
  takeTheirs,
  undoDraft,
  untakenChange,
  type DraftBase,
  type DraftState,
  type ServerDraft,
} from './draft.js';
import { keepDraft, keptDraft } from './kept.js';
import { tellOtherTabs } from './other-tabs.js';

/** From the last change to saving it, and between two tries to reach the server. */
const SAVE_MS = 600;
const RETRY_MS = 2_000;

/** The draft that is edited and everything that can be done to it. */
export interface DraftEditor {
  readonly draft: DraftState;
  /** Makes an edit of the text as it is now; the result says why it could not be made. `field`: where it is typed, so that the page says it too. */
  edit(work: (text: string) => EditResult, field?: string): EditResult;
  undo(): void;
  redo(): void;
  keepMine(): void;
  takeTheirs(): void;
  rebase(base: DraftBase): void;
  /** The server says that somebody else saved, published (null) or discarded (null) the draft meanwhile. */
  stale(theirs: ServerDraft | null): void;
  /** The server has this now; true when it is shown in place of another text. */
  follow(theirs: ServerDraft): boolean;
  /** Saves at once what is not saved; resolves with the draft as it then stands. */
  flush(): Promise<DraftState>;
}

export interface OpenedDraft {
  readonly state: DraftState;
  /** The flow has no text of its own yet: nothing was ever published or saved. */
  readonly isNew: boolean;
}

/** The draft of a flow: what the server has of it, else `starter`, with what this browser kept. */
export function openedFrom(flowId: string, found: ServerDraft | null, starter: () => string): OpenedDraft {
  return { state: openDraft(found ?? emptyFlow(starter()), keptDraft(flowId)), isNew: found === null };
}

function emptyFlow(text: string): ServerDraft {
  return { text, base: { version: 0, hash: '' }, revision: 0 };
}

/** Edits a draft, saves it within a second after the last change, and keeps it in the browser until it is saved. */
export function useDraft(flowId: string, opened: DraftState): DraftEditor {
  const [draft, setDraft] = useState(opened);
  const current = useRef(opened);
  const put = useCallback(
    (next: DraftState): DraftState => {
      if (next === current.current) return next;
      current.current = next;
      keepDraft(flowId, next);
      setDraft(next);
      return next;
    },
    [flowId],
  );
  const save = useCallback(() => saveOnce(flowId, current, put), [flowId, put]);
  useAutosave(draft, save);
  useSaveOnLeaving(save);
  const edit = useCallback(
    (work: (text: string) => EditResult, field?: string): EditResult => {
      const result = work(current.current.text);
      if (result.ok) put(changeDraft(current.current, { text: result.text, edits: result.edits, at: Date.now(), field }));
      else if (field !== undefined) put(untakenChange(current.current, result.problem.message));
      return result;
    },
    [put],
  );
  return {
    draft,
    edit,
    undo: useCallback(() => void put(undoDraft(current.current)), [put]),
    redo: useCallback(() => void put(redoDraft(current.current)), [put]),
    keepMine: useCallback(() => void put(keepMine(current.current)), [put]),
    takeTheirs: useCallback(() => void put(takeTheirs(current.current, Date.now())), [put]),
    rebase: useCallback((base: DraftBase) => void put(rebaseDraft(current.current, base)), [put]),
    stale: useCallback((theirs: ServerDraft | null) => void put(staleDraft(current.current, theirs)), [put]),
    follow: useCallback(
      (theirs: ServerDraft) => {
        const before = current.current.text;
        return put(followDraft(current.current, theirs, Date.now())).text !== before;
      },
      [put],
    ),
    flush: save,
  };
}

function useAutosave({ sync, text }: DraftState, save: () => Promise<unknown>): void {
  useEffect(() => {
    if (sync.kind !== 'dirty' && sync.kind !== 'offline') return undefined;
    const timer = setTimeout(() => void save(), sync.kind === 'dirty' ? SAVE_MS : RETRY_MS);
    return () => clearTimeout(timer);
  }, [sync, text, save]);
}

/** What was changed just before the page is left need not wait until it is opened again. */
function useSaveOnLeaving(save: () => Promise<unknown>): void {
  useEffect(() => {
    const leave = (): void => void save();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [save]);
}

/** One at a time per draft: the revision of the next save is that of the one before. */
const underWay = new WeakMap<object, Promise<DraftState>>();

function saveOnce(flowId: string, current: { current: DraftState }, put: (next: DraftState) => DraftState): Promise<DraftState> {
  const going = underWay.get(current) ?? Promise.resolve(current.current);
  const next = going.then(() => saveNow(flowId, current, put));
  underWay.set(current, next);
  return next;
}

async function saveNow(flowId: string, current: { current: DraftState }, put: (next: DraftState) => DraftState): Promise<DraftState> {
  const { text, server, unsaved, sync } = current.current;
  if (sync.kind === 'conflict' || sync.kind === 'saved') return current.current;
  put(savingDraft(current.current));
  try {
    const { revision, base } = server;
    const saved = await sendJson<DraftView>('PUT', `flows/${flowId}/draft`, { text, revision, base });
    tellOtherTabs(flowId);
    return put(savedDraft(current.current, { text, revision: saved.revision, base: saved.base }, unsaved));
  } catch (error) {
    return put(unsavedDraft(current.current, error));
  }
}

function unsavedDraft(draft: DraftState, error: unknown): DraftState {
  if (!(error instanceof ApiFailure)) throw error;
  if (error.code === 'draft.stale') return staleDraft(draft, (error.answer as { theirs: ServerDraft | null }).theirs);
  return error.status === 0 || error.status >= 500 || error.status === 401 ? offlineDraft(draft) : refusedDraft(draft, error.message);
}
