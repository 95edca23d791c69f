import { isStepError, StepError, type Json } from '@millrace/component-sdk';
import type { StepEnvironment } from '../determinism.js';
import type { Limits } from '../limits.js';
import type { PlannedStep } from '../plan.js';
import type { Calls, Clock, CredentialRates, Host, Resumptions } from '../ports.js';
import type { ClaimedRun, ErrorRecord, FlowResponse, RunResult, RunScope, StepRow } from '../records.js';
import type { Halt } from '../strands.js';
import type { Trail } from '../trail.js';
import { plainPath } from '../tries.js';

/** What a step tells the list it stands in. Only `next` lets the list go on; `halted` says that a sibling decided. */
export type StepSignal =
  | { readonly kind: 'next' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }
  | { readonly kind: 'stopped'; readonly result: RunResult }
  | { readonly kind: 'suspended'; readonly resumeAt: number }
  | { readonly kind: 'halted' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'abandoned' };

export const NEXT: StepSignal = { kind: 'next' };
export const HALTED: StepSignal = { kind: 'halted' };

/** Failures that neither `onError: "continue"` nor a `catch` passes over: the author's own stop, and what only a person can judge. */
export const ENDS_THE_RUN: ReadonlySet<string> = new Set([
  'flow.stopped',
  'run.poison',
  'crash.in-flight',
  'run.too-many-steps',
  'run.too-long',
  'run.journal-too-large',
]);

/** What a kind of step may use of the walk it is part of. */
export interface Walk {
  readonly run: ClaimedRun;
  readonly scope: RunScope;
  readonly host: Host;
  readonly clock: Clock;
  readonly calls: Calls;
  readonly resumptions: Resumptions;
  readonly rates: CredentialRates;
  readonly limits: Limits;
  /** How many leases in a row expired since a component step was last journalled, this walk included. */
  readonly crashes: number;
  /** Aborts when the run must be given up at once; nothing may be written after that. */
  readonly signal: AbortSignal;
  /** What the last step that has an output gave; null before that. */
  readonly output: Json;
  /** When the last step that counts finished, by the journal: what `$now()` says, the same on every walk. */
  readonly now: number;
  /** No other strand of this run works or waits. */
  readonly isAlone: boolean;
  /** A sibling decided: no new step is to begin. */
  readonly isHalted: boolean;
  /** When the time of a step around this place is over, in milliseconds since the epoch; Infinity where none has one. */
  readonly deadline: number;
  /** So much was noted that it should be written, effects or not. */
  readonly isLoaded: boolean;
  /** A `respond` step has answered, in this slice or an earlier one. */
  readonly hasResponded: boolean;
  /** The step path of an id here. */
  path(id: string): string;
  /** The newest journal row of a step, if it has one. */
  row(path: string): StepRow | undefined;
  /** Time and chance for the expressions of a step. */
  environment(path: string): StepEnvironment;
  /** Keeps a row for the next commit. */
  note(row: StepRow): void;
  /** Commits what was noted, if an effect is among it. False: the claim is lost. */
  commit(force?: boolean): Promise<boolean>;
  /** True when the runner is shutting down and the run should be handed over at this boundary. */
  shouldYield(): boolean;
  /**
   * Waits in memory while other strands work, until `time` at most: `next`. All of them wait: `suspended`, until `time`.
   */
  park(time: number): Promise<StepSignal>;
  list(steps: readonly PlannedStep[]): Promise<StepSignal>;
  /** A walk of its own for a branch or an item: it sees what is visible here, and what its steps give stays inside. */
  inner(parts: InnerWalk): Walk;
  /** Walks steps here that see another `error`. */
  handle(error: ErrorRecord, steps: readonly PlannedStep[]): Promise<StepSignal>;
  /**
   * Writes down that the step at `path`, which has a `finally`, begins, where it may be halted: what was in flight when the process
   * died leaves nothing else behind. False: it was halted before.
   */
  begins(path: string): boolean;
  /** Walks the `finally` of the step at `path`, which no sibling and no time halts. */
  shielded(path: string, steps: readonly PlannedStep[]): Promise<StepSignal>;
  /**
   * Runs strands side by side and tells `ended` of each end as it comes. Resolves when all have ended, in the order of
   * `walks`; a port that fails in one of them ends all, and then it rejects.
   */
  sideBySide(walks: readonly (() => Promise<StepSignal>)[], ended?: (signal: StepSignal) => void): Promise<StepSignal[]>;
  /** What stops strands of this walk, and is stopped with it. */
  halting(): Halt;
  halt(halt: Halt): void;
  /** Whether the journal has rows inside an item, and its trail so far. */
  trail(prefix: string): Trail | undefined;
  /** What an item leaves behind goes with the item around this place. */
  leaveBehind(trail: Trail): void;
  /** What the run gives to whoever awaits it. */
  responded(response: FlowResponse): void;
  /** Takes rows out of the journal, because the next row says what they said. */
  drop(trail: Trail): void;
  /** The finished items of a loop, the ones of earlier slices too; with `index`, that one alone. */
  items(path: string, index?: number): Promise<StepRow[]>;
}

export interface InnerWalk {
  readonly scope?: Partial<RunScope>;
  readonly prefix?: string;
  readonly halt?: Halt;
  /** Collects the keys of the rows that are noted inside. */
  readonly trail?: Trail;
  readonly now?: number;
}

/** Runs the body of a decision and journals what it decided, or why it could not. */
export async function decision<T extends StepRow['output']>(
  walk: Walk,
  step: PlannedStep,
  decide: (environment: StepEnvironment) => T | Promise<T>,
): Promise<{ readonly output: T } | { readonly failed: ErrorRecord }> {
  const path = walk.path(step.id);
  const journalled = walk.row(path);
  if (journalled?.status === 'succeeded') return { output: journalled.output as T };
  if (journalled?.error) return { failed: journalled.error };
  const startedAt = walk.clock.now();
  const row = { path, attempt: 1, kind: step.kind, startedAt };
  try {
    const output = await decide(walk.environment(path));
    walk.note({ ...row, status: 'succeeded', output, finishedAt: walk.clock.now() });
    return { output };
  } catch (error) {
    const failed = errorRecord(error, path, 1);
    walk.note({ ...row, status: 'failed', error: failed, finishedAt: walk.clock.now() });
    return { failed };
  }
}

/** Waits until a time that the journal knows, in memory while other strands work, else by suspending the run. */
export async function until(walk: Walk, time: number): Promise<StepSignal> {
  while (time > walk.clock.now()) {
    const signal = await walk.park(time);
    if (signal.kind !== 'next') return signal;
  }
  return NEXT;
}

/** The one way from something thrown to something stored. */
export function errorRecord(thrown: unknown, step: string, attempt: number): ErrorRecord {
  const error = asStepError(thrown);
  return {
    code: error.code,
    message: error.message,
    step: plainPath(step),
    attempt,
    blame: error.blame,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(Number.isFinite(error.retryAfterMs) && { retryAfterMs: Math.round(error.retryAfterMs!) }),
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
