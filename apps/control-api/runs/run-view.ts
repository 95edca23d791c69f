import { attemptNow, attemptPath, isGivenUp, plainPath, type PassedOver, type StepRow } from '@millrace/engine';
import type { ListedRow, RunPace, RunPlace, RunSummary } from '@millrace/postgres';
import { sizeOf } from '../values/size-of.js';
import type { AttemptView, RunItem, RunView, StepView } from '../wire/run.js';
import type { ResumeUrls } from './resume-urls.js';
import { passedOverView, type RunNotes } from './run-notes.js';

const ACTIVE: readonly RunItem['status'][] = ['queued', 'running', 'waiting'];

/** Whether a run in this state can still change. */
export function isActive(status: RunItem['status']): boolean {
  return ACTIVE.includes(status);
}

/** What else there is to say of a run. */
export interface RunExtras {
  /** What holds it back, while it is active. */
  readonly held?: boolean;
  readonly lane?: RunPlace | undefined;
  readonly pace?: RunPace | undefined;
  readonly resumeUrl?: ResumeUrls;
  readonly notes?: RunNotes & { readonly over: ReadonlyMap<string, PassedOver> };
  /** The events that were gathered into it. */
  readonly collected?: { readonly count: number; readonly ids: readonly string[] };
}

/** A run with one entry per step path, in the order in which the steps began. Values whose JSON is longer than `most` are left out. */
export function runView(run: RunSummary, journal: readonly ListedRow[], most = Infinity, extras: RunExtras = {}): RunView {
  const rows = [...journal].sort((a, b) => a.startedAt - b.startedAt || a.finishedAt - b.finishedAt || a.attempt - b.attempt);
  const { held = false, lane = null, pace = null, collected, resumeUrl = () => undefined, notes = NOTHING_NOTED } = extras;
  const { over, ...noted } = notes;
  const events = collected && collected.count > 0 ? { count: collected.count, eventIds: [...collected.ids] } : null;
  const steps = shownSteps(rows)
    .map((shown) => blockView(stepView(run, shown.rows, most, resumeUrl), shown, run))
    .map((step) => (step.status === 'failed' ? { ...step, passedOver: passedOverView(step.path, over.get(step.path)) } : step));
  return { ...run, ...noted, held, lane, pace, collected: events, steps };
}

const NOTHING_NOTED: NonNullable<RunExtras['notes']> = { passedOver: 0, waitsFor: null, over: new Map() };

/** Rows that the engine keeps for itself. */
const INTERNAL: ReadonlySet<string> = new Set(['cursor', 'timer', 'recorded']);

/** What there is to show at one path of the flow, in whichever attempts of the steps around it. */
interface Shown {
  readonly rows: readonly ListedRow[];
  /** Of a step with steps inside that may be tried again: how its attempts ended. */
  readonly tries: readonly ListedRow[];
  /** Another attempt is due and has not begun. */
  readonly isDue: boolean;
}

/** In the order in which the steps began. `try` has no row of its own, and is there when it was tried again or ran out of time. */
function shownSteps(rows: readonly ListedRow[]): Shown[] {
  const steps = new Map<string, { readonly rows: ListedRow[]; readonly tries: ListedRow[]; late?: ListedRow }>();
  for (const row of rows) {
    const late = isTimeOver(row);
    if (INTERNAL.has(row.kind) && !late) continue;
    const path = triedPath(plainPath(late ? row.path.slice(0, -1) : row.path));
    const step = steps.get(path) ?? { rows: [], tries: [] };
    steps.set(path, step);
    if (late) step.late = row;
    else step[row.kind === 'tries' ? 'tries' : 'rows'].push(row);
  }
  return [...steps].flatMap(([path, { rows: own, tries, late }]) => {
    const newest = tries.at(-1);
    if (own.length === 0 && newest?.status === 'started') return [];
    // How attempts ended is in their own rows.
    const over = newest ? undefined : late;
    const other = over ? [over] : tries;
    const shown = own.length > 0 ? own : other.map((row) => ({ ...row, path, kind: 'try' }));
    return [{ rows: over ? outOfTime(shown, over) : shown, tries, isDue: newest !== undefined && isDue(newest, rows) }];
  });
}

/** The row of a timer that says that a step with steps inside ran out of its time. */
function isTimeOver({ kind, status, path }: ListedRow): boolean {
  return kind === 'timer' && status === 'failed' && path.endsWith('~');
}

/** What such a step decided or began stays; how it ended is what its timer says. */
function outOfTime(rows: readonly ListedRow[], { error, finishedAt }: ListedRow): ListedRow[] {
  return rows.map((row, index) => (index === rows.length - 1 ? { ...row, status: 'failed', error, finishedAt } : row));
}

/** Of the row of an attempt, the path of what was tried. */
function triedPath(path: string): string {
  return path.replace(/~tries$/, '');
}

function isDue(newest: StepRow, rows: readonly ListedRow[]): boolean {
  if (newest.status !== 'retrying') return false;
  const next = attemptPath(triedPath(newest.path), attemptNow(newest));
  return !rows.some(({ path }) => path === next || (path.startsWith(next) && '.[~'.includes(path[next.length]!)));
}

