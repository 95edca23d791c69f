import type { Json } from '@millrace/component-sdk';
import type { CompiledExpression } from '../expressions/expression.js';
import type { ExpressionSite, StepChecker } from '../steps/kind.js';
import { joinPointer } from '../text.js';
import { isConstant, neverEqual } from './known-values.js';
import { valuesOfPath } from './view.js';
import type { View } from './view.js';

/** Reports values of a case that what is looked at, one plain path, can never be. */
export function checkCase(
  { pointer, value }: ExpressionSite,
  [subject]: readonly CompiledExpression[],
  view: View,
  checker: StepChecker,
): void {
  const path = subject?.kind === 'path' ? subject.references[0] : undefined;
  const values = path && valuesOfPath(path, view);
  if (path === undefined || values === undefined) return;
  for (const [below, constant] of constantsOf(value, pointer)) {
    const message = isConstant(constant) ? neverEqual(path, constant, values) : undefined;
    if (message !== undefined) checker.report('expression.never-equal', message, below);
  }
}

function constantsOf(value: Json, pointer: string): (readonly [string, Json])[] {
  return Array.isArray(value) ? value.map((item, index) => [joinPointer(pointer, index), item] as const) : [[pointer, value]];
}
