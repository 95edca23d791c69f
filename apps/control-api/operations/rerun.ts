import type { LiveFlow } from '@millrace/catalog';
import { failedStep, recordedRows, rowsBefore, type EventRecord, type Plan, type StepRow } from '@millrace/engine';
import { ApiError, newId, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import { isActive } from '../runs/run-view.js';
import type { RerunView } from '../wire/operate.js';

export interface RerunRequest {
  readonly from?: string;
  readonly version?: 'same' | 'live';
  readonly payload?: unknown;
  readonly dryRun?: boolean;
}

type Stores = Pick<Platform, 'catalog' | 'history' | 'operations'>;

/**
 * Starts a run that repeats another one, with an id and idempotency keys of its own. Throws an ApiError when it cannot: the
 * run is still active, its version cannot be run any more, or there is no such step.
 */
export async function rerun(run: RunSummary, request: RerunRequest, stores: Stores): Promise<RerunView> {
  if (isActive(run.status)) {
    throw new ApiError(409, 'run.active', `The run ${run.id} is ${run.status}. Wait for its end, or cancel it first.`);
  }
  const live = stores.catalog.flow(run.flowId);
  const version = request.version === 'live' ? liveVersion(live, run) : run.version;
  const plan = await planOf(run.flowId, version, stores);
  const journal = await stores.history.journal(run.id);
  const rows = reused(run, request, plan, journal);
  const id = newId();
  await stores.operations.rerun({
    id,
    flowId: run.flowId,
    version,
    status: live?.enabled === false ? 'held' : 'queued',
    event: request.payload === undefined ? run.eventId : eventWith(run, request.payload),
    of: run.id,
    rows: request.dryRun ? [...rows, ...recordedRows(plan, journal)] : rows,
    dry: request.dryRun === true,
  });
  return { runId: id, reused: [...new Set(rows.filter(({ kind }) => kind !== 'cursor').map(({ path }) => path))] };
}

/** Starts a run of the live version for an event that was accepted before. */
export async function replay(event: EventRecord, { catalog, operations }: Stores): Promise<string> {
  const live = catalog.flow(event.flowId);
  if (!live?.trigger) {
    throw new ApiError(
      409,
      'flow.not-enabled',
      `No version of ${event.flowId} can run now: ${live?.problems[0]?.message ?? 'the flow is gone'}`,
    );
  }
  const id = newId();
  const status = live.enabled ? 'queued' : 'held';
  await operations.rerun({ id, flowId: event.flowId, version: live.version, status, event: event.id, rows: [], dry: false });
  return id;
}

function liveVersion(live: LiveFlow | undefined, { flowId }: RunSummary): number {
  if (live?.trigger) return live.version;
  throw new ApiError(409, 'flow.not-enabled', `No version of ${flowId} is live: ${live?.problems[0]?.message ?? 'the flow is gone'}`);
}

async function planOf(flowId: string, version: number, { catalog }: Stores): Promise<Plan> {
  try {
    return await catalog.plan(flowId, version);
  } catch (error) {
    throw new ApiError(409, 'flow.not-runnable', `Version ${version} of ${flowId} cannot be run any more: ${(error as Error).message}`);
  }
}

function reused(run: RunSummary, { from }: RerunRequest, plan: Plan, journal: readonly StepRow[]): readonly StepRow[] {
  const place = from ?? (run.status === 'failed' ? 'failed' : 'start');
  const path = place === 'failed' ? failedStep(run.error, plan) : place;
  if (place === 'start' || path === undefined) return [];
  const reuse = rowsBefore(plan, journal, path);
  if ('rows' in reuse) return reuse.rows;
  throw new ApiError(422, 'rerun.no-such-place', reuse.problem);
}

function eventWith({ flowId, id }: RunSummary, payload: unknown): EventRecord {
  return {
    id: newId(),
    flowId,
    receivedAt: Date.now(),
    method: 'RERUN',
    url: '',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(payload)),
    origin: { kind: 'rerun', runId: id },
  };
}
