import type { DraftItem, FlowItem } from '../api/wire.js';

/** Drafts of flows that are not there yet: they have no page but the editor. */
export function newDrafts(drafts: readonly DraftItem[], flows: readonly FlowItem[]): DraftItem[] {
  return drafts.filter(({ flowId }) => flows.every(({ id }) => id !== flowId));
}
