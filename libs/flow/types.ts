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

export interface WebhookTrigger {
  readonly type: 'webhook';
  readonly credential?: string;
  readonly methods?: readonly string[];
  readonly accept?: readonly string[];
  readonly when?: Condition;
  readonly schema?: { readonly [keyword: string]: Json } | boolean;
  readonly dedupe?: Dedupe;
  readonly respond?: 'immediately' | FixedAnswer;
  readonly whenPaused?: 'hold' | 'refuse';
  /** The largest body accepted, `1mb`; see `parseSize`. */
  readonly limit?: string;
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

/** Ids of flows: they are file names and parts of URLs. */
export const flowIdPattern = '^[a-z0-9][a-z0-9-]{0,63}$';
