import { diffFlows } from '@millrace/flow';
import type { Platform } from '@millrace/platform';

/** What a flow's draft, else its live text, says, to tell later what was renamed; undefined where nothing is pinned. */
export async function pinnedText(flowId: string, { pins, drafts, publisher }: Platform): Promise<string | undefined> {
  if ((await pins.countBeside(flowId, '')) === 0) return undefined;
  return ((await drafts.find(flowId)) ?? (await publisher.current(flowId)))?.text;
}

/** Pins of steps that have another id in the newer text go along with them. Undoing a renaming is one too. */
export async function followRenames(flowId: string, older: string, newer: string, { pins }: Platform): Promise<void> {
  for (const { id, renamedFrom } of diffFlows(older, newer).changes) {
    if (id !== undefined && renamedFrom !== undefined) await pins.move(flowId, renamedFrom, id);
  }
}
