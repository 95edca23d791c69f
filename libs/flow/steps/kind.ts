import type { Component, Json, JsonSchema } from '@millrace/component-sdk';
import type { Cursor, Fields } from '../format/reader.js';
import type { ProblemCode } from '../problem-codes.js';
import type { Step, StepBase, StepSettings, TriggerType } from '../types.js';

/** The keys that say what a step is. */
export type StepKindName =
  'use' | 'if' | 'switch' | 'forEach' | 'repeat' | 'parallel' | 'try' | 'wait' | 'call' | 'respond' | 'set' | 'stop';

/**
 * A value of a step that may hold expressions. In a `condition` a missing value is false; in a `value` it is an error;
 * in a `constant` there may be no expression.
 */
export interface ExpressionSite {
  readonly pointer: string;
  readonly value: Json;
  readonly use: 'condition' | 'value' | 'constant';
  /** Where in the step the expression stands that this value, or one of this list, is compared with. */
  readonly comparedWith?: string;
  /** What a condition can look like here, for whoever wrote none. */
  readonly example?: string;
}

/** What `steps.<id>` gives: nothing, something unknown, or what a schema describes. */
export type OutputShape = 'none' | 'unknown' | JsonSchema;

export interface CredentialInfo {
  readonly type: string;
  readonly in?: string;
  /** The variable to set before the credential can be used. */
  readonly missing?: string;
  /** What is wrong with its definition otherwise, as a sentence. */
  readonly broken?: string;
}

/** Another flow, as far as `call` steps need to know it. */
export interface FlowInfo {
  readonly trigger: TriggerType;
  /** The ids of the flows that its own `call` steps name. */
  readonly calls: readonly string[];
}

/** What is installed and defined where the flow is to run. */
export interface Catalog {
  readonly components: ReadonlyMap<string, Component>;
  readonly credentials: ReadonlyMap<string, CredentialInfo>;
  /** Names of the shared endpoints; absent where they are not known, and then not checked. */
  readonly endpoints?: ReadonlySet<string>;
  /**
   * Default true. False leaves out what compiles JSON Schemas (prop values, the trigger's schema):
   * compiling generates code, which a page's content security policy forbids.
   */
  readonly checkSchemas?: boolean;
  /** The flows there are, by id; without it, flows that are called are taken to exist. */
  readonly flows?: ReadonlyMap<string, FlowInfo>;
}

/** Reports at a JSON pointer: at its key or at its value. */
export interface StepChecker {
  readonly catalog: Catalog;
  /** The id of the flow that is checked; empty where it could not be read. */
  readonly flowId: string;
  readonly pointer: string;
  /** `below` is a JSON pointer below the step; what does not exist is reported at the nearest thing that does. */
  report(code: ProblemCode, message: string, below: string, place?: 'key' | 'value'): void;
}

export interface ReadContext {
  readonly readSteps: (at: Cursor) => Step[] | undefined;
}

/** A list of steps inside a step, and what its expressions see beyond what the step itself sees. */
export interface InnerList {
  readonly steps: readonly Step[];
  /** Names that exist only inside, such as `item`, with the shape of what they hold. They hide outer names. */
  readonly names?: Readonly<Record<string, JsonSchema>>;
  /** Lists of the same step of which any part may have run before: its steps are seen, and each may be missing. */
  readonly mayFollow?: readonly (readonly Step[])[];
  /** Lists of the same step that have run, or run beside it, whenever this one runs. */
  readonly alongside?: readonly (readonly Step[])[];
  /** Where in the step the condition is that holds when this list runs, as a JSON pointer; `unless`: the one that does not. */
  readonly where?: string;
  readonly unless?: string;
  /** Runs any number of times: what happens inside cannot be read from outside. */
  readonly repeats?: boolean;
  /** Those of `names` that need not be there. */
  readonly uncertain?: readonly string[];
  /** Expressions of the step that are asked when this list has run: they see what it gave. */
  readonly asks?: readonly ExpressionSite[];
}

/** What the names that only exist inside a step are told apart by. */
export interface InnerContext {
  /** What an item of this value is, as far as it is known. */
  itemOf(value: Json): JsonSchema;
  /** The output of a list: that of its last step. */
  ofList(steps: readonly Step[]): OutputShape;
}

/** For those who want to know which lists there are, whatever can be read in them. */
export const SHAPELESS: InnerContext = { itemOf: () => ({}), ofList: () => 'unknown' };

/** What the output of a step with lists inside is made of. */
export interface OutputContext extends Pick<InnerContext, 'ofList'> {
  readonly catalog: Catalog;
}

/** All there is to know about one kind of step. A new kind is a file with one of these and an entry in `kinds`. */
export interface StepKind<S extends Step = Step> {
  readonly key: StepKindName;
  /** Its own keys, `key` among them; the common ones come on top. */
  readonly keys: readonly string[];
  /** For editors: the schema of each key. */
  readonly schema: Readonly<Record<string, JsonSchema>>;
  /** What the keys' own schemas cannot say: which of them need or exclude each other. */
  readonly together?: JsonSchema;
  /** Keys without which the step cannot be. */
  readonly required: readonly string[];
  /** Gives undefined for a step that could not be read; the problems are reported. */
  read(fields: Fields, base: StepBase, context: ReadContext): S | undefined;
  /** Of the settings that steps share, those that have an effect on this kind. */
  readonly settings: readonly (keyof StepSettings)[];
  /** The lists of steps inside it, in file order. */
  inner(step: S, context: InnerContext): readonly InnerList[];
  expressions(step: S): readonly ExpressionSite[];
  output(step: S, context: OutputContext): OutputShape;
  /** True when no step behind it in the same list can run. */
  ends(step: S, endsList: (steps: readonly Step[]) => boolean): boolean;
  check?(step: S, checker: StepChecker): void;
}

type Usual = 'settings' | 'inner' | 'ends';

/** Fills in what most kinds have: nothing to retry or to time, no lists inside, and the run goes on. */
export function defineStepKind<S extends Step>(kind: Omit<StepKind<S>, Usual> & Partial<Pick<StepKind<S>, Usual>>): StepKind<S> {
  return { settings: ['onError'], inner: () => [], ends: () => false, ...kind };
}
