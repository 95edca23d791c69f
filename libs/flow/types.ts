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
  /** No further attempt begins later than this after the first one began. */
  readonly deadline?: string;
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

/** Runs a list of steps once per item. Its output is one entry per item: the last step's output, or `{ error }`. */
export interface ForEachStep extends StepBase {
  /** An expression that gives a list, or the list itself. */
  readonly forEach: string | readonly Json[];
  readonly steps: readonly Step[];
  /** What the item is called inside; `item` where the file is silent. */
  readonly as?: string;
  /** How many items are worked on at a time; 1 where the file is silent. */
  readonly concurrency?: number;
  /** What an item that fails does to the loop: ends it (`fail`, the default), or leaves `{ error }` as its entry. */
  readonly onItemError?: 'fail' | 'continue';
}

/** Runs a list of steps again and again, while a condition holds. Its output is one entry per round: the last step's output. */
export interface RepeatStep extends StepBase {
  readonly repeat: readonly Step[];
  /** Asked after every round, seeing what its steps gave: another round follows where it holds. */
  readonly while: Condition;
  /** The most rounds; the step fails where `while` still holds after the last of them. 100 where the file is silent. */
  readonly limit?: number;
}

/** Runs named branches side by side and joins them. Its output is `{ <branch>: the last step's output }`. */
export interface ParallelStep extends StepBase {
  readonly parallel: { readonly [branch: string]: readonly Step[] };
  /** `fail-fast` (the default): the others stop at their next step. `wait-all`: they finish, then the step fails. */
  readonly onBranchError?: 'fail-fast' | 'wait-all';
}

/** Runs steps; `catch` takes over from one that fails, `finally` runs either way. */
export interface TryStep extends StepBase {
  readonly try: readonly Step[];
  /** Sees `error`. Without it the failure goes on after `finally`. */
  readonly catch?: readonly Step[];
  /** The error codes that `catch` takes; all where the file is silent. `http.4xx` stands for a class. */
  readonly on?: readonly string[];
  readonly finally?: readonly Step[];
}

export interface WaitForWebhook {
  /** Verifies the request that resumes the run, beside the signature that its URL carries. */
  readonly credential?: string;
  /** After this the step fails with `wait.timeout`; `7d` where the file is silent. */
  readonly timeout?: string;
}

/** Suspends the run: for a duration, until a time, or until a request comes to the step's resume URL. */
export interface WaitStep extends StepBase {
  readonly wait:
    | { /** A duration such as `10m`, or an expression that gives one or a number of milliseconds. */ readonly for: string }
    | { /** An ISO 8601 time with its zone, or an expression that gives one or milliseconds since the epoch. */ readonly until: string }
    | { readonly webhook: WaitForWebhook };
}

/** Runs another flow. Awaited, its output is that flow's output, else `{ runId }`. */
export interface CallStep extends StepBase {
  /** The id of the flow; never an expression, so that cycles are found before anything runs. */
  readonly call: string;
  readonly input?: Json;
  /** True where the file is silent. */
  readonly await?: boolean;
}

/** Answers the HTTP caller who waits for this run; the run goes on. */
export interface RespondStep extends StepBase {
  readonly respond: {
    /** 200 where the file is silent. */
    readonly status?: number | string;
    readonly headers?: { readonly [name: string]: string };
    readonly body?: Json;
  };
}

export type Step =
  | UseStep
  | IfStep
  | SwitchStep
  | SetStep
  | StopStep
  | ForEachStep
  | RepeatStep
  | ParallelStep
  | TryStep
  | WaitStep
  | CallStep
  | RespondStep;

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

/**
 * The caller waits for its run: for what the first `respond` step says (`step`), or for the end (`end`), which the text
 * `when-finished` says too.
 */
export interface AwaitedAnswer {
  readonly from: 'step' | 'end';
  /** How long the caller is kept, `10s` where the file is silent; see `parseDuration`. */
  readonly deadline?: string;
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
  readonly respond?: 'immediately' | 'when-finished' | FixedAnswer | AwaitedAnswer;
  /** The largest body accepted, as sent and as decoded, `1mb`; see `parseSize`. */
  readonly limit?: string;
}

