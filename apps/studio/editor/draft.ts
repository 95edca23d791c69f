import { emptyHistory, recordEdit, redoEdit, undoEdit, type Edit, type EditHistory } from '@millrace/flow';

/** What a text was begun from. */
export interface DraftBase {
  readonly version: number;
  readonly hash: string;
}

/** The draft as the server keeps it. Revision 0: it keeps none yet, and the text is that of the flow. */
export interface ServerDraft {
  readonly text: string;
  readonly revision: number;
  readonly base: DraftBase;
}

/**
 * How the text here stands to the one on the server. dirty: to be saved soon. offline: the server could not be reached, and
 * will be asked again. conflict: somebody else saved meanwhile; nothing is sent until a person decides. refused: the server
 * will not keep this text.
 */
export type Sync =
  | { readonly kind: 'saved' | 'dirty' | 'saving' | 'offline' }
  | { readonly kind: 'conflict'; readonly theirs: ServerDraft | null }
  | { readonly kind: 'refused'; readonly message: string };

/** A draft that is being edited. Plain data, changed by the functions below only. */
export interface DraftState {
  readonly text: string;
  readonly server: ServerDraft;
  readonly history: EditHistory;
  /** Changes that the server does not have. */
  readonly unsaved: number;
  readonly sync: Sync;
  /** Why what was typed last is not in the text. */
  readonly untaken?: string | undefined;
}

/** What a browser keeps of a draft over a reload. */
export type KeptDraft = Pick<DraftState, 'text' | 'server' | 'history' | 'unsaved'>;

export interface DraftChange {
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly at: number;
  /** What was typed in: changes of one field that follow closely are undone together. */
  readonly field?: string;
}

/** Opens what the server has, and puts what this browser kept unsaved back on top of it, or says that both differ. */
export function openDraft(server: ServerDraft, kept: KeptDraft | undefined): DraftState {
  const fresh: DraftState = { text: server.text, server, history: emptyHistory, unsaved: 0, sync: { kind: 'saved' } };
  if (kept === undefined) return fresh;
  const { text, history, unsaved } = kept;
  if (text === server.text) return { ...fresh, history };
  if (unsaved === 0) return fresh;
  if (kept.server.text === server.text) return { text, server, history, unsaved, sync: { kind: 'dirty' } };
  return { text, server: kept.server, history, unsaved, sync: { kind: 'conflict', theirs: server } };
}

/** Notes a change that was made to the text. */
export function changeDraft(draft: DraftState, { text, edits, at, field }: DraftChange): DraftState {
  if (text === draft.text) return draft.untaken === undefined ? draft : { ...draft, untaken: undefined };
  const history = recordEdit(draft.history, { text: draft.text, edits, at, ...(field !== undefined && { field }) });
  return touched({ ...draft, text, history });
}

/** Notes that a change could not be made, which whoever typed it may not notice: the field shows what was typed. */
export function untakenChange(draft: DraftState, message: string): DraftState {
  return { ...draft, untaken: message };
}

/** Takes the last change back; the same draft when there is none. */
export function undoDraft(draft: DraftState): DraftState {
  const step = undoEdit(draft.history, draft.text);
  return step ? touched({ ...draft, text: step.text, history: step.history }) : draft;
}

/** Makes again what was undone last. */
export function redoDraft(draft: DraftState): DraftState {
  const step = redoEdit(draft.history, draft.text);
  return step ? touched({ ...draft, text: step.text, history: step.history }) : draft;
}

/** A conflict stays one, whatever is typed: only a person ends it. */
function touched(draft: DraftState): DraftState {
  const unsaved = draft.unsaved + 1;
  return { ...draft, unsaved, untaken: undefined, sync: draft.sync.kind === 'conflict' ? draft.sync : { kind: 'dirty' } };
}

export function savingDraft(draft: DraftState): DraftState {
  return { ...draft, sync: { kind: 'saving' } };
}

/** The server kept `server.text`, which may be older than the text here by now. */
export function savedDraft(draft: DraftState, server: ServerDraft, sent: number): DraftState {
  const unsaved = draft.text === server.text ? 0 : Math.max(1, draft.unsaved - sent);
  return { ...draft, server, unsaved, sync: { kind: unsaved === 0 ? 'saved' : 'dirty' } };
}

export function offlineDraft(draft: DraftState): DraftState {
  return { ...draft, sync: { kind: 'offline' } };
}

export function refusedDraft(draft: DraftState, message: string): DraftState {
  return { ...draft, sync: { kind: 'refused', message } };
}

/** Somebody else saved, published or deleted the draft. Who saved the very same text is no conflict. */
export function staleDraft(draft: DraftState, theirs: ServerDraft | null): DraftState {
  if (theirs?.text === draft.text) return { ...draft, server: theirs, unsaved: 0, sync: { kind: 'saved' } };
  return { ...draft, sync: { kind: 'conflict', theirs } };
}

/** Ends a conflict: the text here is saved over theirs. */
export function keepMine(draft: DraftState): DraftState {
  if (draft.sync.kind !== 'conflict') return draft;
  const server = draft.sync.theirs ?? { ...draft.server, revision: 0 };
  return { ...draft, server, unsaved: Math.max(1, draft.unsaved), sync: { kind: 'dirty' } };
}

/** Ends a conflict with their text. It is a change like any other: undo brings the text from here back. */
export function takeTheirs(draft: DraftState, at: number): DraftState {
  return draft.sync.kind === 'conflict' && draft.sync.theirs !== null ? replacedBy(draft, draft.sync.theirs, at) : draft;
}

/** What was saved or published elsewhere is shown as it is now, unless something here is not saved. Undone like a change. */
export function followDraft(draft: DraftState, theirs: ServerDraft, at: number): DraftState {
  const { sync, server, text } = draft;
  if (sync.kind !== 'saved' || draft.untaken !== undefined) return draft;
  if (theirs.text !== text) return replacedBy(draft, theirs, at);
  const isSame =
    theirs.revision === server.revision && theirs.base.version === server.base.version && theirs.base.hash === server.base.hash;
  return isSame ? draft : { ...draft, server: theirs };
}

function replacedBy(draft: DraftState, theirs: ServerDraft, at: number): DraftState {
  const edits = [{ offset: 0, length: draft.text.length, content: theirs.text }];
  const history = recordEdit(draft.history, { text: draft.text, edits, at });
  return { text: theirs.text, server: theirs, history, unsaved: 0, sync: { kind: 'saved' } };
}

/** Says that the text was written in knowledge of `base`: what was published meanwhile is replaced by it. */
export function rebaseDraft(draft: DraftState, base: DraftBase): DraftState {
  return { ...draft, server: { ...draft.server, base }, unsaved: Math.max(1, draft.unsaved), sync: { kind: 'dirty' } };
}

/** What the header says about the draft. */
export function draftWords({ sync, unsaved, untaken }: Pick<DraftState, 'sync' | 'unsaved' | 'untaken'>): string {
  const changes = `${unsaved} ${unsaved === 1 ? 'change' : 'changes'}`;
  if (sync.kind === 'conflict') return 'Draft · changed by somebody else';
  if (sync.kind === 'refused' || untaken !== undefined) return 'Draft · not saved';
  if (sync.kind === 'offline') return `Offline, ${changes} kept`;
  return sync.kind === 'saved' ? 'Draft · saved' : 'Draft · saving';
}
