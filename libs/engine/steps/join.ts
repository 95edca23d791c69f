import { NEXT, type StepSignal } from './step.js';

/** What strands that ran side by side tell the list together: the weightiest of what each of them tells, the first of equals. */
export function decidingSignal(signals: readonly StepSignal[]): StepSignal {
  for (const kind of WEIGHTIEST_FIRST) {
    const found = signals.filter((signal) => signal.kind === kind);
    if (kind === 'suspended' && found.length > 0) return { kind, resumeAt: Math.min(...found.map(resumeAt)) };
    if (found[0]) return found[0];
  }
  return NEXT;
}

const WEIGHTIEST_FIRST = ['lost', 'abandoned', 'stopped', 'failed', 'suspended', 'halted'] as const;

function resumeAt(signal: StepSignal): number {
  return signal.kind === 'suspended' ? signal.resumeAt : Infinity;
}