/** Whether the caller waits for the run. */
export function isAwaited(respond: RequestSettings['respond']): respond is 'when-finished' | AwaitedAnswer {
  return respond === 'when-finished' || (typeof respond === 'object' && 'from' in respond);
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

/** Starts runs by the clock. Exactly one of `cron` and `every`. */
export interface ScheduleTrigger {
  readonly type: 'schedule';
  /** Five fields (minute, hour, day of month, month, day of week), or six with seconds first. */
  readonly cron?: string;
  /** An interval such as `15m`, counted from midnight of 1 January 1970 in UTC, so that it does not drift. */
  readonly every?: string;
  /** IANA name of the zone that `cron` is read in; `UTC` where the file is silent. */
  readonly timezone?: string;
  /** When the run before is still active: leave this one out (`skip`, the default), run it afterwards, or run both. */
  readonly overlap?: 'skip' | 'queue' | 'allow';
  /** Times missed while nothing ran: none of them, one run for the latest (`latest`, the default), or one for each (at most 100). */
  readonly catchUp?: 'none' | 'latest' | 'all';
}

/** Starts a run for each event of a name that a producer, a step or the system emitted. */
export interface EventTrigger {
  readonly type: 'event';
  /** `order.paid`, `flow.failed`; `order.*` takes all that begin so. */
  readonly event: string;
  readonly when?: Condition;
}

/** Started by other flows' `call` steps and by the API only. */
export interface CallTrigger {
  readonly type: 'call';
  /** JSON Schema of the input. */
  readonly input?: { readonly [keyword: string]: Json } | boolean;
}

export type Trigger = WebhookTrigger | ScheduleTrigger | EventTrigger | CallTrigger;

export type TriggerType = Trigger['type'];

/** How many runs of a flow go on at a time; with `key`, how many of those whose key is equal. First come, first served. */
export interface Concurrency {
  /** Text with expressions of the accept subset. */
  readonly key?: string;
  readonly limit: number;
}

/** How many runs of a flow begin within a time; the others wait, in order. */
export interface Rate {
  readonly limit: number;
  /** A duration such as `1m`. */
  readonly per: string;
}

/** Runs once for a burst of events: for the last one, `window` after it came. */
export interface Debounce {
  readonly key?: string;
  readonly window: string;
  /** The longest that a burst may put the run off. */
  readonly maxWait?: string;
}

/** Collects events and runs once for the list, which the flow sees as `trigger.body.items`. */
export interface Batch {
  readonly key?: string;
  readonly window: string;
  /** A full batch does not wait for the window's end. */
  readonly size?: number;
}

/** A flow file of format 1, read but not resolved: templates, durations and sizes are still texts. */
export interface Flow {
  readonly format: 1;
  readonly id: string;
  readonly name?: string;
  readonly note?: string;
  readonly enabled?: boolean;
  readonly trigger: Trigger;
  readonly defaults?: StepSettings;
  readonly concurrency?: Concurrency;
  readonly rate?: Rate;
  /** Which runs are taken first when many wait; `normal` where the file is silent. */
  readonly priority?: 'high' | 'normal' | 'low';
  readonly debounce?: Debounce;
  readonly batch?: Batch;
  readonly steps: readonly Step[];
  /** Runs when a step failed for good; sees `error`. */
  readonly onError?: readonly Step[];
}

/** Ids of steps: letters, digits and underscores, so that `steps.<id>` is a plain path. */
export const stepIdPattern = '^[a-z][A-Za-z0-9_]*$';

/** Names of shared endpoints: keys of `endpoints.json` and parts of URLs. */
export const endpointNamePattern = '^([a-wyz0-9][a-z0-9-]{0,63}|x([a-z0-9][a-z0-9-]{0,62})?)$';

/** Ids of flows: they are file names and parts of URLs. */
export const flowIdPattern = '^[a-z0-9][a-z0-9-]{0,63}$';
