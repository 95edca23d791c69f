import type { Blame, EventFile, Json } from '@millrace/component-sdk';

/** The life of a run. The first three are active, the rest are ends. `filtered`: the trigger's `when` did not hold. */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'filtered';
export type RunEnd = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled' | 'filtered'>;

/** An error as it is stored and shown. */
export interface ErrorRecord {
  code: string;
  message: string;
  /** Path of the step that failed, whichever attempt of the steps around it; absent when the run failed outside any step. */
  step?: string;
  blame?: Blame;
  status?: number;
  attempt?: number;
  /** Might pass, and is not tried again all the same: what the step did may have happened, and would then happen twice. */
  unsafeToRepeat?: true;
  /** For how long the other side asked not to be asked again, in milliseconds. */
  retryAfterMs?: number;
  details?: Record<string, unknown>;
}

/**
 * What one journal row says of its step.
 * `started`: written before a step that must not be repeated after a crash (`onCrash: "stop"`).
 * `waiting`: the step waits for a time, a request or another run.
 * `skipped`: a condition left it out; or, with a `resumeAt`, it waited and was given up, because what it stands in was over.
 * `retrying`: this attempt failed and another one is due. `failed`: the last attempt failed.
 */
export type StepRowStatus = 'started' | 'waiting' | 'succeeded' | 'skipped' | 'retrying' | 'failed';

/** One row of the journal: a completed attempt of a component step, or a decision (branch, `set`, skip). */
export interface StepRow {
  /** Ids from the outermost loop inwards: `contact`, or `each[3].notify` in the fourth item of the loop `each`. */
  path: string;
  /** 1-based. Decisions have attempt 1. */
  attempt: number;
  status: StepRowStatus;
  /** The step's kind (`use`, `if`, …), `item` for a finished item of a loop, `cursor` for how far a loop has come, `timer` for the time that a step with steps inside may take, `tries` for how an attempt of such a step ended. */
  kind: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  finishedAt: number;
  input?: Json;
  output?: Json;
  error?: ErrorRecord;
  /** Due time of the next attempt, for `retrying`. */
  retryAt?: number;
  /** When the first attempt began, for `retrying`. */
  firstStartedAt?: number;
  /** When a `waiting` step goes on, or gives up waiting. */
  resumeAt?: number;
  /** Of a component step that is `waiting`: the credential whose rate it waits for. Its attempt has not begun. */
  rateOf?: string;
  /** How often a process died while this attempt was in flight; counted only once the run is under suspicion. */
  deaths?: number;
  /** In a test or a re-run: where its result comes from instead of the step itself. */
  given?: Given;
}

/** Whether a step waited and was given up, because what it stands in was over. */
export function isGivenUp({ status, resumeAt }: Pick<StepRow, 'status' | 'resumeAt'>): boolean {
  return status === 'skipped' && resumeAt !== undefined;
}

/**
 * What stands in place of doing a step. `recorded`: what a run gave; in a re-run, the one that it repeats. `pinned`, `assumed`:
 * in a test, a pinned sample, or a failure for a handler to handle.
 */
export type Given = 'recorded' | 'pinned' | 'assumed';

/** What a person is asked, as the row of the `wait` that asks has it for its input: evaluated once, when the step began. */
export type Question = {
  readonly title: string;
  readonly text?: string;
};

/** What names one row of a run's journal. */
export type StepKey = Pick<StepRow, 'path' | 'attempt'>;

/** What identifies a claim of a run: transitions of any other claim are refused. */
export interface Lease {
  readonly runner: string;
  /** Counts the claims of this run. */
  readonly claim: number;
}

/**
 * What a run stands in line for. Of the runs of a flow whose key is equal, `limit` go on at a time, in the order of their
 * commits: a run has its turn from its first claim to its end, through all its waits and retries.
 */
export interface Lane {
  /** Empty for the lane of all runs of the flow, and for what has no key. */
  readonly key: string;
  readonly limit: number;
}

/** Of a flow whose runs are taken before others when many wait, or after them: as though they had come a minute earlier, or later. */
export type Priority = 'high' | 'low';

