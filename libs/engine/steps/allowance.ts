import { onAbort } from '../execute.js';
import type { PlannedUse } from '../plan.js';
import type { StepRow } from '../records.js';
import { HALTED, type StepSignal, type Walk } from './step.js';

/** So long a step waits in memory for its credential's rate; beyond that the run gives its slot up. */
const PATIENCE_MS = 500;

/** What a step is told: it may begin, it must wait until `waitUntil`, or the walk ends here. */
export type Admission = { readonly kind: 'admitted' } | { readonly kind: 'later'; readonly waitUntil: number } | StepSignal;

/**
 * Asks for one use of the step's credential, where that has a rate. Nothing has begun while it waits: no attempt is used
 * up. A rehearsal asks nobody and so takes nothing.
 */
export async function admission(step: PlannedUse, walk: Walk, last: StepRow | undefined): Promise<Admission> {
  const { credential } = step;
  if (credential === undefined || walk.run.dry) return ADMITTED;
  const waited = last?.status === 'waiting';
  for (let patience = PATIENCE_MS, asked = false; ; asked = true) {
    const allowance = await walk.rates.take(credential, waited || asked);
    if (!allowance || allowance.waitMs <= 0) return ADMITTED;
    if (walk.signal.aborted) return { kind: 'abandoned' };
    if (walk.isHalted) return HALTED;
    if (allowance.waitMs > patience) return { kind: 'later', waitUntil: walk.clock.now() + allowance.waitMs };
    patience -= allowance.waitMs;
    await pause(walk, allowance.waitMs);
  }
}

const ADMITTED: Admission = { kind: 'admitted' };

/** Ends early when the run is given up. */
function pause({ clock, signal }: Walk, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      forget();
      resolve();
    };
    const cancel = clock.after(ms, end);
    const forget = onAbort(signal, end);
  });
}
