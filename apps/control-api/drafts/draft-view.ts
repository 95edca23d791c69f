import { nodeAt, readJsonc } from '@millrace/flow';
import { ApiError } from '@millrace/platform';
import type { DraftEntity } from '@millrace/postgres';
import type { DraftItem, DraftView } from '../wire/draft.js';

export function draftItem(draft: DraftEntity, liveVersion: number): DraftItem {
  const { flowId, revision, baseVersion: version, baseHash: hash, updatedAt, text } = draft;
  return { flowId, name: nameIn(text), revision, base: { version, hash }, liveVersion, updatedAt: updatedAt.toISOString() };
}

/** A draft need not be JSON. */
function nameIn(text: string): string | null {
  const { root } = readJsonc(text);
  const name: unknown = root && nodeAt(root, '/name')?.value;
  return typeof name === 'string' && name !== '' ? name : null;
}

export function draftView(draft: DraftEntity, liveVersion: number): DraftView {
  return { ...draftItem(draft, liveVersion), text: draft.text };
}

/** Somebody else saved, published or deleted the draft since the caller saw it: both texts are shown, none is lost. */
export function staleDraft(flowId: string, theirs: DraftView | null, yours: string | null): ApiError {
  const what = theirs === null ? 'was published or deleted' : `is at revision ${theirs.revision}`;
  const message = `The draft of ${flowId} ${what} since you saw it. Look at both texts, and save yours over the revision you then know.`;
  return new ApiError(409, 'draft.stale', message, {}, { theirs, yours });
}
