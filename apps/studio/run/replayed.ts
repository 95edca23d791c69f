import type { EventView, RunView } from '../api/wire.js';

/** What a run is a replay of. */
export interface Replayed {
  readonly eventId: string;
  /** The newest run of the same flow that the event had made before; undefined where none is known. */
  readonly before: string | undefined;
}

/**
 * Undefined for a run that is no replay as far as is known. No run says so itself, its event does: an event makes one run of a flow
 * by itself, and every further one, that is no re-run, no call and no test, was asked for. One that came to a draft, or was made up, makes none.
 */
export function replayedIn(run: RunView, event: EventView | undefined): Replayed | undefined {
  if (!event || !isFirstHand(run)) return undefined;
  if (event.origin?.kind === 'replay' && event.origin.eventId !== undefined) return { eventId: event.origin.eventId, before: undefined };
  const earlier = event.runs.filter((other) => other.flowId === run.flowId && other.id < run.id && isFirstHand(other));
  const before = earlier
    .map(({ id }) => id)
    .sort()
    .at(-1);
  const startsNothing = event.draft || event.origin?.kind === 'sample';
  return before !== undefined || startsNothing ? { eventId: event.id, before } : undefined;
}

function isFirstHand({ rerunOf, parent, test, dry }: Pick<RunView, 'rerunOf' | 'parent' | 'test' | 'dry'>): boolean {
  return rerunOf === null && parent === null && !test && !dry;
}
