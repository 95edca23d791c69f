import { statusAtBirth, type LiveFlow } from '@millrace/catalog';
import type { Json } from '@millrace/component-sdk';
import {
  checkEmission,
  collecting,
  holdsFor,
  isTooDeep,
  listensTo,
  triggerOf,
  type Collecting,
  type Emission,
  type EventRecord,
  type TriggerView,
} from '@millrace/engine';
import type { EventTrigger } from '@millrace/flow';
import type { PostgresOutbox, Start, StoredEmission } from '@millrace/postgres';
import type { Log } from '@millrace/telemetry';

export interface EmitterParts {
  readonly outbox: PostgresOutbox;
  /** What is live, from memory. */
  flows(): readonly LiveFlow[];
  newId(): string;
  /** Where this server is reached, without a trailing slash. */
  publicUrl(): string;
  /** Runs are due: look now. */
  ring(): void;
  /** Bytes that the data of an event may have. */
  readonly maxBytes: number;
  readonly log: Log;
}

/** What became of an event that was emitted and delivered at once. */
export interface EmittedNow {
  readonly eventId: string;
  readonly runIds: readonly string[];
  /** The key was used before: nothing was started now. */
  readonly duplicate: boolean;
}

/** A flow that listens to events. */
interface Listener {
  readonly flow: LiveFlow;
  readonly trigger: EventTrigger;
}

/** An emission on its way to those that listen. */
interface Delivering {
  readonly event: EventRecord;
  readonly view: TriggerView;
  readonly listeners: readonly Listener[];
  /** Those whose condition holds. */
  readonly taking: readonly Listener[];
}

/** How many emissions are read at a time. */
const BATCH = 100;

/**
 * Writes emitted events down and delivers them to the flows that listen. Whoever emits need not deliver: every runner
 * delivers what is open, and each emission is delivered by one of them.
 */
export class Emitter {
  constructor(private readonly parts: EmitterParts) {}

  /** Resolves once the event is written down. Throws a StepError when it may not be emitted. */
  async emit(emission: Emission): Promise<StoredEmission> {
    checkEmission(emission, { maxBytes: this.parts.maxBytes });
    return this.parts.outbox.emit(emission, this.parts.newId());
  }

  /** What the system itself has to say. */
  async tell(name: string, data: Json, key: string): Promise<void> {
    await this.parts.outbox.emit({ name, data, key, depth: 1 }, this.parts.newId());
  }

  /** Emits and delivers. A key that was used before answers what became of it then. */
  async emitNow(emission: Emission): Promise<EmittedNow> {
    const stored = await this.emit(emission);
    const duplicate = stored.delivered;
    const runIds = duplicate ? stored.runIds : await this.deliver(stored);
    return { eventId: stored.eventId ?? '', runIds, duplicate };
  }

  /** Delivers everything that is open; what fails is tried again in the next round. */
  async round(): Promise<void> {
    await this.parts.outbox.tellOfRecoveries();
    for (let open = await this.parts.outbox.undelivered(BATCH); ;) {
      const failed = await this.deliverAll(open);
      if (failed || open.length < BATCH) return;
      open = await this.parts.outbox.undelivered(BATCH);
    }
  }

  private async deliverAll(open: readonly StoredEmission[]): Promise<boolean> {
    let failed = false;
    for (const emission of open) {
      try {
        await this.deliver(emission);
      } catch (error) {
        failed = true;
        this.parts.log.warn({ event: emission.name, reason: (error as Error).message }, 'An event could not be delivered; trying again');
      }
    }
    return failed;
  }

  /** Answers the ids of the runs. Where another process was first, those that it started. */
  private async deliver(emission: StoredEmission): Promise<readonly string[]> {
    const event = this.eventOf(emission);
    const listeners = this.listeners(emission);
    const view = triggerOf(event, { body: this.dataOf(emission), files: [] });
    const taking = listeners.filter(({ trigger }) => holdsFor(trigger, view));
    const { collects, keyless } = collectedBy(taking, view, emission.depth);
    const kept = Object.keys(keyless).length > 0 ? { ...event, unmatchedBy: keyless } : event;
    const start = this.startOf(emission, { event: kept, view, listeners, taking });
    const delivered = await this.parts.outbox.deliver(emission, { start, eventId: start && event.id, collects });
    if (!delivered) return this.parts.outbox.runsOf(emission.id);
    if (taking.length > 0) this.parts.ring();
    return start?.runs.map(({ id }) => id) ?? [];
  }

  /** What the system tells and nobody listens to leaves no event behind: the failed run is record enough. */
  private startOf(emission: StoredEmission, { event, view, listeners, taking }: Delivering): Start | undefined {
    if (emission.eventId === undefined && listeners.length === 0) return undefined;
    const unmatched = taking.length === 0 && listeners.length > 0 ? clauses(listeners) : undefined;
    const running = taking.filter(({ flow }) => !flow.collects);
    const runs = running.map(({ flow }) => ({
      id: this.parts.newId(),
      flowId: flow.id,
      version: flow.version,
      status: statusAtBirth(flow),
      depth: emission.depth,
      lane: flow.lane?.of(view),
    }));
    return { event: unmatched === undefined ? event : { ...event, unmatched }, runs };
  }

  private listeners(emission: StoredEmission): Listener[] {
    if (isTooDeep(emission)) {
      this.parts.log.warn({ event: emission.name, runId: emission.runId }, 'An event started nothing: too many flows started each other');
      return [];
    }
    return this.parts.flows().flatMap((flow) => {
      const { declared: trigger } = flow;
      return trigger?.type === 'event' && listensTo(trigger, flow.id, emission) ? [{ flow, trigger }] : [];
    });
  }

  private eventOf(emission: StoredEmission): EventRecord {
    const { name, runId, emittedAt } = emission;
    return {
      id: emission.eventId ?? this.parts.newId(),
      flowId: `events/${name}`,
      receivedAt: emittedAt,
      method: 'EMIT',
      url: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(this.dataOf(emission))),
      origin: { kind: 'event', name, ...(runId !== undefined && { runId }) },
    };
  }

  /** What is written in the commit of a run's end is what that commit knows; the rest is added here. */
  private dataOf({ name, data, flowId, runId }: StoredEmission): Json {
    if (name !== 'flow.failed' && name !== 'flow.recovered') return data;
    const about = { flow: flowId ?? null, run: runId ?? null, url: `${this.parts.publicUrl()}/api/v1/runs/${runId}` };
    return name === 'flow.failed' ? { ...about, error: errorOf(data) } : { ...about, ...(data as Record<string, Json>) };
  }
}

/** For which flows an event is collected, and why it cannot be for others: they are named with the event. */
function collectedBy(
  taking: readonly Listener[],
  view: TriggerView,
  depth: number,
): { collects: Collecting[]; keyless: Record<string, string> } {
  const collects: Collecting[] = [];
  const keyless: Record<string, string> = {};
  for (const { flow } of taking) {
    try {
      if (flow.collects) collects.push(collecting(flow, flow.collects, view, depth));
    } catch (error) {
      keyless[flow.id] = (error as Error).message;
    }
  }
  return { collects, keyless };
}

/** Without details, which may hold what only the run's page should show. */
function errorOf(data: Json): Json {
  const { code = 'run.failed', message = 'The run failed.', step } = (data ?? {}) as Record<string, Json>;
  return step === undefined ? { code, message } : { code, message, step };
}

function clauses(listeners: readonly Listener[]): string {
  return [...new Set(listeners.map(({ trigger }) => String(trigger.when)))].join(', ');
}
