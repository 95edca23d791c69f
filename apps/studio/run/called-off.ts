import type { RunView, StepView } from '../api/wire.js';
import type { GlyphStatus } from '../ui/glyph.js';
import type { ShownStatus } from './overlay.js';

/** Whether a step only waited when its run ended, or what it stands in: the wait ended with that, and nothing was under way. */
export function isCalledOff({ status, finishedAt }: Pick<StepView, 'status' | 'finishedAt'>): boolean {
  return status === 'interrupted' && finishedAt !== null;
}

/** What the glyph of a step shows: a wait that was called off is no failure. */
export function glyphOf(status: ShownStatus, row: StepView | undefined): GlyphStatus {
  return row && isCalledOff(row) ? 'cancelled' : status;
}

/** Why a wait came to nothing, in a sentence. */
export function calledOffWords(
  run: Pick<RunView, 'status' | 'finishedAt'>,
  { question, finishedAt }: Pick<StepView, 'question' | 'finishedAt'>,
): string {
  const ended = run.status === 'cancelled' ? 'The run was cancelled' : 'The run ended';
  const how = run.finishedAt === finishedAt ? ended : 'What it stands in was over';
  return question ? `${how} before anybody had answered.` : `${how} while it waited.`;
}
