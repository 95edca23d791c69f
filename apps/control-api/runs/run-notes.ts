import { awaitedIn, countPassedOver, passedOver, type FailureRow, type PassedOver, type Plan, type WaitingRow } from '@millrace/engine';
import type { Platform } from '@millrace/platform';
import type { ListedRow, RunSummary } from '@millrace/postgres';
import type { ListedRun, RunItem, StepView } from '../wire/run.js';
import { triggerView } from './trigger-view.js';

/** What the journal of a run tells beside its state. */
export type RunNotes = Pick<RunItem, 'passedOver' | 'waitsFor'>;

type Parts = Pick<Platform, 'catalog' | 'history'>;
type WaitView = RunItem['waitsFor'];

/** Runs as lists show them, with what started them. */
export async function listedRuns(runs: readonly RunSummary[], parts: Parts): Promise<ListedRun[]> {
  const [items, triggers] = await Promise.all([notedRuns(runs, parts), parts.history.triggers(runs.map(({ eventId }) => eventId))]);
  return items.map((run) => {
    const event = triggers.get(run.eventId);
    return { ...run, trigger: event ? triggerView(event) : null };
  });
}

/** Runs with what was passed over in them and what they wait for: three statements, however many runs. */
export async function notedRuns(runs: readonly RunSummary[], parts: Parts): Promise<RunItem[]> {
  const { history } = parts;
  const ids = (which: (run: RunSummary) => boolean): string[] => runs.filter(which).map(({ id }) => id);
  const [failures, waits, holds] = await Promise.all([
    history.failures(ids(mayHavePassedOver)),
    history.waits(ids(isWaiting)),
    history.holds(ids(isQueued)),
  ]);
  return Promise.all(
    runs.map(async (run) => ({
      ...run,
      passedOver: await passedOverIn(run, failures.get(run.id) ?? [], parts),
      waitsFor: holdView(holds.get(run.id)) ?? (await waitView(run, waits.get(run.id) ?? [], parts)),
    })),
  );
}

/** The same of one run, by its whole journal, and by path what passed over what failed in it. */
export async function notesOf(
  run: RunSummary,
  journal: readonly ListedRow[],
  parts: Parts,
): Promise<RunNotes & { readonly over: ReadonlyMap<string, PassedOver> }> {
  const failures = journal.filter(({ status, kind }) => status === 'failed' || kind === 'tries');
  const hasFailed = failures.some(({ status }) => status === 'failed');
  const plan = hasFailed ? await planOf(run, parts) : undefined;
  const holds = await parts.history.holds(isQueued(run) ? [run.id] : []);
  return {
    passedOver: await passedOverIn(run, mayHavePassedOver(run) ? failures : [], parts),
    waitsFor: holdView(holds.get(run.id)) ?? (await waitView(run, isWaiting(run) ? journal : [], parts)),
    over: plan ? passedOver(plan, failures) : new Map<string, PassedOver>(),
  };
}

async function passedOverIn(run: RunSummary, rows: readonly FailureRow[], parts: Parts): Promise<number | null> {
  if (!rows.some(({ status }) => status === 'failed')) return 0;
  const plan = await planOf(run, parts);
  return plan ? countPassedOver(plan, rows) : null;
}

function mayHavePassedOver({ status }: RunSummary): boolean {
  return status === 'succeeded';
}

function isWaiting({ status }: RunSummary): boolean {
  return status === 'waiting';
}

function isQueued({ status }: RunSummary): boolean {
  return status === 'queued';
}

/** Undefined for a version that cannot be planned any more, and for the draft of a test, which has none. */
function planOf({ flowId, version }: RunSummary, { catalog }: Parts): Promise<Plan | undefined> {
  return version === 0 ? Promise.resolve(undefined) : catalog.plan(flowId, version).catch(() => undefined);
}

type Hold = 'held' | 'behind' | 'paced';
const HOLDS = { held: 'pause', behind: 'turn', paced: 'pace' } as const satisfies Record<Hold, string>;

function holdView(hold: Hold | undefined): WaitView {
  return hold ? { for: HOLDS[hold], step: null, until: null } : null;
}

async function waitView(run: RunSummary, rows: readonly WaitingRow[], parts: Parts): Promise<WaitView> {
  if (rows.length === 0) return null;
  const awaited = awaitedIn(await planOf(run, parts), rows, run.resumeAt === null ? 0 : Date.parse(run.resumeAt));
  if (!awaited) return null;
  const { step, until } = awaited;
  return { for: awaited.for, step, until: until === undefined ? null : new Date(until).toISOString() };
}

/** What passed over the failure of this step, in a sentence. */
export function passedOverView(path: string, over: PassedOver | undefined): StepView['passedOver'] {
  return over ? { by: over.by, path: over.path, message: sentence(path, over) } : null;
}

function sentence(path: string, { by, path: place }: PassedOver): string {
  if (by === 'catch') return `Caught by \`${place}\`: the run went on in its catch and behind it.`;
  if (by === 'item') return `The item \`${place}\` stays failed; the loop went on with the others (onItemError: continue).`;
  return path === place
    ? 'The flow went on without its output (onError: continue).'
    : `The flow went on behind \`${place}\` (onError: continue).`;
}
