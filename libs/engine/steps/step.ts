import { isStepError, StepError } from '@millrace/component-sdk';
import type { StepEnvironment } from '../determinism.js';
import type { PlannedStep } from '../plan.js';
import type { Clock, Host } from '../ports.js';
import type { ClaimedRun, ErrorRecord, RunResult, RunScope, StepRow } from '../records.js';

/** What a step tells the list it stands in. Only `next` lets the list go on. */
export type StepSignal =
  | { readonly kind: 'next' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'stopped'; readonly result: RunResult }
  | { readonly kind: 'suspended'; readonly resumeAt: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'abandoned' };

export const NEXT: StepSignal = { kind: 'next' };

/** What a kind of step may use of the walk it is part of. */
export interface Walk {
  readonly run: ClaimedRun;
  readonly scope: RunScope;
  readonly host: Host;
  readonly clock: Clock;
  /** How many leases in a row expired since the journal last grew, this walk included. */
  readonly crashes: number;
  /** Aborts when the run must be given up at once; nothing may be written after that. */
  readonly signal: AbortSignal;
  /** The newest journal row of a step, if it has one. */
  row(path: string): StepRow | undefined;
  /** Time and chance for the expressions of a step. */
  environment(path: string): StepEnvironment;
  /** Keeps a row for the next commit. */
  note(row: StepRow): void;
  /** Commits what was noted, if a component step is among it. False: the claim is lost. */
  commit(force?: boolean): Promise<boolean>;
  /** True when the runner is shutting down and the run should be handed over at this boundary. */
  shouldYield(): boolean;
  list(steps: readonly PlannedStep[]): Promise<StepSignal>;
}

/** Runs the body of a decision and journals what it decided, or why it could not. */
export async function decision<T extends StepRow['output']>(
  walk: Walk,
  step: PlannedStep,
  decide: (environment: StepEnvironment) => T | Promise<T>,
): Promise<{ readonly output: T } | { readonly failed: ErrorRecord }> {
  const journalled = walk.row(step.id);
  if (journalled?.status === 'succeeded') return { output: journalled.output as T };
  if (journalled?.error) return { failed: journalled.error };
  const startedAt = walk.clock.now();
  const row = { path: step.id, attempt: 1, kind: step.kind, startedAt };
  try {
    const output = await decide(walk.environment(step.id));
    walk.note({ ...row, status: 'succeeded', output, finishedAt: walk.clock.now() });
    return { output };
  } catch (error) {
    const failed = errorRecord(error, step.id, 1);
    walk.note({ ...row, status: 'failed', error: failed, finishedAt: walk.clock.now() });
    return { failed };
  }
}

/** The one way from something thrown to something stored. */
export function errorRecord(thrown: unknown, step: string, attempt: number): ErrorRecord {
  const error = asStepError(thrown);
  return {
    code: error.code,
    message: error.message,
    step,
    attempt,
    blame: error.blame,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.details === undefined ? {} : { details: plainDetails(error.details) }),
  };
}

/** Details come from components, and what is not JSON (a cycle, a BigInt) must not cost the run its journal. */
function plainDetails(details: Record<string, unknown>): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
  } catch (error) {
    return { unreadable: `The details of this error are not JSON: ${(error as Error).message.split('\n')[0]}` };
  }
}

/** Anything thrown becomes a StepError; what is not one is a defect of the component and never retried blindly. */
export function asStepError(thrown: unknown): StepError {
  if (isStepError(thrown)) return thrown;
  const cause =
    thrown instanceof Error ? thrown : new Error(typeof thrown === 'string' ? thrown : 'a value that is not an Error was thrown');
  return new StepError({
    code: 'component.crashed',
    message: `The component threw ${cause.name}: ${cause.message}. This is a defect in the component; its stack is in the details.`,
    blame: 'author',
    details: { stack: (cause.stack ?? '').split('\n').slice(0, 12).join('\n') },
    cause: thrown,
  });
}