/** A run as its runner holds it. */
export interface ClaimedRun {
  readonly id: string;
  readonly flowId: string;
  readonly version: number;
  readonly eventId: string;
  readonly lease: Lease;
  /** Milliseconds since the epoch; never changes once set. */
  readonly startedAt: number;
  /** How many leases in a row expired without the journal growing. */
  readonly crashes: number;
  /** How many `call` steps stand above this run. */
  readonly depth?: number;
  /** Somebody waits for what the run gives: its output is to be kept with its end. */
  readonly awaited?: boolean;
  /** A rehearsal: components that act outside are not run, they answer with what they gave before or with a sample. */
  readonly dry?: boolean;
  /** A test of a draft, or a run that one called: each step is tried once, waits end at once, and what is given is not done. */
  readonly test?: boolean;
  /** It has its turn in a lane, which its end gives to the next. */
  readonly laned?: boolean;
}

/** What proved where a request came from: names, never values. */
export interface VerifiedBy {
  readonly credential: string;
  /** Which of several secrets matched. */
  readonly secret?: string;
  /** True while the sender still uses an older one than the current. */
  readonly old?: true;
}

/** An accepted request, immutable, exact bytes kept. */
export interface EventRecord {
  readonly id: string;
  /** The flow whose URL took it, or `endpoints/<name>` for a shared endpoint, which belongs to no flow. */
  readonly flowId: string;
  readonly receivedAt: number;
  readonly method: string;
  /** Path and raw query, without the secrets a credential carried there. */
  readonly url: string;
  /** Lower-case names, as received, without the headers that carried a credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The trigger's `when` clause, where it did not hold and so no run was created. */
  readonly unmatched?: string;
  /** The same by listening flow, at a shared endpoint. */
  readonly unmatchedBy?: Readonly<Record<string, string>>;
  /** It came while the flow was a draft and no version was live, and so no run was created. */
  readonly draft?: true;
  readonly verified?: VerifiedBy;
  /** Caller's address as the front door saw it. */
  readonly caller?: string;
  /** What the event comes from, where it is not a request. */
  readonly origin?: Origin;
}

/** Where an event comes from that no request brought. */
export type Origin =
  | { readonly kind: 'schedule'; /** The time it is for, milliseconds since the epoch. */ readonly at: number }
  | { readonly kind: 'event'; readonly name: string; /** The run that emitted it. */ readonly runId?: string }
  | { readonly kind: 'call'; readonly runId: string; /** The step that called. */ readonly path: string }
  | { readonly kind: 'api'; /** The name that the event stands for, where the flow listens to events. */ readonly event?: string }
  | { readonly kind: 'batch'; /** How many events it is made of. */ readonly count: number }
  | { readonly kind: 'rerun'; readonly runId: string }
  | { readonly kind: 'replay'; readonly eventId: string }
  | { readonly kind: 'sample' };

/** What the caller of the front door waits for: the first `respond` step, or the end of the run. */
export type AnswerFrom = 'step' | 'end';

/** What a `respond` step says to the caller. */
export interface FlowResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/**
 * What a run has to say to the caller who waits for it. A response counts however the run ends; `output` is there when it
 * succeeded without one and the caller waits for the end.
 */
export type RunAnswer =
  | { readonly kind: 'none'; readonly status: RunStatus | 'held' }
  | { readonly kind: 'response'; readonly response: FlowResponse }
  | { readonly kind: 'end'; readonly status: RunEnd; readonly output?: Json };

/** How a run ended. */
export interface RunResult {
  readonly status: RunEnd;
  readonly error?: ErrorRecord;
  /** What the run gives to whoever awaits it: the body of its `respond` step, else the last step's output. */
  readonly output?: Json;
  /** What its `respond` step said, which is journalled already. */
  readonly response?: FlowResponse;
}

/** What expressions see as `trigger`. */
export interface TriggerView {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The files of the body; absent where there is no request. */
  readonly files?: readonly EventFile[];
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly method: string;
  readonly id: string;
  readonly receivedAt: string;
  /** The name of an emitted event. */
  readonly event?: string;
}

/** What expressions of a run see. Grows as steps finish. */
export interface RunScope {
  readonly trigger: TriggerView;
  readonly steps: Record<string, unknown>;
  readonly run: { readonly id: string; readonly startedAt: string };
  readonly flow: { readonly id: string };
  /** By step id: where the request that resumes a `wait` is to be sent. */
  readonly resume?: Readonly<Record<string, { readonly url: string }>>;
  readonly error?: ErrorRecord;
  /** Inside loops: `item` (or what `as` calls it) and `index`. */
  readonly [loopVariable: string]: unknown;
}
