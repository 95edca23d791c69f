import { batchEvent, bodyFault, failedStep, recordedRows, rowsBefore, type EventRecord, type Plan, type StepRow } from '@millrace/engine';
import type { PostgresHistory, Rerun, RunSummary } from '@millrace/postgres';
import { laneOf, liveVersion, refused, statusOf, type RepeatParts } from './repeat.js';

/** What of a run is repeated, and how. */
export interface RerunRequest {
  readonly from?: string | undefined;
  readonly version?: 'same' | 'live' | undefined;
  readonly payload?: unknown;
  readonly dryRun?: boolean | undefined;
}

/** Where a re-run begins, and what it does not do again. */
export interface RerunPlan {
  /** The path of a step; undefined: from the start. */
  readonly from: string | undefined;
  /** Paths of the steps that are not run again. */
  readonly reused: readonly string[];
}

export interface Repeated extends RerunPlan {
  readonly run: Rerun;
}

/**
 * A run that repeats another one, with an id and idempotency keys of its own; nothing is written yet. Throws a StepError when
 * it cannot be: the run is still active, its version cannot be run any more, there is no such step, or the payload can be no body.
 */
export async function rerunOf(run: RunSummary, request: RerunRequest, parts: RepeatParts): Promise<Repeated> {
  const fault = bodyFault(request.payload);
  if (fault !== undefined) throw refused('rerun.bad-payload', `The payload ${fault}.`);
  const plan = await planFor(run, request, parts);
  const journal = await parts.history.journal(run.id);
  const { from, rows } = takenOver(run, request, plan, journal);
  const live = parts.catalog.flow(run.flowId);
  const event = request.payload === undefined ? await eventAgain(run, plan, parts) : eventWith(run, request.payload, parts.newId());
  const repeated: Rerun = {
    id: parts.newId(),
    flowId: run.flowId,
    version: plan.version,
    status: statusOf(live, request.dryRun === true),
    event,
    of: run.id,
    rows: request.dryRun ? [...rows, ...recordedRows(plan, journal)] : rows,
    dry: request.dryRun === true,
    // A rehearsal holds nobody up.
    lane: request.dryRun ? undefined : await laneOf(live, event, parts),
  };
  return { run: repeated, from, reused: pathsGiven(rows) };
}

/** What `rerunOf` would do; nothing is begun. Throws a StepError where that does. */
export async function planRerun(run: RunSummary, request: Pick<RerunRequest, 'from' | 'version'>, parts: PlanParts): Promise<RerunPlan> {
  const plan = await planFor(run, request, parts);
  // Values do not matter here, large ones stay where they are; a cursor without its value could not be read.
  const journal = (await parts.history.listedJournal(run.id)).filter(({ kind }) => kind !== 'cursor');
  const { from, rows } = takenOver(run, request, plan, journal);
  return { from, reused: pathsGiven(rows) };
}

export interface PlanParts {
  readonly catalog: RepeatParts['catalog'];
  readonly history: Pick<PostgresHistory, 'listedJournal'>;
}

/** A dead letter again from where it failed. Throws a StepError also when it is none any more. */
export async function retryOf(run: RunSummary, version: 'same' | 'live' | undefined, parts: RepeatParts): Promise<Repeated> {
  if (run.status !== 'failed' || run.resolution !== null)
    throw refused('run.not-dead', 'It is no dead letter any more: somebody has re-run or discarded it.');
  return rerunOf(run, { from: 'failed', version }, parts);
}

/** The plan of the version that a run is repeated on. */
async function planFor(run: RunSummary, { version }: RerunRequest, { catalog }: Pick<RepeatParts, 'catalog'>): Promise<Plan> {
  if (run.finishedAt === null) throw refused('run.active', `The run ${run.id} is ${run.status}. Wait for its end, or cancel it first.`);
  if (run.test) throw refused('run.is-test', `The run ${run.id} is a test. Test the draft again; what it tested may have changed since.`);
  return planOf(run.flowId, version === 'live' ? liveVersion(catalog.flow(run.flowId), run.flowId) : run.version, catalog);
}

async function planOf(flowId: string, version: number, catalog: RepeatParts['catalog']): Promise<Plan> {
  try {
    return await catalog.plan(flowId, version);
  } catch (error) {
    throw refused('flow.not-runnable', `Version ${version} of ${flowId} cannot be run any more: ${(error as Error).message}`);
  }
}

interface TakenOver {
  readonly from: string | undefined;
  readonly rows: readonly StepRow[];
}

function takenOver(run: RunSummary, { from }: RerunRequest, plan: Plan, journal: readonly StepRow[]): TakenOver {
  if (from === 'failed' && run.status === 'succeeded') throw refused('rerun.nothing-failed', nothingFailed(run));
  const place = from ?? (run.status === 'failed' ? 'failed' : 'start');
  const path = place === 'failed' ? failedStep(run.error, plan) : place;
  if (place === 'start' || path === undefined) return { from: undefined, rows: [] };
  const reuse = rowsBefore(plan, journal, path);
  if ('rows' in reuse) return { from: path, rows: reuse.rows };
  throw refused('rerun.no-such-place', reuse.problem);
}

/** To begin at its start would do all of it twice, which nobody asked for. */
function nothingFailed({ id }: RunSummary): string {
  return `The run ${id} succeeded, so there is nothing that it could go on from. Begin at a step or an item (\`each[3]\`), or at the \`start\`.`;
}

/** A loop that is gone on with is not among them: it is opened again. */
function pathsGiven(rows: readonly StepRow[]): string[] {
  return [...new Set(rows.filter(({ given }) => given !== undefined).map(({ path }) => path))];
}

/** An event that failed before it came into a batch comes in one of its own, as when it is replayed: the steps know `items` only. */
async function eventAgain(run: RunSummary, plan: Plan, { history, newId }: RepeatParts): Promise<string | EventRecord> {
  const event = plan.batches ? await history.event(run.eventId) : undefined;
  return event && isSingle(event) ? batchEvent(run.flowId, newId(), Date.now(), [event]) : run.eventId;
}

/** Whoever calls a flow or starts it by hand gives it the whole of its input. */
function isSingle({ origin }: EventRecord): boolean {
  return origin === undefined || origin.kind === 'event';
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
