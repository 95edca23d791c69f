import type { StepRow } from './records.js';

/**
 * A step with steps inside that is tried again does all of it again, and what an earlier attempt journalled stays as it is. So
 * each attempt has a place of its own: the first one the step's path, the next ones `both~2`, `both~3`, and what is inside of
 * them `both~2.call` or, of a loop, `each~2[0].call`.
 */
export function attemptPath(path: string, attempt: number): string {
  return attempt === 1 ? path : `${path}~${attempt}`;
}

/** The rows that say how its attempts ended, one per attempt: `both~tries` for the step `both`. */
export function triesPath(path: string): string {
  return `${path}~tries`;
}

/** Which attempt of a step comes next, or was the last one, by the newest row of its attempts. */
export function attemptNow(tries: Pick<StepRow, 'status' | 'attempt'> | undefined): number {
  if (!tries) return 1;
  return tries.status === 'retrying' ? tries.attempt + 1 : tries.attempt;
}

/** The path that a step would have had if whatever it stands in had been tried once. */
export function plainPath(path: string): string {
  if (!path.includes('~') || path.startsWith('~')) return path;
  return path.replaceAll(/\w+~\d+\./g, '').replaceAll(/(\w)~\d+/g, '$1');
}
