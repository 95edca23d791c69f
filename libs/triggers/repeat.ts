import { statusAtBirth, type Catalog, type LiveFlow } from '@millrace/catalog';
import { StepError } from '@millrace/component-sdk';
import {
  batchEvent,
  bodyFault,
  failedStep,
  laneOfEvent,
  parseTrigger,
  recordedRows,
  rowsBefore,
  type EventRecord,
  type Lane,
  type Plan,
  type StepRow,
  type TriggerView,
} from '@millrace/engine';
import type { PostgresCollections, PostgresHistory, Rerun, RunSummary } from '@millrace/postgres';

/** What of a run is repeated, and how. */
export interface RerunRequest {
  readonly from?: string | undefined;
  readonly version?: 'same' | 'live' | undefined;
  readonly payload?: unknown;
  readonly dryRun?: boolean | undefined;
}

export interface RepeatParts {
  readonly catalog: Pick<Catalog, 'flow' | 'endpoint' | 'plan'>;
  readonly history: Pick<PostgresHistory, 'event' | 'journal' | 'runs'>;
  readonly collections: Pick<PostgresCollections, 'collectedBy'>;
  newId(): string;
}

export interface Repeated {
  readonly run: Rerun;
  /** Paths of the steps that are not run again. */
  readonly reused: readonly string[];
}

/**
 * A run that repeats another one, with an id and idempotency keys of its own; nothing is written yet. Throws a StepError when
 * it cannot be: the run is still active, its version cannot be run any more, there is no such step, or the payload can be no body.
 */
export async function rerunOf(run: RunSummary, request: RerunRequest, parts: RepeatParts): Promise<Repeated> {
  const fault = bodyFault(request.payload);
  if (fault !== undefined) throw refused('rerun.bad-payload', `The payload ${fault}.`);
  if (run.finishedAt === null) throw refused('run.active', `The run ${run.id} is ${run.status}. Wait for its end, or cancel it first.`);
  if (run.test) throw refused('run.is-test', `The run ${run.id} is a test. Test the draft again; what it tested may have changed since.`);
  const live = parts.catalog.flow(run.flowId);
  const version = request.version === 'live' ? liveVersion(live, run.flowId) : run.version;
  const plan = await planOf(run.flowId, version, parts);
  const journal = await parts.history.journal(run.id);
  const rows = reused(run, request, plan, journal);
  const event = request.payload === undefined ? run.eventId : eventWith(run, request.payload, parts.newId());
  const repeated: Rerun = {
    id: parts.newId(),
    flowId: run.flowId,
    version,
    status: statusOf(live, request.dryRun === true),
    event,
    of: run.id,
    rows: request.dryRun ? [...rows, ...recordedRows(plan, journal)] : rows,
    dry: request.dryRun === true,
    // A rehearsal holds nobody up.
    lane: request.dryRun ? undefined : await laneOf(live, event, parts),
  };
  return { run: repeated, reused: [...new Set(rows.filter(({ kind }) => kind !== 'cursor').map(({ path }) => path))] };
}

/** A dead letter again from where it failed. Throws a StepError also when it is none any more. */
export async function retryOf(run: RunSummary, version: 'same' | 'live' | undefined, parts: RepeatParts): Promise<Repeated> {
  if (run.status !== 'failed' || run.resolution !== null)
    throw refused('run.not-dead', 'It is no dead letter any more: somebody has re-run or discarded it.');
  return rerunOf(run, { from: 'failed', version }, parts);
}

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

/** A rehearsal is not counted towards a rate. */
function statusOf(live: LiveFlow | undefined, dry: boolean): Rerun['status'] {
  const status = live ? statusAtBirth(live) : 'queued';
  return dry && status === 'paced' ? 'queued' : status;
}

/** Whatever is run again stands in line like anything else, by what the live version says of lanes. */
async function laneOf(
  live: LiveFlow | undefined,
  event: string | EventRecord,
  { history }: Pick<RepeatParts, 'history'>,
): Promise<Lane | undefined> {
  if (!live?.lane) return undefined;
  const kept = typeof event === 'string' ? await history.event(event) : event;
  return kept && laneOfEvent(live.lane, kept);
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

function liveVersion(live: LiveFlow | undefined, id: string): number {
  if (live?.trigger) return live.version;
  throw refused('flow.not-enabled', `No version of ${id} can run now: ${live?.problems[0]?.message ?? 'the flow is gone'}`);
}

async function planOf(flowId: string, version: number, { catalog }: RepeatParts): Promise<Plan> {
  try {
    return await catalog.plan(flowId, version);
  } catch (error) {
    throw refused('flow.not-runnable', `Version ${version} of ${flowId} cannot be run any more: ${(error as Error).message}`);
  }
}

function reused(run: RunSummary, { from }: RerunRequest, plan: Plan, journal: readonly StepRow[]): readonly StepRow[] {
  const place = from ?? (run.status === 'failed' ? 'failed' : 'start');
  const path = place === 'failed' ? failedStep(run.error, plan) : place;
  if (place === 'start' || path === undefined) return [];
  const reuse = rowsBefore(plan, journal, path);
  if ('rows' in reuse) return reuse.rows;
  throw refused('rerun.no-such-place', reuse.problem);
}

function eventWith({ flowId, id: runId }: RunSummary, payload: unknown, id: string): EventRecord {
  return {
    id,
    flowId,
    receivedAt: Date.now(),
    method: 'RERUN',
    url: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(payload)),
    origin: { kind: 'rerun', runId },
  };
}

function refused(code: string, message: string): StepError {
  return new StepError({ code, message, blame: 'operator', arrived: 'no' });
}
