/** Who has to act before the same step can succeed. */
export type Blame = 'author' | 'remote' | 'operator';

/**
 * Whether the other side may have acted on the request that failed.
 * `no`: it certainly did not arrive (refused connection, DNS, 429, 503 with Retry-After); repeating it is harmless.
 * `maybe`: it was sent and nothing certain came back (timeout, reset, 5xx).
 * `yes`: the other side answered and refused it for good (most 4xx).
 */
export type Arrived = 'no' | 'maybe' | 'yes';

export interface StepErrorOptions {
  /** Stable, dotted, lower case: `http.429`, `timeout`, `network.refused`, `slack.channel-not-found`. */
  code: string;
  /** One sentence: what failed, and what to do next. */
  message: string;
  blame?: Blame;
  /** Whether trying again later can help at all. */
  retryable?: boolean;
  arrived?: Arrived;
  /** The pause the other side asked for, in milliseconds. */
  retryAfterMs?: number;
  /** HTTP status, where there was one. */
  status?: number;
  /** More for the run page: request line, response excerpt, paths. JSON, no secrets. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** The one error a step fails with. Everything else thrown by a component becomes `component.crashed`. */
export class StepError extends Error {
  readonly code: string;
  readonly blame: Blame;
  readonly retryable: boolean;
  readonly arrived: Arrived;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(options: StepErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StepError';
    this.code = options.code;
    this.blame = options.blame ?? 'author';
    this.retryable = options.retryable ?? false;
    this.arrived = options.arrived ?? 'maybe';
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
    this.details = options.details;
  }
}

/** True for a StepError from any copy of this module: plugins may resolve their own. */
export function isStepError(error: unknown): error is StepError {
  return error instanceof Error && error.name === 'StepError' && typeof (error as { code?: unknown }).code === 'string';
}
