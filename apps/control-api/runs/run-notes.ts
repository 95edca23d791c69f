import {
  awaitedIn,
  countPassedOver,
  passedOver,
  type Awaited,
  type FailureRow,
  type PassedOver,
  type Plan,
  type WaitingRow,
} from '@millrace/engine';
import type { Platform } from '@millrace/platform';
import type { ListedRow, RunSummary, WaitFilter } from '@millrace/postgres';
import type { ListedRun, RunItem, StepView } from '../wire/run.js';
import { triggerView } from './trigger-view.js';

/** What the journal of a run tells beside its state. */
export type RunNotes = Pick<RunItem, 'passedOver' | 'waitsFor'>;

type Parts = Pick<Platform, 'catalog' | 'history'>;
type WaitView = RunItem['waitsFor'];

/** Runs as lists show them, with what started them. `wanted`: what they are listed for, which is told before what else they wait for. */
export async function listedRuns(runs: readonly RunSummary[], parts: Parts, wanted?: Awaited['for']): Promise<ListedRun[]> {
  const triggersOf = parts.history.triggers(runs.map(({ eventId }) => eventId));
  const [items, triggers] = await Promise.all([notedRuns(runs, parts, wanted), triggersOf]);
  return items.map((run) => {
    const event = triggers.get(run.eventId);
    return { ...run, trigger: event ? triggerView(event) : null };
  });
}

/** Runs with what was passed over in them and what they wait for: three statements, however many runs. */
export async function notedRuns(runs: readonly RunSummary[], parts: Parts, wanted?: Awaited['for']): Promise<RunItem[]> {
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
      waitsFor: holdView(holds.get(run.id)) ?? waitView(await awaitedBy(run, waits.get(run.id) ?? [], parts), wanted),
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
    waitsFor: holdView(holds.get(run.id)) ?? waitView(await awaitedBy(run, isWaiting(run) ? journal : [], parts)),
    over: plan ? passedOver(plan, failures) : new Map<string, PassedOver>(),
  };
}

/** Narrows a list to the runs in which a step waits for this. */
export function waitingFor(what: Awaited['for'], parts: Parts): WaitFilter {
  return {
    for: what,
    meant: async (runs) => {
      const waits = await parts.history.waits(runs.map(({ id }) => id));
      const awaited = await Promise.all(runs.map((run) => awaitedBy(run, waits.get(run.id) ?? [], parts)));
      return runs.filter((_, at) => awaited[at]!.some((one) => one.for === what));
    },
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
  return hold ? { for: HOLDS[hold], step: null, until: null, others: 0 } : null;
}

async function awaitedBy(run: RunSummary, rows: readonly WaitingRow[], parts: Parts): Promise<readonly Awaited[]> {
  if (rows.length === 0) return [];
  return awaitedIn(await planOf(run, parts), rows, run.resumeAt === null ? 0 : Date.parse(run.resumeAt));
}

/** One of the steps that wait, and how many others do. */
function waitView(awaited: readonly Awaited[], wanted?: Awaited['for']): WaitView {
  const told = awaited.find((one) => one.for === wanted) ?? awaited[0];
  if (!told) return null;
  const { step, until } = told;
  return { for: told.for, step, until: until === undefined ? null : new Date(until).toISOString(), others: awaited.length - 1 };
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
