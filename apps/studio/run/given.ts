import type { RunView, StepView } from '../api/wire.js';
import { shortId } from '../format/format.js';

/** Why a step has a result in a run that did not do it. `taken over`: a re-run has it from the run that it repeats; the others are of tests. */
export type Given = 'taken over' | 'recorded' | 'pinned' | 'assumed';

export function givenIn({ rerunOf }: Pick<RunView, 'rerunOf'>, row: Pick<StepView, 'given'> | undefined): Given | undefined {
  if (!row || row.given === null) return undefined;
  return row.given === 'recorded' && rerunOf !== null ? 'taken over' : row.given;
}

/** Where it comes from, for a place in which others say when they ran. */
export function givenFrom(given: Given, { rerunOf }: Pick<RunView, 'rerunOf'>): string {
  if (given === 'taken over') return `taken over from run ${shortId(rerunOf ?? '')}`;
  return given === 'recorded' ? 'recorded by another run of the event' : given;
}

/** When a step began in this run, in milliseconds: a loop that a re-run goes on with began in the run before. */
export function beganIn(run: Pick<RunView, 'rerunOf' | 'createdAt' | 'startedAt'>, startedAt: string): number {
  const began = Date.parse(startedAt);
  return run.rerunOf === null ? began : Math.max(Date.parse(run.startedAt ?? run.createdAt), began);
}