/** Of a step that is tried again as a whole, its attempts are those. */
function blockView(view: StepView, { tries, isDue: due }: Shown, run: RunSummary): StepView {
  const newest = tries.at(-1);
  if (!newest || newest.status === 'started') return view;
  const active = isActive(run.status);
  const goesOn = newest.status === 'retrying' && !due;
  const status = goesOn ? stepStatus({ ...newest, status: 'started' }, active) : stepStatus(newest, active);
  const retryAt = due && active && newest.retryAt !== undefined ? iso(newest.retryAt) : null;
  const attemptLog = tries.map((row) => attemptView(row, run));
  return { ...view, status, attempts: tries.length, attemptLog, error: newest.error ?? null, retryAt };
}

/** Of these rows, the last one says what there is to say. */
function stepView(run: RunSummary, attempts: readonly ListedRow[], most: number, resumeUrl: ResumeUrls): StepView {
  const first = attempts[0]!;
  const latest = attempts.at(-1)!;
  const status = stepStatus(latest, isActive(run.status));
  const large = largeParts(latest, most);
  return {
    path: plainPath(latest.path),
    kind: latest.kind,
    status,
    attempts: attempts.length,
    attemptLog: attempts.map((row) => attemptView(row, run)),
    input: large.includes('input') ? null : (latest.input ?? null),
    output: large.includes('output') ? null : (latest.output ?? null),
    large,
    inputFile: valueFile(run.id, latest, 'input'),
    outputFile: valueFile(run.id, latest, 'output'),
    error: latest.error ?? null,
    passedOver: null,
    given: latest.given ?? null,
    startedAt: iso(first.startedAt),
    finishedAt: finishedAt(latest, run),
    retryAt: status === 'retrying' && latest.retryAt !== undefined ? iso(latest.retryAt) : null,
    ...(status === 'waiting' ? waitView(latest, resumeUrl) : { ...NOT_WAITING, question: openQuestion(latest) }),
  };
}

type WaitView = Pick<StepView, 'resumeAt' | 'rateOf' | 'resumeUrl' | 'question'>;

const NOT_WAITING: WaitView = { resumeAt: null, rateOf: null, resumeUrl: null, question: null };

/** What a waiting step waits for. */
function waitView(row: ListedRow, resumeUrl: ResumeUrls): WaitView {
  return {
    resumeAt: row.resumeAt === undefined ? null : iso(row.resumeAt),
    rateOf: row.rateOf ?? null,
    resumeUrl: resumeUrl(row.path) ?? null,
    question: questionOf(row),
  };
}

/** Of a wait that ended with its run, or with what it stands in, what nobody had answered. */
function openQuestion(row: ListedRow): StepView['question'] {
  return row.status === 'waiting' || isGivenUp(row) ? questionOf(row) : null;
}

/** Of a `wait` only one that asks a person has an input. */
function questionOf({ kind, input }: ListedRow): StepView['question'] {
  if (kind !== 'wait' || input === undefined) return null;
  const { title, text = null } = input as { readonly title: string; readonly text?: string };
  return { title, text };
}

/** What is shown by its outline only: what is longer than `most`, and what was too long to stand in the journal. */
function largeParts(row: ListedRow, most: number): StepView['large'] {
  return (['input', 'output'] as const).filter((part) => row.refs?.[part] !== undefined || (most !== Infinity && sizeOf(row[part]) > most));
}

function valueFile(runId: string, { path, refs }: ListedRow, name: 'input' | 'output'): StepView['outputFile'] {
  const ref = refs?.[name];
  if (!ref) return null;
  return { bytes: ref.bytes, preview: ref.preview, url: `/api/v1/runs/${runId}/steps/${encodeURIComponent(path)}/${name}` };
}

function attemptView(row: StepRow, run: RunSummary): AttemptView {
  const status = stepStatus(row, isActive(run.status));
  const ended = finishedAt(row, run);
  return {
    attempt: row.attempt,
    // Whatever comes next, this attempt failed.
    status: status === 'retrying' ? 'failed' : status,
    startedAt: iso(row.startedAt),
    finishedAt: ended,
    durationMs: ended === null ? null : Date.parse(ended) - row.startedAt,
    error: row.error ?? null,
  };
}

/** In a run that has ended nothing is going on any more: what was due is not, and what was started stays unknown. */
function stepStatus(row: StepRow, active: boolean): StepView['status'] {
  const { status } = row;
  if (isGivenUp(row)) return 'interrupted';
  if (status === 'started') return active ? 'running' : 'interrupted';
  if (status === 'waiting') return active ? 'waiting' : 'interrupted';
  if (status === 'retrying') return active ? 'retrying' : 'failed';
  return status;
}

/** A wait that was open when its run ended, ended with it; when what was under way did, nobody knows. */
function finishedAt({ status, finishedAt: at }: StepRow, run: RunSummary): string | null {
  if (status === 'waiting') return run.finishedAt;
  return status === 'started' ? null : iso(at);
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
