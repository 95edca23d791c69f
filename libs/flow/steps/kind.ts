import type { Component, Json, JsonSchema } from '@millrace/component-sdk';
import type { Cursor, Fields } from '../format/reader.js';
import type { ProblemCode } from '../problem-codes.js';
import type { Step, StepBase } from '../types.js';

/** The keys that say what a step is. */
export type StepKindName = 'use' | 'if' | 'switch' | 'set' | 'stop';

/**
 * A value of a step that may hold expressions. In a `condition` a missing value is false; in a `value` it is an error;
 * in a `constant` there may be no expression.
 */
export interface ExpressionSite {
  readonly pointer: string;
  readonly value: Json;
  readonly use: 'condition' | 'value' | 'constant';
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
}

/** Reports at a JSON pointer: at its key or at its value. */
export interface StepChecker {
  readonly catalog: Catalog;
  readonly pointer: string;
  /** `below` is a JSON pointer below the step; what does not exist is reported at the nearest thing that does. */
  report(code: ProblemCode, message: string, below: string, place?: 'key' | 'value'): void;
}

export interface ReadContext {
  readonly readSteps: (at: Cursor) => Step[] | undefined;
}

/** All there is to know about one kind of step. A new kind is a file with one of these and an entry in `kinds`. */
export interface StepKind<S extends Step = Step> {
  readonly key: StepKindName;
  /** Its own keys, `key` among them; the common ones come on top. */
  readonly keys: readonly string[];
  /** For editors: the schema of each key. */
  readonly schema: Readonly<Record<string, JsonSchema>>;
  /** Keys without which the step cannot be. */
  readonly required: readonly string[];
  /** Gives undefined for a step that could not be read; the problems are reported. */
  read(fields: Fields, base: StepBase, context: ReadContext): S | undefined;
  /** The lists of steps inside it, of which at most one runs. */
  branches(step: S): readonly (readonly Step[])[];
  expressions(step: S): readonly ExpressionSite[];
  output(step: S, catalog: Catalog): OutputShape;
  /** True when no step behind it in the same list can run. */
  ends(step: S, endsList: (steps: readonly Step[]) => boolean): boolean;
  check?(step: S, checker: StepChecker): void;
}

/** Fills in what most kinds have: no branches, and the run goes on. */
export function defineStepKind<S extends Step>(
  kind: Omit<StepKind<S>, 'branches' | 'ends'> & Partial<Pick<StepKind<S>, 'branches' | 'ends'>>,
): StepKind<S> {
  return { branches: () => [], ends: () => false, ...kind };
}
