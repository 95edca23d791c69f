import { chainOf } from './plan-chain.js';
import { isLoop, type Plan } from './plan.js';
import type { StepRow } from './records.js';
import { attemptNow, attemptPath, plainPath, triesPath } from './tries.js';

/** What of a row says which attempt it is of. */
export type TriedRow = Pick<StepRow, 'path' | 'attempt' | 'status' | 'kind'>;

/**
 * The rows of a run as though every step with steps inside had been tried once: those of its last attempt, at the paths of a first
 * one. Where another attempt was due and had not begun, there are none.
 */
export function lastAttempts<T extends TriedRow>(plan: Plan, rows: readonly T[]): readonly T[] {
  const tries = new Map(rows.filter(({ kind }) => kind === 'tries').map((row) => [row.path, row]));
  if (tries.size === 0) return rows;
  return rows
    .filter((row) => row.kind !== 'tries' && isOfLast(plan, row.path, tries))
    .map((row) => ({ ...row, path: plainPath(row.path) }));
}

/** Goes down to the step and asks at each one on the way which attempt of it the path is of. */
function isOfLast(plan: Plan, path: string, tries: ReadonlyMap<string, TriedRow>): boolean {
  let prefix = '';
  for (const { step, item } of chainOf(plan, path) ?? []) {
    const own = prefix + step.id;
    const newest = tries.get(triesPath(own));
    const now = attemptNow(newest);
    if (newest && attemptIn(path, own) !== now) return false;
    const place = attemptPath(own, now);
    if (isLoop(step)) prefix = `${place}[${item ?? ''}].`;
    else if (now > 1) prefix = `${place}.`;
  }
  return true;
}

function attemptIn(path: string, own: string): number {
  const number = path.startsWith(`${own}~`) ? /^\d+/.exec(path.slice(own.length + 1)) : null;
  return number ? Number(number[0]) : 1;
}
