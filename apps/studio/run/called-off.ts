import type { RunView, StepView } from '../api/wire.js';
import type { GlyphStatus } from '../ui/glyph.js';
import type { ShownStatus } from './overlay.js';

/** Whether a step only waited when its run ended: the wait ended with that, and nothing was under way. */
export function isCalledOff({ status, finishedAt }: Pick<StepView, 'status' | 'finishedAt'>): boolean {
  return status === 'interrupted' && finishedAt !== null;
}

/** What the glyph of a step shows: a wait that was called off is no failure. */
export function glyphOf(status: ShownStatus, row: StepView | undefined): GlyphStatus {
  return row && isCalledOff(row) ? 'cancelled' : status;
}

/** Why a wait came to nothing, in a sentence. */
export function calledOffWords({ status }: Pick<RunView, 'status'>, { question }: Pick<StepView, 'question'>): string {
  const how = status === 'cancelled' ? 'The run was cancelled' : 'The run ended';
  return question ? `${how} before anybody had answered.` : `${how} while it waited.`;
}
