import type { Changes } from '../api/wire.js';

/** The beginning of a query's key; all queries that begin so are loaded again. */
export type KeyPrefix = readonly string[];

/** Which queries a change makes old. */
export function affectedBy({ runs, events, refusals, flows }: Changes): KeyPrefix[] {
  return [
    ...(runs.length > 0 ? [['runs'], ['activity'], ['status']] : []),
    ...runs.map(({ id }) => ['run', id]),
    ...(events.length > 0 ? [['events']] : []),
    ...(runs.length > 0 || events.length > 0 ? [['event']] : []),
    ...(refusals.length > 0 ? [['refusals'], ['activity']] : []),
    ...(flows ? [['flows'], ['flow'], ['credentials'], ['status']] : []),
  ];
}
