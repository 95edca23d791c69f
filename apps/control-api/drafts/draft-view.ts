import { ApiError } from '@millrace/platform';
import type { DraftEntity } from '@millrace/postgres';
import type { DraftItem, DraftView } from '../wire/draft.js';

export function draftItem({ flowId, revision, baseVersion, baseHash, updatedAt }: DraftEntity, liveVersion: number): DraftItem {
  return { flowId, revision, base: { version: baseVersion, hash: baseHash }, liveVersion, updatedAt: updatedAt.toISOString() };
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
