import type { EventRecord } from '@millrace/engine';
import { laneColumns } from './lanes.js';
import { jsonBytes } from './packing.js';
import { requestOf } from './rows.js';
import type { StartedRun } from './run-starter.js';

/** An event and the runs that it starts, each of a flow of its own. */
export interface Start {
  /** A new one, or the id of one that is kept. */
  readonly event: EventRecord | string;
  readonly runs: readonly (StartedRun & { readonly flowId: string })[];
}

/** The parameters $1 to $16 of the statements that `starts` makes. */
export function startColumns(all: readonly Start[]): unknown[] {
  const events = all.flatMap(({ event }) => (typeof event === 'string' ? [] : [event]));
  const runs = all.flatMap(({ event, runs: own }) => own.map((run) => ({ ...run, eventId: typeof event === 'string' ? event : event.id })));
  return [
    events.map(({ id }) => id),
    events.map(({ flowId }) => flowId),
    events.map(({ receivedAt }) => receivedAt),
    events.map((event) => Buffer.from(jsonBytes(requestOf(event)))),
    events.map(({ body }) => Buffer.from(body)),
    runs.map(({ id }) => id),
    runs.map(({ eventId }) => eventId),
    runs.map(({ flowId }) => flowId),
    runs.map(({ version }) => version),
    runs.map(({ status }) => status),
    runs.map(({ parent }) => parent ?? null),
    runs.map(({ awaited = false }) => awaited),
    runs.map(({ depth = 0 }) => depth),
    ...laneColumns(runs),
  ];
}
