import { stepIn } from './plan-chain.js';
import type { Plan } from './plan.js';
import type { StepRow } from './records.js';
import { plainPath } from './tries.js';

/** All that a run can wait for. */
export const AWAITED = ['time', 'request', 'answer', 'retry', 'call', 'rate'] as const;

/** What a waiting run waits for. */
export interface Awaited {
  /** `request`: to its resume URL. `answer`: of a person, on its page. `retry`: another attempt after a failure. `call`: the end of a called flow. `rate`: the rate of a credential. */
  readonly for: (typeof AWAITED)[number];
  /** The path of the step that waits. */
  readonly step: string;
  /** Milliseconds since the epoch: when it goes on, or gives up. Undefined: a called flow that may take as long as it likes. */
  readonly until: number | undefined;
}

/** A row as far as it tells what is waited for. */
export type WaitingRow = Pick<StepRow, 'path' | 'kind' | 'status' | 'resumeAt' | 'retryAt' | 'rateOf'>;

/**
 * What a run waits for, by the rows of its journal that are `waiting` or `retrying`, of the steps that wait the one first that is over
 * first. `due`: when the run is looked at again; what was over before is waited for no more. Without a plan nobody can tell a wait
 * for a request from one for a time.
 */
export function awaitedIn(plan: Plan | undefined, rows: readonly WaitingRow[], due: number): Awaited[] {
  return rows
    .filter(({ status, kind }) => (status === 'waiting' && WAITS.has(kind)) || status === 'retrying')
    .map((row) => ({ for: reason(plan, row), step: plainPath(row.path.replace(/~tries$/, '')), until: row.retryAt ?? row.resumeAt }))
    .filter(({ until }) => until === undefined || until >= due)
    .sort((one, other) => (one.until ?? LAST) - (other.until ?? LAST));
}

/** Behind every time that there is. */
const LAST = Number.MAX_VALUE;

/** The timer of a step with steps inside waits for nothing by itself. */
const WAITS: ReadonlySet<string> = new Set(['wait', 'call', 'use']);

function reason(plan: Plan | undefined, { path, kind, status, rateOf }: WaitingRow): Awaited['for'] {
  if (status === 'retrying') return 'retry';
  if (kind === 'call') return 'call';
  if (rateOf !== undefined) return 'rate';
  const step = plan && stepIn(plan, path);
  if (step?.kind !== 'wait' || step.wait.kind !== 'webhook') return 'time';
  return step.wait.ask ? 'answer' : 'request';
}
