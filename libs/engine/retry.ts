import type { Idempotency, RetryDefaults, StepError } from '@millrace/component-sdk';
import { parseDuration, type RetrySettings } from '@millrace/flow';
import type { ErrorRecord } from './records.js';
import { plainPath } from './tries.js';

/** A policy with every value decided. Durations in milliseconds. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly maxDelayMs: number;
  /** No attempt begins later than this after the first one began. */
  readonly deadlineMs: number;
  readonly jitter: boolean;
  /** Codes that are retried; undefined means every error that says it may be. */
  readonly on: readonly string[] | undefined;
  /** The step itself named `on`: its author takes responsibility for repeats. */
  readonly stepNamesCodes: boolean;
}

const BUILT_IN: Required<Omit<RetrySettings, 'on' | 'deadline'>> = {
  attempts: 4,
  delay: '2s',
  backoff: 'exponential',
  maxDelay: '1m',
  jitter: true,
};

/** The longest pause that the other side may ask for. */
const MAX_PAUSE_MS = 24 * 3600 * 1000;

/** Key by key: the step over the flow's `defaults` over the component's own over the built-in. */
export function retryPolicy(step?: RetrySettings, flow?: RetrySettings, component?: RetryDefaults): RetryPolicy {
  const merged: typeof BUILT_IN & RetrySettings = { ...BUILT_IN, ...component, ...flow, ...step };
  return {
    attempts: merged.attempts,
    delayMs: parseDuration(merged.delay),
    backoff: merged.backoff,
    maxDelayMs: parseDuration(merged.maxDelay),
    deadlineMs: merged.deadline === undefined ? Infinity : parseDuration(merged.deadline),
    jitter: merged.jitter,
    on: merged.on,
    stepNamesCodes: step?.on !== undefined,
  };
}

/** Pause before the attempt after `attempt`, in milliseconds, or undefined when the error is final. */
export function retryDelay(
  policy: RetryPolicy,
  attempt: number,
  error: StepError,
  idempotent: Idempotency,
  random: () => number,
): number | undefined {
  if (attempt >= policy.attempts || !mayRetry(policy, error, idempotent)) return undefined;
  return Math.max(backoff(policy, attempt, random), pauseAskedFor(error));
}

/**
 * The same after the step with steps inside at `path` failed. Its author asked for all of it to be done again, so that without `on`
 * every failure is tried again but the limit of its own rounds; those that end the run are not asked about.
 */
export function blockDelay(
  policy: RetryPolicy,
  attempt: number,
  error: ErrorRecord,
  path: string,
  random: () => number,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  if (policy.on ? !policy.on.some((pattern) => matchesCode(pattern, error.code)) : isOwnLimit(error, path)) return undefined;
  return Math.max(backoff(policy, attempt, random), pauseAskedFor(error));
}

/** A `repeat` that ran all its rounds would run them again. For one further in that is not so: what stands before it is done anew. */
function isOwnLimit({ code, step = '' }: ErrorRecord, path: string): boolean {
  const [own, at] = [plainPath(path), plainPath(step)];
  return code === 'repeat.limit' && at.startsWith(own) && /^\[\d+\]$/.test(at.slice(own.length));
}

/** A component may hand on any number it was sent; one that is no time at all must not become a due time. */
function pauseAskedFor({ retryAfterMs }: { readonly retryAfterMs?: number | undefined }): number {
  return Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs!, MAX_PAUSE_MS) : 0;
}

/** Whether attempts are left for an error that may pass, and the only thing against one is that it might act twice. */
export function isUnsafeToRepeat(policy: RetryPolicy, attempt: number, error: StepError, idempotent: Idempotency): boolean {
  return attempt < policy.attempts && !policy.stepNamesCodes && isUseful(policy, error) && !isSafe(error, idempotent);
}

/** Whether repeating is both useful and safe; `on` narrows what is useful, and only the step's own `on` widens what is safe. */
function mayRetry(policy: RetryPolicy, error: StepError, idempotent: Idempotency): boolean {
  if (policy.stepNamesCodes) return isNamed(policy, error) === true;
  return isUseful(policy, error) && isSafe(error, idempotent);
}

function isUseful(policy: RetryPolicy, error: StepError): boolean {
  return error.retryable && isNamed(policy, error) !== false;
}

/** Undefined where no codes are named. */
function isNamed({ on }: RetryPolicy, { code }: StepError): boolean | undefined {
  return on?.some((pattern) => matchesCode(pattern, code));
}

function isSafe({ arrived }: StepError, idempotent: Idempotency): boolean {
  return idempotent !== 'no' || arrived === 'no';
}

/** `http.5xx` and `http.*` are patterns over `http.503`; anything else is compared whole. */
export function matchesCode(pattern: string, code: string): boolean {
  if (pattern === code) return true;
  if (pattern.endsWith('.*')) return code.startsWith(pattern.slice(0, -1));
  const family = /^http\.([1-5])xx$/.exec(pattern);
  return family !== null && new RegExp(`^http\\.${family[1]}\\d\\d$`).test(code);
}

/** Full delay growth capped at `maxDelay`; jitter takes up to half away, so that failures do not come back in step. */
function backoff(policy: RetryPolicy, attempt: number, random: () => number): number {
  const factor = policy.backoff === 'exponential' ? 2 ** (attempt - 1) : 1;
  const delay = Math.min(policy.delayMs * factor, policy.maxDelayMs);
  return Math.round(policy.jitter ? delay * (1 - random() / 2) : delay);
}
