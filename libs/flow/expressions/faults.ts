/** An expression that cannot be read. `offset` counts UTF-16 units from its first character. */
export class ExpressionSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
    readonly length = 1,
  ) {
    super(message);
    this.name = 'ExpressionSyntaxError';
  }
}

/** An expression that failed while it ran. `reason` is JSONata's own code (`T2009`) or one of ours. */
export class ExpressionFault extends Error {
  constructor(
    readonly code: 'expression.failed' | 'expression.timeout',
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = 'ExpressionFault';
  }
}

/** A fault of ours: what an expression asked for and does not get. `message` has no full stop. */
export function refused(message: string): ExpressionFault {
  return new ExpressionFault('expression.failed', 'refused', message);
}

/** JSONata's messages for the faults that compiled expressions can raise, by its codes (jsonata 2.2, `errorCodes`). */
const messages = {
  D1001: 'a number is out of range',
  D1002: 'only a number can be negated',
  T1003: 'the keys of an object must be strings',
  D1009: 'two keys of an object are equal',
  D1013: 'keys that start with `_jsonata_` are reserved',
  T2001: 'the left side of the operator must be a number',
  T2002: 'the right side of the operator must be a number',
  T2009: 'both sides of a comparison must be of the same type',
  T2010: 'only numbers and strings can be compared by size',
  D3001: 'infinity has no text',
  T0410: 'the function does not take an argument of this type',
} as const;

export type FaultReason = keyof typeof messages;

/** The fault that JSONata raises under the same code. */
export function fault(reason: FaultReason): ExpressionFault {
  return new ExpressionFault('expression.failed', reason, messages[reason]);
}
