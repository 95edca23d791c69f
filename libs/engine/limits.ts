import type { Clock } from './ports.js';
import type { ClaimedRun, ErrorRecord } from './records.js';

/** What one run may take. */
export interface Limits {
  /** Journalled steps and decisions, the items of loops and what is in them included. */
  readonly steps: number;
  /** From its start to the beginning of its last step, in milliseconds; waits count. */
  readonly durationMs: number;
  /** Items of one loop. */
  readonly items: number;
  /** How many `call` steps may stand above a run. */
  readonly depth: number;
}

export const defaultLimits: Limits = { steps: 100_000, durationMs: 90 * 24 * 3600 * 1000, items: 100_000, depth: 20 };

/** Steps that `onError` may take when the run has come to its limit: somebody must be told. */
const STEPS_OF_GRACE = 1_000;

/** The limits of `onError`, after so many steps. */
export function graceOf(limits: Limits, steps: number): Limits {
  return { ...limits, steps: Math.max(limits.steps, steps + STEPS_OF_GRACE), durationMs: Infinity };
}

interface Spent {
  readonly run: ClaimedRun;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly steps: number;
}

/** Why a run may not begin another step; undefined while it may. */
export function tooMuch({ run, clock, limits, steps }: Spent, path: string): ErrorRecord | undefined {
  if (steps >= limits.steps) {
    const message = `The run stopped before ${path}: it has come to the limit of ${limits.steps} steps. Split the flow, or raise MILLRACE_MAX_STEPS.`;
    return { code: 'run.too-many-steps', message, step: path, blame: 'author' };
  }
  if (clock.now() - run.startedAt <= limits.durationMs) return undefined;
  const days = Math.round(limits.durationMs / 86_400_000);
  const message = `The run stopped before ${path}: it has come to the limit of ${days} days. Raise MILLRACE_MAX_RUN_TIME if runs may take longer.`;
  return { code: 'run.too-long', message, step: path, blame: 'author' };
}
