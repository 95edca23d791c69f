import { lastAttempts } from './last-attempts.js';
import { chainOf, stepIn, type Level } from './plan-chain.js';
import { isLoop, type Plan } from './plan.js';
import { isGivenUp, type StepRow } from './records.js';
import { goesOn } from './passed-over.js';
import { reopened } from './steps/loop-cursor.js';
import { ENDS_THE_RUN } from './steps/step.js';
import { plainPath } from './tries.js';

/** What a re-run takes over from the journal of the run that it repeats, or why it cannot begin there. */
export type Reuse = { readonly rows: readonly StepRow[] } | { readonly problem: string };

/** Where a failed run failed, as a place to begin from; undefined: from its start. */
export function failedStep(error: { readonly step?: string } | null | undefined, plan: Plan): string | undefined {
  const path = error?.step;
  return path !== undefined && chainOf(plan, path) ? plainPath(path) : undefined;
}

/**
 * The rows of everything that comes before a step: what the re-run does not do again. Of what was tried several times, that is
 * the last attempt, and the re-run goes on in it as in its first. Steps beside it (other branches, other
 * items) are taken over as far as they had come; what failed on the way is done again, unless the flow went on regardless.
 * Each row that stands is marked as `given`, so that nobody has to guess from times what the re-run did itself: those of its
 * rows come from the runner, that of the re-run from whoever began it, and two clocks may differ.
 */
export function rowsBefore(plan: Plan, all: readonly StepRow[], place: string): Reuse {
  const path = plainPath(place);
  const rows = lastAttempts(plan, all);
  const target = chainOf(plan, path);
  if (!target) return { problem: `There is no step ${path} in version ${plan.version} of ${plan.flowId}, outside its onError.` };
  const problem = beyondItems(target, rows) ?? compactedItem(target, rows, path);
  if (problem !== undefined) return { problem };
  return { rows: rows.flatMap((row) => taken(row, plan, target)) };
}

/** A loop has as many items as its list, which its row has where that is at hand. */
function beyondItems(target: readonly Level[], rows: readonly StepRow[]): string | undefined {
  for (const { step, item, path } of target) {
    const items = step.kind === 'forEach' && item !== undefined ? rows.find((row) => row.path === path)?.input : undefined;
    if (!Array.isArray(items) || (item ?? 0) < items.length) continue;
    return `There is no item ${path}[${item}]: the loop had ${items.length === 1 ? '1 item' : `${items.length} items`}, counted from 0.`;
  }
  return undefined;
}

/** A finished item of which the rows of its steps were not kept can be done again only as a whole. */
function compactedItem(target: readonly Level[], rows: readonly StepRow[], path: string): string | undefined {
  const inner = target.findLast(({ step, item }) => isLoop(step) && item !== undefined && !path.endsWith(']'));
  const last = target.at(-1);
  if (!inner || last === inner || last?.index === 0) return undefined;
  const item = `${inner.path}[${inner.item}]`;
  const isCompacted =
    rows.some((row) => row.path === item && row.status === 'succeeded') && !rows.some((row) => row.path.startsWith(`${item}.`));
  return isCompacted ? `The item ${item} has finished and what its steps did was not kept; re-run from ${item}.` : undefined;
}

function taken(row: StepRow, plan: Plan, target: readonly Level[]): StepRow[] {
  const chain = chainOf(plan, row.path);
  if (!chain) return [];
  const place = compare(chain, target);
  if (place === 'around') return around(row, target);
  return place === 'before' && stands(row, chain) ? [standing(row)] : [];
}

/** The cursor of a loop is no result of anything. */
function standing(row: StepRow): StepRow {
  return row.kind === 'cursor' ? row : { ...row, given: 'recorded' };
}

