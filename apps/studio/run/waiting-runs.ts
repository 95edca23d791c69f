import type { CausesView } from '../api/wire.js';

/** How many failed runs wait for a person, as far as they are counted: those that were re-run or discarded wait no more. */
export function waitingRuns(causes: CausesView | undefined): number {
  return causes?.items.reduce((sum, cause) => sum + cause.count, 0) ?? 0;
}
