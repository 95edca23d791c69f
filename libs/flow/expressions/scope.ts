/**
 * What an expression sees. It holds no credential and nothing of the environment.
 * In loops it has the items as well, inner and outer, as the loops call them.
 */
export interface Scope {
  readonly trigger?: unknown;
  /** Outputs of the steps that ran, by id. */
  readonly steps?: { readonly [id: string]: unknown };
  /** Only in `catch` and `onError`. */
  readonly error?: unknown;
  /** By the id of a step that waits for a webhook: `{ url }`. Only in steps. */
  readonly resume?: unknown;
  /** The position of the item, from 0. Only in loops. */
  readonly index?: number;
  readonly run?: unknown;
  readonly flow?: unknown;
}

/** Where time and chance come from: fixed per step by whoever runs it, so that walking a run again gives the same. */
export interface ExpressionEnv {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** At least 0, below 1. */
  random(): number;
  uuid(): string;
}
