import type { Changes } from '../api/wire.js';

/** The beginning of a query's key; all queries that begin so are loaded again. */
export type KeyPrefix = readonly string[];

/** Which queries a change makes old. */
export function affectedBy({ runs, events, refusals, flows }: Changes): KeyPrefix[] {
  const listed = runs.some(({ progress }) => !progress);
  return [
    ...(listed ? [['runs'], ['causes'], ['activity'], ['status']] : []),
    ...(runs.length > 0 ? [['outputs']] : []),
    ...runs.map(({ id }) => ['run', id]),
    // Lists of events name the runs.
    ...(listed || events.length > 0 ? [['events'], ['event']] : []),
    ...(refusals.length > 0 ? [['refusals'], ['activity']] : []),
    ...(flows ? [['flows'], ['flow'], ['drafts'], ['credentials'], ['endpoints'], ['status']] : []),
  ];
}
