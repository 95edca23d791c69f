import type { StepRow } from '@millrace/engine';
import type { ListedRow, RunSummary } from '@millrace/postgres';
import { sizeOf } from '../values/preview.js';
import type { AttemptView, RunItem, RunView, StepView } from '../wire/run.js';

const ACTIVE: readonly RunItem['status'][] = ['queued', 'running', 'waiting'];

/** Whether a run in this state can still change. */
export function isActive(status: RunItem['status']): boolean {
  return ACTIVE.includes(status);
}

export function runItem(run: RunSummary): RunItem {
  const { id, flowId, version, eventId, status, createdAt, startedAt, finishedAt, resumeAt, parent, rerunOf, dry, resolution, error } = run;
  return { id, flowId, version, eventId, status, createdAt, startedAt, finishedAt, resumeAt, parent, rerunOf, dry, resolution, error };
}

/** A run with one entry per step path, in the order in which the steps began. Values whose JSON is longer than `most` are left out. */
export function runView(run: RunSummary, journal: readonly ListedRow[], most = Infinity): RunView {
  const rows = [...journal].sort((a, b) => a.startedAt - b.startedAt || a.finishedAt - b.finishedAt || a.attempt - b.attempt);
  const byPath = new Map<string, ListedRow[]>();
  for (const row of rows.filter(({ kind }) => !INTERNAL.has(kind))) byPath.set(row.path, [...(byPath.get(row.path) ?? []), row]);
  const active = isActive(run.status);
  return { ...runItem(run), steps: [...byPath.values()].map((attempts) => stepView(run.id, attempts, active, most)) };
}

/** Rows that the engine keeps for itself. */
const INTERNAL: ReadonlySet<string> = new Set(['cursor', 'recorded']);

function stepView(runId: string, attempts: readonly ListedRow[], active: boolean, most: number): StepView {
  const first = attempts[0]!;
  const latest = attempts.reduce((newest, row) => (row.attempt >= newest.attempt ? row : newest));
  const status = stepStatus(latest, active);
  const large = largeParts(latest, most);
  return {
    path: latest.path,
    kind: latest.kind,
    status,
    attempts: attempts.length,
    attemptLog: attempts.map((row) => attemptView(row, active)),
    input: large.includes('input') ? null : (latest.input ?? null),
    output: large.includes('output') ? null : (latest.output ?? null),
    large,
    inputFile: valueFile(runId, latest, 'input'),
    outputFile: valueFile(runId, latest, 'output'),
    error: latest.error ?? null,
    startedAt: iso(first.startedAt),
    finishedAt: finishedAt(latest),
    retryAt: status === 'retrying' && latest.retryAt !== undefined ? iso(latest.retryAt) : null,
    resumeAt: status === 'waiting' && latest.resumeAt !== undefined ? iso(latest.resumeAt) : null,
  };
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

function attemptView(row: StepRow, active: boolean): AttemptView {
  const status = stepStatus(row, active);
  return {
    attempt: row.attempt,
    // Whatever comes next, this attempt failed.
    status: status === 'retrying' ? 'failed' : status,
    startedAt: iso(row.startedAt),
    finishedAt: finishedAt(row),
    durationMs: isOpen(row) ? null : row.finishedAt - row.startedAt,
    error: row.error ?? null,
  };
}

/** In a run that has ended nothing is going on any more: what was due is not, and what was started stays unknown. */
function stepStatus({ status }: StepRow, active: boolean): StepView['status'] {
  if (status === 'started') return active ? 'running' : 'interrupted';
  if (status === 'waiting') return active ? 'waiting' : 'interrupted';
  if (status === 'retrying') return active ? 'retrying' : 'failed';
  return status;
}

function finishedAt(row: StepRow): string | null {
  return isOpen(row) ? null : iso(row.finishedAt);
}

function isOpen({ status }: StepRow): boolean {
  return status === 'started' || status === 'waiting';
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
