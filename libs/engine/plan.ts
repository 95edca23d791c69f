import type { Json } from '@millrace/component-sdk';
import type { CompiledExpression, CompiledTemplate } from '@millrace/flow';
import type { RetryPolicy } from './retry.js';

/** A flow version made ready to run: expressions compiled, policies resolved. Immutable, shared by all its runs. */
export interface Plan {
  readonly flowId: string;
  readonly version: number;
  /** Its events come as `{ items }`, several in one run. */
  readonly batches: boolean;
  /** The trigger's condition where it could not be decided on the accept path. */
  readonly when: CompiledExpression | undefined;
  readonly steps: readonly PlannedStep[];
  readonly onError: readonly PlannedStep[];
  /** Ids of the steps outside loops that wait for a request: their URLs are known from the start. */
  readonly resumable: readonly string[];
}

/** What every kind of step has. */
export interface Common {
  readonly id: string;
  readonly when: CompiledExpression | undefined;
  readonly continueOnError: boolean;
  /** How long all of a step with steps inside may take, in milliseconds; of one that is tried again, each attempt. */
  readonly withinMs?: number;
  /** For a step with steps inside that is tried again as a whole. */
  readonly again?: Again;
}

/** How a step with steps inside is tried again. */
export interface Again {
  readonly policy: RetryPolicy;
  /** Ids of the steps inside, outside of loops, that wait for a request. */
  readonly resumable: readonly string[];
}

export interface PlannedUse extends Common {
  readonly kind: 'use';
  readonly component: string;
  readonly credential: string | undefined;
  readonly props: CompiledTemplate;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly stopOnCrash: boolean;
}

export interface PlannedIf extends Common {
  readonly kind: 'if';
  readonly condition: CompiledExpression;
  readonly then: readonly PlannedStep[];
  readonly else: readonly PlannedStep[];
}

export interface PlannedSwitch extends Common {
  readonly kind: 'switch';
  /** Undefined for `switch: true`, where the first case whose condition holds is taken. */
  readonly subject: CompiledExpression | undefined;
  readonly cases: readonly PlannedCase[];
  readonly default: readonly PlannedStep[];
}

export interface PlannedCase {
  /** A constant or a list of them; a condition for `switch: true`. */
  readonly when: Json | CompiledExpression;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedSet extends Common {
  readonly kind: 'set';
  readonly values: CompiledTemplate;
}

export interface PlannedStop extends Common {
  readonly kind: 'stop';
  readonly as: 'succeeded' | 'failed';
  readonly message: CompiledTemplate | undefined;
}

export interface PlannedForEach extends Common {
  readonly kind: 'forEach';
  readonly items: CompiledTemplate;
  readonly as: string;
  readonly concurrency: number;
  readonly continueOnItemError: boolean;
  readonly steps: readonly PlannedStep[];
  /** For a test of a step inside: only the first item is done, and the rows of its steps are kept. */
  readonly sampled: boolean;
  /** Ids of the steps of one item that wait for a request. */
  readonly resumable: readonly string[];
}

export interface PlannedRepeat extends Common {
  readonly kind: 'repeat';
  readonly steps: readonly PlannedStep[];
  /** Asked after every round: another one follows where it holds. */
  readonly goesOn: CompiledExpression;
  /** The most rounds. */
  readonly limit: number;
  /** For a test of a step inside: only the first round is done, and the rows of its steps are kept. */
  readonly sampled: boolean;
  /** Ids of the steps of one round that wait for a request. */
  readonly resumable: readonly string[];
}

/** Steps whose inside runs any number of times, each time at paths of its own. */
export type PlannedLoop = PlannedForEach | PlannedRepeat;

export function isLoop(step: PlannedStep): step is PlannedLoop {
  return step.kind === 'forEach' || step.kind === 'repeat';
}

export interface PlannedParallel extends Common {
  readonly kind: 'parallel';
  readonly branches: readonly { readonly name: string; readonly steps: readonly PlannedStep[] }[];
  readonly failFast: boolean;
}

export interface PlannedTry extends Common {
  readonly kind: 'try';
  readonly steps: readonly PlannedStep[];
  readonly catch: readonly PlannedStep[] | undefined;
  /** Codes that `catch` takes; undefined: all. */
  readonly on: readonly string[] | undefined;
  readonly finally: readonly PlannedStep[];
}

export interface PlannedWait extends Common {
  readonly kind: 'wait';
  readonly wait:
    | { readonly kind: 'for' | 'until'; readonly value: CompiledTemplate }
    | { readonly kind: 'webhook'; readonly credential: string | undefined; readonly timeoutMs: number };
}

export interface PlannedCall extends Common {
  readonly kind: 'call';
  readonly flow: string;
  readonly input: CompiledTemplate;
  readonly awaits: boolean;
  readonly timeoutMs: number | undefined;
  readonly retry: RetryPolicy;
}

export interface PlannedRespond extends Common {
  readonly kind: 'respond';
  readonly answer: CompiledTemplate;
}

export type PlannedStep =
  | PlannedUse
  | PlannedIf
  | PlannedSwitch
  | PlannedSet
  | PlannedStop
  | PlannedForEach
  | PlannedRepeat
  | PlannedParallel
  | PlannedTry
  | PlannedWait
  | PlannedCall
  | PlannedRespond;
