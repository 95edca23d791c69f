import type { Json } from '@millrace/component-sdk';

/** One whole expression in `{{ }}`, or a constant. Missing values make it false. */
export type Condition = string | boolean;

export type Backoff = 'fixed' | 'exponential';

/** How often and when a failed step is tried again. Durations are texts such as `2s`; see `parseDuration`. */
export interface RetrySettings {
  readonly attempts?: number;
  readonly delay?: string;
  readonly backoff?: Backoff;
  readonly maxDelay?: string;
  readonly jitter?: boolean;
  /** Error codes that may be retried; `http.4xx` stands for a class. */
  readonly on?: readonly string[];
}

/** What looks the same on a step and in the flow's `defaults`: step over defaults over component. */
export interface StepSettings {
  readonly retry?: RetrySettings;
  readonly timeout?: string;
  readonly onError?: 'fail' | 'continue';
  readonly onCrash?: 'repeat' | 'stop';
}

export interface StepBase extends StepSettings {
  readonly id: string;
  readonly name?: string;
  readonly note?: string;
  /** The step is skipped unless this holds. */
  readonly when?: Condition;
}

/** Runs a component. */
export interface UseStep extends StepBase {
  readonly use: string;
  readonly credential?: string;
  readonly with?: { readonly [prop: string]: Json };
}

export interface IfStep extends StepBase {
  readonly if: Condition;
  readonly then: readonly Step[];
  readonly else?: readonly Step[];
}

export interface SwitchCase {
  /** A value or a list of values; with `switch: true` a condition. */
  readonly when: Json;
  readonly steps: readonly Step[];
}

/** Takes the first case that fits: equal to the value of `switch`, or, with `switch: true`, whose condition holds. */
export interface SwitchStep extends StepBase {
  readonly switch: string | true;
  readonly cases: readonly SwitchCase[];
  readonly default?: readonly Step[];
}

/** Names values; they become the step's output. */
export interface SetStep extends StepBase {
  readonly set: { readonly [name: string]: Json };
}

/** Ends the run. */
export interface StopStep extends StepBase {
  readonly stop: { readonly as: 'succeeded' | 'failed'; readonly message?: string };
}

export type Step = UseStep | IfStep | SwitchStep | SetStep | StopStep;

export interface Dedupe {
  /** Text with expressions of the accept subset; events with an equal key within the window run once. */
  readonly key: string;
  readonly window?: string;
}

export interface FixedAnswer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Json;
}

/** How many requests are let in: `limit` within `per`, evenly refilled, as many at once as have been saved up. */
export interface RateLimit {
  readonly limit: number;
  /** `1m`; see `parseDuration`. */
  readonly per: string;
  /** Text with expressions of the accept subset; each value is limited by itself. */
  readonly key?: string;
}

/** What is said about the requests that a URL takes, by the one flow it belongs to or by a shared endpoint. */
export interface RequestSettings {
  readonly credential?: string;
  readonly methods?: readonly string[];
  readonly accept?: readonly string[];
  /** Content codings that are undone: `gzip`, `deflate`, `br`. */
  readonly encodings?: readonly string[];
  readonly dedupe?: Dedupe;
  readonly rateLimit?: RateLimit;
  readonly respond?: 'immediately' | FixedAnswer;
  /** The largest body accepted, as sent and as decoded, `1mb`; see `parseSize`. */
  readonly limit?: string;
}

export interface WebhookTrigger extends RequestSettings {
  readonly type: 'webhook';
  /** The shared endpoint that the flow listens to, instead of having a URL of its own. */
  readonly endpoint?: string;
  readonly when?: Condition;
  readonly schema?: { readonly [keyword: string]: Json } | boolean;
  readonly whenPaused?: 'hold' | 'refuse';
}

/** A shared endpoint as `endpoints.json` declares it. */
export interface Endpoint extends RequestSettings {
  /** For people. */
  readonly name?: string;
  readonly icon?: string;
  readonly note?: string;
}

/** A flow file of format 1, read but not resolved: templates, durations and sizes are still texts. */
export interface Flow {
  readonly format: 1;
  readonly id: string;
  readonly name?: string;
  readonly note?: string;
  readonly enabled?: boolean;
  readonly trigger: WebhookTrigger;
  readonly defaults?: StepSettings;
  readonly steps: readonly Step[];
  /** Runs when a step failed for good; sees `error`. */
  readonly onError?: readonly Step[];
}

/** Ids of steps: letters, digits and underscores, so that `steps.<id>` is a plain path. */
export const stepIdPattern = '^[a-z][A-Za-z0-9_]*$';

/** Names of shared endpoints: keys of `endpoints.json` and parts of URLs. */
export const endpointNamePattern = '^(?!x-)[a-z0-9][a-z0-9-]{0,63}$';

/** Ids of flows: they are file names and parts of URLs. */
export const flowIdPattern = '^[a-z0-9][a-z0-9-]{0,63}$';
