import type { PlannedStep } from './plan.js';
import type { Clock } from './ports.js';
import type { ClaimedRun, ErrorRecord } from './records.js';

/** What one run may take. */
export interface Limits {
  /** Journalled steps and decisions, the items of loops included. */
  readonly steps: number;
  /** From its start to the beginning of its last step, in milliseconds; waits count. */
  readonly durationMs: number;
  /** Items of one loop. */
  readonly items: number;
  /** How many `call` steps may stand above a run. */
  readonly depth: number;
}

export const defaultLimits: Limits = { steps: 100_000, durationMs: 90 * 24 * 3600 * 1000, items: 100_000, depth: 20 };

interface Spent {
  readonly run: ClaimedRun;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly steps: number;
}

/** The failure of a run that has used up what it may; undefined while it has not. */
export function tooMuch({ run, clock, limits, steps }: Spent, step: PlannedStep): ErrorRecord | undefined {
  if (steps >= limits.steps) {
    const message = `The run stopped before ${step.id}: it has come to the limit of ${limits.steps} steps. Split the flow, or raise MILLRACE_MAX_STEPS.`;
    return { code: 'run.too-many-steps', message, step: step.id, blame: 'author' };
  }
  if (clock.now() - run.startedAt <= limits.durationMs) return undefined;
  const days = Math.round(limits.durationMs / 86_400_000);
  const message = `The run stopped before ${step.id}: it has come to the limit of ${days} days. Raise MILLRACE_MAX_RUN_TIME if runs may take longer.`;
  return { code: 'run.too-long', message, step: step.id, blame: 'author' };
}
