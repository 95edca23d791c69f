import { statusAtBirth, type Catalog, type LiveFlow } from '@millrace/catalog';
import { StepError } from '@millrace/component-sdk';
import { laneOfEvent, type EventRecord, type Lane } from '@millrace/engine';
import type { PostgresCollections, PostgresHistory, Rerun } from '@millrace/postgres';

/** What re-runs and replays are made of. */
export interface RepeatParts {
  readonly catalog: Pick<Catalog, 'flow' | 'endpoint' | 'plan'>;
  readonly history: Pick<PostgresHistory, 'event' | 'journal' | 'runs'>;
  readonly collections: Pick<PostgresCollections, 'collectedBy'>;
  newId(): string;
}

/** How it begins. A rehearsal is not counted towards a rate. */
export function statusOf(live: LiveFlow | undefined, dry: boolean): Rerun['status'] {
  const status = live ? statusAtBirth(live) : 'queued';
  return dry && status === 'paced' ? 'queued' : status;
}

/** Whatever is run again stands in line like anything else, by what the live version says of lanes. */
export async function laneOf(
  live: LiveFlow | undefined,
  event: string | EventRecord,
  { history }: Pick<RepeatParts, 'history'>,
): Promise<Lane | undefined> {
  if (!live?.lane) return undefined;
  const kept = typeof event === 'string' ? await history.event(event) : event;
  return kept && laneOfEvent(live.lane, kept);
}

/** Throws a StepError when none can run. */
export function liveVersion(live: LiveFlow | undefined, id: string): number {
  if (live?.trigger) return live.version;
  throw refused('flow.not-enabled', `No version of ${id} can run now: ${live?.problems[0]?.message ?? 'the flow is gone'}`);
}

/** What whoever asked for it can see to. */
export function refused(code: string, message: string): StepError {
  return new StepError({ code, message, blame: 'operator', arrived: 'no' });
}
