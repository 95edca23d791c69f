import { ENDS_THE_RUN, NEXT, type StepSignal } from './step.js';

/**
 * What strands that ran side by side tell the list together: the weightiest of what each of them tells, the first of
 * equals. A strand that waits weighs more than one that ended: what a failure decided is in the journal, and the run
 * comes back to it when nobody waits any more.
 */
export function decidingSignal(signals: readonly StepSignal[]): StepSignal {
  for (const kind of WEIGHTIEST_FIRST) {
    const found = signals.filter((signal) => signal.kind === kind);
    if (kind === 'suspended' && found.length > 0) return { kind, resumeAt: Math.min(...found.map(resumeAt)) };
    if (found[0]) return found[0];
  }
  return NEXT;
}

const WEIGHTIEST_FIRST = ['lost', 'abandoned', 'suspended', 'stopped', 'failed', 'halted'] as const;

function resumeAt(signal: StepSignal): number {
  return signal.kind === 'suspended' ? signal.resumeAt : Infinity;
}

/** Whether a strand ends the whole run, so that its siblings are to stop whatever the step says of failures. */
export function endsTheRun(signal: StepSignal): boolean {
  return signal.kind === 'stopped' || (signal.kind === 'failed' && ENDS_THE_RUN.has(signal.error.code));
}
