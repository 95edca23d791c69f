import type { EventRecord } from '@millrace/engine';
import { newId, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import { planRerun, replayOf, rerunOf, retryOf, type Repeated, type RerunRequest } from '@millrace/triggers';
import { orRefused } from '../triggers/refusal.js';
import type { RerunPlanView, RerunView } from '../wire/operate.js';

type Stores = Pick<Platform, 'catalog' | 'history' | 'operations' | 'collections' | 'bell'>;

/** Starts a run that repeats another one, with an id and idempotency keys of its own. Throws an ApiError when it cannot. */
export function rerun(run: RunSummary, request: RerunRequest, stores: Stores): Promise<RerunView> {
  return started(rerunOf(run, request, { ...stores, newId }), stores);
}

/** What a re-run would do; nothing is begun. Throws an ApiError where it could not be. */
export async function rerunPlan(run: RunSummary, request: Pick<RerunRequest, 'from' | 'version'>, stores: Stores): Promise<RerunPlanView> {
  const { from = null, reused } = await orRefused(planRerun(run, request, stores));
  return { from, reused: [...reused] };
}

/** Starts a dead letter again from where it failed. Throws an ApiError when it cannot. */
export function retry(run: RunSummary, version: 'same' | 'live' | undefined, stores: Stores): Promise<RerunView> {
  return started(retryOf(run, version, { ...stores, newId }), stores);
}

async function started(repeated: Promise<Repeated>, { catalog, operations, bell }: Stores): Promise<RerunView> {
  const { run, reused } = await orRefused(repeated);
  await operations.rerun(run);
  bell.ring();
  const live = catalog.flow(run.flowId);
  return { runId: run.id, version: run.version, liveVersion: live?.trigger ? live.version : null, reused: [...reused] };
}

/** Starts runs of the live versions for an event that was accepted before; answers their ids. Throws an ApiError when none can run. */
export async function replay(event: EventRecord, stores: Stores): Promise<string[]> {
  const runs = await orRefused(replayOf(event, { ...stores, newId }));
  await stores.operations.rerun(...runs);
  stores.bell.ring();
  return runs.map(({ id }) => id);
}
