import { statusAtBirth, type LiveFlow } from '@millrace/catalog';
import { batchEvent, laneOfEvent, type CollectedEvents, type CollectedRun, type Collections, type DueCollection } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';

export interface CollectorParts {
  readonly collections: Collections;
  /** What is live, from memory. */
  flow(id: string): Pick<LiveFlow, 'enabled' | 'lane' | 'rate'> | undefined;
  newId(): string;
  /** Milliseconds since the epoch; absent: the store's own clock decides what is due. */
  readonly now?: () => number;
  /** Runs are due: look now. */
  ring(): void;
  readonly log: Log;
}

/** How many collections are looked at in one go. */
const AT_A_TIME = 50;

/** Gives collected events their run when they are due. Any number of processes may: each collection is closed by one of them. */
export class Collector {
  constructor(private readonly parts: CollectorParts) {}

  /** Closes everything that is due. Answers when to look again at the latest, in milliseconds; undefined: nothing is open. */
  async round(): Promise<number | undefined> {
    const { collections, now } = this.parts;
    const seen = new Set<string>();
    for (;;) {
      const due = await collections.due(AT_A_TIME, now?.());
      const fresh = due.filter(({ turn }) => !seen.has(turn));
      for (const collection of fresh) await this.tended(collection);
      for (const { turn } of fresh) seen.add(turn);
      if (fresh.length === 0) return due.length > 0 ? undefined : collections.untilNext(now?.());
    }
  }

  /** One that cannot be closed does not hold up the others. */
  private async tended(collection: DueCollection): Promise<void> {
    try {
      if (await this.close(collection)) this.parts.ring();
    } catch (error) {
      const { flowId: flow } = collection;
      this.parts.log.error({ flow, err: error }, 'Collected events could not be given their run; trying again');
    }
  }

  private async close(collection: DueCollection): Promise<boolean> {
    const first = await this.parts.collections.first(collection);
    if (first.count === 0) return false;
    return this.parts.collections.close(collection, first, await this.runOf(collection, first));
  }

  /** As for single events: a flow that is paused takes its runs up later, and runs of lanes and rates stand in line. */
  private async runOf({ flowId, kind }: DueCollection, { ids }: CollectedEvents): Promise<CollectedRun> {
    const { collections, newId, now = Date.now } = this.parts;
    const flow = this.parts.flow(flowId);
    const events = await collections.events(ids);
    // All of a batch are of one lane: the checker sees to that.
    const lane = flow?.lane && events[0] && (await laneOfEvent(flow.lane, events[0]));
    const run = { id: newId(), status: flow ? statusAtBirth(flow) : ('queued' as const), lane };
    if (kind === 'debounce') return { ...run, event: ids.at(-1)! };
    return { ...run, event: await batchEvent(flowId, newId(), now(), events) };
  }
}
