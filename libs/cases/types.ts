import type { Json } from '@millrace/component-sdk';

/** One case of a flow: what comes in, what the other sides answer, and what is to be seen of the run. */
export interface FlowCase {
  readonly name: string;
  readonly note?: string;
  /** ISO 8601 with its zone: when the event comes in. */
  readonly now?: string;
  readonly event?: CaseEvent;
  /** By step path; a list answers one request after the other, a single one answers all. */
  readonly replies?: Readonly<Record<string, Reply | readonly Reply[]>>;
  /** By step path: the body of the request that resumes a `wait` for a webhook. */
  readonly resume?: Readonly<Record<string, Json>>;
  readonly expect: Expectation;
}

export interface CaseEvent {
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly method?: string;
  /** The name of an emitted event. */
  readonly name?: string;
}

/** A response; or an `error` of the network; or the `output` that the step gives without its component being run. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, everything else as JSON. */
  readonly body?: Json;
  readonly error?: NetworkError;
  readonly output?: Json;
}

/** `timeout`: the request was sent and no answer came. `refused`, `dns`: it was never sent. `reset`: the connection broke after it was. */
export type NetworkError = 'timeout' | 'refused' | 'dns' | 'reset';
export const networkErrors: readonly NetworkError[] = ['timeout', 'refused', 'dns', 'reset'];

/** `filtered`: the trigger's `when` did not hold. `refused`: the request was turned away for its body or its key. */
export type CaseEnd = 'succeeded' | 'failed' | 'cancelled' | 'filtered' | 'refused';
export const caseEnds: readonly CaseEnd[] = ['succeeded', 'failed', 'cancelled', 'filtered', 'refused'];

/** Everything here is compared in part: of an object only the keys that are named. */
export interface Expectation {
  /** `succeeded` where the case is silent. */
  readonly run?: CaseEnd;
  readonly error?: Json;
  /** What the run gives to whoever awaits it. */
  readonly output?: Json;
  /** What its `respond` step answers. */
  readonly response?: Json;
  /** By step path. One request, or all of them in their order; an empty list: none. */
  readonly requests?: Readonly<Record<string, ExpectedRequest | readonly ExpectedRequest[]>>;
  readonly steps?: Readonly<Record<string, ExpectedStep>>;
}

export interface ExpectedRequest {
  readonly method?: string;
  /** Without its query, unless it has one here. */
  readonly url?: string;
  readonly query?: Json;
  readonly headers?: Readonly<Record<string, Json>>;
  /** Parsed where it is JSON or a form, else its text. */
  readonly body?: Json;
}

export interface ExpectedStep {
  readonly status?: StepEnd;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: Json;
  readonly attempts?: number;
  /** Of `if`: `then` or `else`. Of `switch`: the number of the case from 0, or `default`. */
  readonly branch?: string | number;
}

/** `not-run`: the flow never came there, or its `when` did not hold for it (`skipped`). */
export type StepEnd = 'succeeded' | 'failed' | 'skipped' | 'not-run';
export const stepEnds: readonly StepEnd[] = ['succeeded', 'failed', 'skipped', 'not-run'];

/** A request that a step made, as the other side would have seen it. */
export interface SentRequest {
  readonly path: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}
