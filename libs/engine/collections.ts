import type { EventRecord, Lane } from './records.js';

/** How a flow gathers events into runs. Durations in milliseconds. */
export interface CollectSettings {
  /** `debounce`: one run for the last event. `batch`: one run for all of them. */
  readonly kind: 'debounce' | 'batch';
  /** The quiet time after the last event, or the time since the first one. */
  readonly windowMs: number;
  /** The longest that events may put a debounced run off. */
  readonly maxWaitMs?: number | undefined;
  /** So many events close a batch. */
  readonly size?: number | undefined;
}

/** An event that is to be collected for a flow: it gets no run of its own. */
export interface Collecting extends CollectSettings {
  readonly flowId: string;
  /** Events are collected for the version that was live when they came, and its run is of that version. */
  readonly version: number;
  readonly key: string;
  /** How many calls and events stand above it. */
  readonly depth?: number;
}

/** Events that were collected and whose run is due. */
export interface DueCollection extends CollectSettings {
  readonly flowId: string;
  readonly version: number;
  /** Names it together with flow and version; not the key itself. */
  readonly key: string;
  /** Changes whenever it is closed, so that it is closed once. */
  readonly turn: string;
  readonly depth: number;
}

/** The first events of a collection, as many as one run takes. */
export interface CollectedEvents {
  /** In the order in which they were accepted; of a debounced burst only the last one. */
  readonly ids: readonly string[];
  readonly count: number;
  readonly bytes: number;
  /** The place of the last one in the order of its collection. */
  readonly upTo: number;
  /** When the first of those that stay came, where that is known; milliseconds since the epoch. */
  readonly nextAt: number | undefined;
}

/** What becomes of collected events. */
export interface CollectedRun {
  readonly id: string;
  readonly status: 'queued' | 'held' | 'paced';
  /** The event of the run: the last one by its id, or a new one that holds all. */
  readonly event: string | EventRecord;
  readonly lane?: Lane | undefined;
}

/** Events that wait for the run that they have together. Any number of processes may look. */
export interface Collections {
  /** Those that are due, the longest due first. `now` in milliseconds since the epoch; the store's own clock where it is absent. */
  due(limit: number, now?: number): Promise<DueCollection[]>;
  /** Milliseconds until the next one is due; undefined when there is none. */
  untilNext(now?: number): Promise<number | undefined>;
  first(collection: DueCollection): Promise<CollectedEvents>;
  /** Of the events that are still there, in the order of `ids`. */
  events(ids: readonly string[]): Promise<EventRecord[]>;
  /** Makes the run and takes its events out, as one change. False: somebody else has, or it has just changed; nothing was done. */
  close(collection: DueCollection, events: CollectedEvents, run: CollectedRun): Promise<boolean>;
}
