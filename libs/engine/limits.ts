import type { Clock } from './ports.js';
import type { ClaimedRun, ErrorRecord } from './records.js';
import { plainPath } from './tries.js';

/** What one run may take. */
export interface Limits {
  /** Journalled steps and decisions, the items of loops and what is in them included. */
  readonly steps: number;
  /** From its start to the beginning of its last step, in milliseconds; waits count. */
  readonly durationMs: number;
  /** Items of one loop. */
  readonly items: number;
  /** Finished items of one loop that keep the rows of their steps: so many, and so many more in which something happened. */
  readonly keptItems: number;
  /** How many `call` steps may stand above a run. */
  readonly depth: number;
  /** What one component may give, in bytes of JSON. */
  readonly outputBytes: number;
  /** What the steps of a run are given and give, all together, in bytes of JSON; finished items of loops included. */
  readonly journalBytes: number;
}

const MIB = 1024 * 1024;

export const defaultLimits: Limits = {
  steps: 100_000,
  durationMs: 90 * 24 * 3600 * 1000,
  items: 100_000,
  keptItems: 20,
  depth: 20,
  outputBytes: 32 * MIB,
  journalBytes: 512 * MIB,
};

/** Steps that `onError` may take when the run has come to its limit: somebody must be told. */
const STEPS_OF_GRACE = 1_000;

/** The limits of `onError`, after so many steps. */
export function graceOf(limits: Limits, steps: number): Limits {
  return { ...limits, steps: Math.max(limits.steps, steps + STEPS_OF_GRACE), durationMs: Infinity, journalBytes: Infinity };
}

interface Spent {
  readonly run: ClaimedRun;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly steps: number;
  readonly bytes: number;
}

/** Why a run may not begin another step; undefined while it may. */
export function tooMuch({ run, clock, limits, steps, bytes }: Spent, path: string): ErrorRecord | undefined {
  if (steps >= limits.steps) {
    const message = `The run stopped before ${path}: it has come to the limit of ${limits.steps} steps. Split the flow, or raise MILLRACE_MAX_STEPS.`;
    return { code: 'run.too-many-steps', message, step: plainPath(path), blame: 'author' };
  }
  if (bytes > limits.journalBytes) {
    const message = `The run stopped before ${path}: what its steps gave takes more than ${sizeText(limits.journalBytes)}. Keep less of it (\`set\` what is needed, work page by page), or raise MILLRACE_MAX_JOURNAL.`;
    return { code: 'run.journal-too-large', message, step: plainPath(path), blame: 'author' };
  }
  if (clock.now() - run.startedAt <= limits.durationMs) return undefined;
  const message = `The run stopped before ${path}: it has come to the limit of ${timeText(limits.durationMs)}. Raise MILLRACE_MAX_RUN_TIME if runs may take longer.`;
  return { code: 'run.too-long', message, step: plainPath(path), blame: 'author' };
}

/** `32 MiB`, in the largest unit that does not round it to nothing. */
export function sizeText(bytes: number): string {
  const [divisor, unit] = bytes >= MIB ? [MIB, 'MiB'] : bytes >= 1024 ? [1024, 'KiB'] : [1, 'bytes'];
  return `${Math.round((bytes / divisor) * 10) / 10} ${unit}`;
}

export function timeText(ms: number): string {
  const [divisor, unit] = ms >= 86_400_000 ? [86_400_000, 'days'] : ms >= 3_600_000 ? [3_600_000, 'hours'] : [1_000, 'seconds'];
  return `${Math.round((ms / divisor) * 10) / 10} ${unit}`;
}
