import { isInItem } from '@millrace/flow';
import { lastAttempts } from './last-attempts.js';
import { chainOf, type Level } from './plan-chain.js';
import type { Plan, PlannedTry } from './plan.js';
import type { ErrorRecord, StepRow } from './records.js';
import { matchesCode } from './retry.js';
import { ENDS_THE_RUN } from './steps/step.js';

/** What passed over a failure, so that the run went on. */
export interface PassedOver {
  /** `continue`: `onError` of a step. `catch`: a `try`. `item`: `onItemError` of a loop. */
  readonly by: 'continue' | 'catch' | 'item';
  /** Its path; of a loop, that of the item that failed. */
  readonly path: string;
}

/** A row as far as it tells of a failure. */
export type FailureRow = Pick<StepRow, 'path' | 'attempt' | 'status' | 'kind' | 'error'> & {
  /** How many rows it stands for: failed items of one loop may come as one. */
  readonly count?: number;
};

/** Whether this `try` has a `catch` that takes such a failure. */
export function catches({ catch: handler, on }: PlannedTry, { code }: Pick<ErrorRecord, 'code'>): boolean {
  return handler !== undefined && !ENDS_THE_RUN.has(code) && (on === undefined || on.some((pattern) => matchesCode(pattern, code)));
}

/** Whether the flow goes on when what is inside here fails. Without an error: when it fails of something that can be passed over. */
export function goesOn(level: Level, inside: Level | undefined, error?: Pick<ErrorRecord, 'code'>): boolean {
  return passing(level, inside, error) !== undefined;
}

function passing({ step, path, item }: Level, inside: Level | undefined, error?: Pick<ErrorRecord, 'code'>): PassedOver | undefined {
  if (step.kind === 'forEach' && step.continueOnItemError && item !== undefined) return { by: 'item', path: `${path}[${item}]` };
  const isTried = step.kind === 'try' && step.catch !== undefined && inside?.list === 'steps';
  if (isTried && (error === undefined || catches(step, error))) return { by: 'catch', path };
  return step.continueOnError ? { by: 'continue', path } : undefined;
}

/**
 * Failures that the flow went on from, each with what passed over it, by the path of what failed. Attempts that were made again are
 * none, and neither is what nothing passed over.
 */
export function passedOver(plan: Plan, rows: readonly FailureRow[]): ReadonlyMap<string, PassedOver> {
  return new Map(failuresIn(plan, rows).map(({ row, over }) => [row.path, over]));
}

/**
 * How many failures were passed over: one for each time that a `try` caught, a step went on by its `onError`, or an item was left as
 * failed, however many rows tell of it. Within an item of a loop nothing counts but the item: what its steps did is kept of some.
 */
export function countPassedOver(plan: Plan, rows: readonly FailureRow[]): number {
  const outside = failuresIn(
    plan,
    rows.filter(({ path }) => !isInItem(path)),
  );
  const places = new Set(outside.filter(({ over }) => over.by !== 'item').map(({ over }) => over.path));
  const items = outside.filter(({ over, row }) => over.by === 'item' && row.kind === 'item');
  return items.reduce((sum, { row }) => sum + (row.count ?? 1), places.size);
}

interface Failure {
  readonly row: FailureRow;
  readonly over: PassedOver;
}

function failuresIn(plan: Plan, rows: readonly FailureRow[]): Failure[] {
  return lastAttempts(plan, rows.map(failedBlock)).flatMap((row) => {
    const over = row.status === 'failed' && isShown(row) ? overOf(plan, row) : undefined;
    return over ? [{ row, over }] : [];
  });
}

/** A step with steps inside that ran out of its time has a timer that says so, and may have no other row. */
function failedBlock(row: FailureRow): FailureRow {
  const isLate = row.kind === 'timer' && row.status === 'failed' && row.path.endsWith('~');
  return isLate ? { ...row, kind: 'late', path: row.path.slice(0, -1) } : row;
}

function isShown({ kind }: FailureRow): boolean {
  return kind !== 'timer' && kind !== 'recorded';
}

/** From the failure outwards, the first that passes over it. */
function overOf(plan: Plan, { path, error }: FailureRow): PassedOver | undefined {
  if (error && ENDS_THE_RUN.has(error.code)) return undefined;
  const chain = chainOf(plan, path) ?? [];
  for (let depth = chain.length - 1; depth >= 0; depth -= 1) {
    const over = passing(chain[depth]!, chain[depth + 1], error);
    if (over) return over;
  }
  return undefined;
}