/** Where a row stands: `around` is a row of a step that the target is inside of. */
function compare(row: readonly Level[], target: readonly Level[]): 'before' | 'after' | 'around' {
  for (const [depth, level] of row.entries()) {
    const other = target[depth];
    if (!other || other.list !== level.list) return besides(row, target, depth);
    if (level.index !== other.index) return level.index < other.index ? 'before' : 'after';
    if (depth === target.length - 1) return atTarget(level, other, depth === row.length - 1);
    if (depth === row.length - 1) return 'around';
    if (level.item !== other.item) return besidesItem(level, other);
  }
  return 'after';
}

/** The target may be one item of a loop: the loop itself is around it then, and the other items stand. */
function atTarget(row: Level, target: Level, isLast: boolean): 'before' | 'after' | 'around' {
  if (target.item === undefined) return 'after';
  if (row.item === undefined) return isLast ? 'around' : 'after';
  return row.item === target.item ? 'after' : besidesItem(row, target);
}

/** Items of a list do not depend on each other; a round goes on from the one before it. */
function besidesItem(row: Level, target: Level): 'before' | 'after' {
  return row.step.kind === 'repeat' && (row.item ?? 0) > (target.item ?? Infinity) ? 'after' : 'before';
}

/** In another list of the same step: the lists of `try` come after each other, branches stand side by side. */
function besides(row: readonly Level[], target: readonly Level[], depth: number): 'before' | 'after' {
  const [own, other, step] = [row[depth]?.list, target[depth]?.list, row[depth - 1]?.step];
  if (step?.kind === 'parallel') return 'before';
  const order = ['steps', 'catch', 'finally'];
  return step?.kind === 'try' && order.indexOf(own ?? '') < order.indexOf(other ?? '') ? 'before' : 'after';
}

/** Decisions stand; a loop is opened again where the target is inside; what else is around the target ends anew. */
function around(row: StepRow, target: readonly Level[]): StepRow[] {
  const level = target.find((one) => row.path === one.path || row.path.startsWith(`${one.path}[`));
  if (!level) return [];
  if (level.step.kind === 'if' || level.step.kind === 'switch') return row.status === 'succeeded' ? [standing(row)] : [];
  if (!isLoop(level.step)) return [];
  if (row.kind === 'item') return itemStands(row, level) ? [standing(row)] : [];
  if (row.kind === 'cursor') return [reopenedCursor(row, level)];
  return [{ ...row, status: 'started', output: undefined, error: undefined, given: undefined }];
}

/** Of the items of the loop around the target. One that failed and was passed over is finished, and its error is what it gave. */
function itemStands({ path, status, error }: StepRow, { step, item, path: loop }: Level): boolean {
  const isPassedOver = step.kind === 'forEach' && step.continueOnItemError && !ENDS_THE_RUN.has(error?.code ?? '');
  if (status === 'failed' && !isPassedOver) return false;
  const index = Number(path.slice(loop.length + 1, -1));
  return step.kind === 'repeat' ? index < (item ?? Infinity) : index !== item;
}

function reopenedCursor(cursor: StepRow, { step, item }: Level): StepRow {
  return item === undefined ? cursor : reopened(cursor, item, step.kind === 'repeat' ? Infinity : item);
}

/** What was under way is begun anew, and so is what failed, unless the flow went on from there. */
function stands(row: StepRow, chain: readonly Level[]): boolean {
  if (row.status === 'succeeded' || (row.status === 'skipped' && !isGivenUp(row))) return true;
  return (row.status === 'failed' || row.status === 'retrying') && chain.some((level, depth) => goesOn(level, chain[depth + 1]));
}

/** The outputs of a run by step path, for a rehearsal to answer with. */
export function recordedRows(plan: Plan, rows: readonly StepRow[]): StepRow[] {
  return lastAttempts(plan, rows)
    .filter((row) => row.status === 'succeeded' && REHEARSED.has(row.kind) && stepIn(plan, row.path))
    .map((row) => ({ ...row, path: recordedPath(row.path), kind: 'recorded' }));
}

const REHEARSED: ReadonlySet<string> = new Set(['use', 'call', 'wait']);

/** Where the journal of a rehearsal keeps what a step gave in the run that it repeats. */
export function recordedPath(path: string): string {
  return `~${path}`;
}
