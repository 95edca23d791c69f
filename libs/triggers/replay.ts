import { statusAtBirth, type LiveFlow } from '@millrace/catalog';
import { batchEvent, parseTrigger, type EventRecord, type TriggerView } from '@millrace/engine';
import type { Rerun } from '@millrace/postgres';
import { laneOf, liveVersion, refused, type RepeatParts } from './repeat.js';

/**
 * Runs of the live versions for an event that was accepted before; nothing is written yet. One of the flow whose URL took it;
 * at a shared endpoint one of each flow that listens there now and whose `when` holds; of an emitted event one of each flow
 * that it started before, or was collected for. Throws a StepError when none can run.
 */
export async function replayOf(event: EventRecord, parts: RepeatParts): Promise<Rerun[]> {
  const flows = await flowsFor(event, parts);
  return Promise.all(
    flows.map(async (flow) => ({
      id: parts.newId(),
      flowId: flow.id,
      version: liveVersion(flow, flow.id),
      status: statusAtBirth(flow),
      event: await startOf(flow, event, parts.newId()),
      rows: [],
      dry: false,
      lane: await laneOf(flow, event, parts),
    })),
  );
}

/** A flow that takes batches gets one of this event alone. */
async function startOf({ id: flowId, collects }: LiveFlow, event: EventRecord, id: string): Promise<string | EventRecord> {
  if (collects?.kind !== 'batch' || event.origin?.kind === 'batch') return event.id;
  return batchEvent(flowId, id, Date.now(), [event]);
}

async function flowsFor(event: EventRecord, { catalog, history, collections }: RepeatParts): Promise<readonly LiveFlow[]> {
  const [, place, name] = /^(endpoints|events)\/(.+)$/.exec(event.flowId) ?? [];
  if (place === 'endpoints') return listenersOf(name!, event, catalog);
  if (place === 'events') {
    const [{ items }, collected] = await Promise.all([history.runs({ eventId: event.id, limit: 100 }), collections.collectedBy(event.id)]);
    const ids = [...items.filter(({ parent, dry, test }) => parent === null && !dry && !test), ...collected].map(({ flowId }) => flowId);
    return startedBefore(event, ids, catalog);
  }
  return [catalog.flow(event.flowId) ?? goneFlow(event.flowId)];
}

async function listenersOf(name: string, event: EventRecord, catalog: RepeatParts['catalog']): Promise<readonly LiveFlow[]> {
  const listeners = catalog.endpoint(name)?.listeners.filter(({ rules }) => rules !== undefined) ?? [];
  if (listeners.length === 0) throw refused('flow.not-enabled', `No flow listens to the endpoint ${name} now.`);
  const view = await parseTrigger(event);
  const taking = listeners.filter((flow) => takes(flow, view));
  if (taking.length > 0) return taking;
  throw refused('event.unmatched', `No flow that listens to the endpoint ${name} takes this event: the \`when\` of none holds.`);
}

/** Whether a flow makes a run of it; what does not fit its schema is not replayed, since it would only fail again. */
function takes({ rules }: LiveFlow, view: TriggerView): boolean {
  const decision = rules!.decide(view);
  return decision.kind === 'run' || decision.kind === 'keyless';
}

function startedBefore(event: EventRecord, flowIds: readonly string[], catalog: RepeatParts['catalog']): readonly LiveFlow[] {
  const ids = [...new Set(flowIds)];
  if (ids.length === 0) throw refused('event.unmatched', `The event ${event.id} started no flow, so that there is none to run again.`);
  return ids.map((id) => catalog.flow(id) ?? goneFlow(id));
}

function goneFlow(id: string): never {
  throw refused('flow.not-enabled', `No version of ${id} can run now: the flow is gone.`);
}
