import { compileExpression } from './expression.js';
import type { CompiledExpression } from './expression.js';
import { ExpressionSyntaxError } from './faults.js';
import type { ExpressionEnv, Scope } from './scope.js';
import { stepErrorOf } from './step-error.js';
import { splitTemplate, wholeExpression } from './template-text.js';
import { isTruthy } from './values.js';

/**
 * Compiles a condition: `true`, `false`, or a string that is one whole `{{ expression }}`.
 * Throws an ExpressionSyntaxError for anything else.
 */
export function compileCondition(condition: string | boolean): CompiledExpression {
  if (typeof condition === 'boolean') return compileExpression(String(condition));
  const whole = wholeExpression(splitTemplate(condition));
  if (whole === undefined) {
    throw new ExpressionSyntaxError(`A condition is one whole expression; write \`{{ ${unmarked(condition)} }}\`.`, 0, condition.length);
  }
  return shifted(whole.offset, () => compileExpression(whole.source));
}

/** The text of a condition without braces: what it would be as one expression. */
export function unmarked(text: string): string {
  return text.replaceAll('{{', '').replaceAll('}}', '').replaceAll(/\s+/g, ' ').trim();
}

/** Runs `compile`, moving the place of a syntax error from the expression to the string around it. */
export function shifted<T>(offset: number, compile: () => T): T {
  try {
    return compile();
  } catch (cause) {
    if (cause instanceof ExpressionSyntaxError) throw new ExpressionSyntaxError(cause.message, cause.offset + offset, cause.length);
    throw cause;
  }
}

/**
 * Whether a condition holds, by JSONata's truth: missing, null, 0, empty text, empty lists and objects are false.
 * A promise only when the expression runs in JSONata. Fails like `evaluateValue`.
 */
export function evaluateCondition(
  expression: CompiledExpression,
  scope: Scope,
  env?: ExpressionEnv,
  field = 'condition',
): boolean | Promise<boolean> {
  const value = evaluateValue(expression, scope, env, field);
  return value instanceof Promise ? value.then(isTruthy) : isTruthy(value);
}

/**
 * The value of an expression, undefined where it is missing; a promise of it only when the expression runs in JSONata.
 * Fails with a StepError (`expression.failed`, `expression.timeout`) that calls the expression `field`.
 */
export function evaluateValue(expression: CompiledExpression, scope: Scope, env: ExpressionEnv | undefined, field: string): unknown {
  const failed = (cause: unknown): never => {
    throw stepErrorOf(cause, field, expression, scope);
  };
  try {
    const value = expression.evaluate(scope, env);
    return value instanceof Promise ? value.catch(failed) : value;
  } catch (cause) {
    return failed(cause);
  }
}
