import type { Collecting } from './collections.js';
import type { AnswerFrom, ErrorRecord, EventRecord, Lane, Lease, Priority } from './records.js';

/** A run to be created together with its event. */
export interface NewRun {
  readonly id: string;
  readonly version: number;
  /**
   * `queued` waits for a runner, `running` is claimed at birth by `lease`, `held` waits until its flow is enabled again, `paced` until
   * the rate of its flow has room.
   */
  readonly status: 'queued' | 'running' | 'held' | 'paced' | 'failed';
  readonly lease?: Lease;
  /** Why the run is born failed (its body does not fit the trigger's schema). */
  readonly error?: ErrorRecord;
  readonly awaited?: AwaitedBy;
  readonly lane?: Lane | undefined;
  /** Of its flow; absent for the normal one. */
  readonly priority?: Priority | undefined;
}

/** The caller wants to know what the run answers. */
export interface AwaitedBy {
  readonly from: AnswerFrom;
  /** The process that keeps the caller waiting, to be rung; absent where the caller asks again. */
  readonly by?: string;
}

/** The run of a flow that listens to a shared endpoint. */
export interface ListenerRun extends NewRun {
  readonly flowId: string;
}

/** What the front door decided to keep of one request. */
export interface Acceptance {
  readonly event: EventRecord;
  /** The run of the flow whose URL it is. Absent when the trigger's `when` did not hold; `event.unmatched` then says which clause. */
  readonly run?: NewRun;
  /** At a shared endpoint: the runs of the flows that listen to it, written with the event or not at all. */
  readonly listeners?: readonly ListenerRun[];
  /** The flows that collect the event instead of running for it, each once; written with the event or not at all. */
  readonly collects?: readonly Collecting[];
  /** The event is kept only if no other one took the key within its window. */
  readonly dedupe?: { readonly key: string; readonly windowMs: number };
}

export type Accepted =
  | {
      readonly kind: 'stored';
      /** Runs that stand in line in their lanes: none of them is claimed, nor to be had before the store says so. */
      readonly behind?: readonly string[];
    }
  | { readonly kind: 'duplicate'; readonly eventId: string };

/**
 * Where accepted requests are written down. Resolves after the commit, never before it; rejects when nothing certain
 * is known to be written, and then the caller must be told to come again.
 */
export interface EventStore {
  accept(acceptance: Acceptance): Promise<Accepted>;
}

/** A request turned away, for the flow's owner. */
export interface Refusal {
  readonly id: string;
  readonly flowId: string;
  readonly at: number;
  readonly status: number;
  readonly code: string;
  /** For the owner, never for the caller. */
  readonly reason: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly caller?: string;
  /** What was found out about the reason, as JSON. For the owner, too. */
  readonly diagnosis?: object;
}
