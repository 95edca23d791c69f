import type { Json, JsonSchema } from '@millrace/component-sdk';
import { compileExpression } from '../expressions/expression.js';
import { ExpressionSyntaxError } from '../expressions/faults.js';
import { splitTemplate, wholeExpression } from '../expressions/template-text.js';
import { shapeOfPath } from './view.js';
import type { View } from './view.js';

/** What an item of a loop over this value is: known where the loop goes over a plain path to a list that a schema describes. */
export function itemShape(value: Json, view: View): JsonSchema {
  const path = typeof value === 'string' ? plainPath(value) : undefined;
  const shape = path && shapeOfPath(path, view);
  return shape?.type === 'array' && typeof shape.items === 'object' ? shape.items : {};
}

function plainPath(text: string): readonly string[] | undefined {
  try {
    const whole = wholeExpression(splitTemplate(text));
    const expression = whole && compileExpression(whole.source);
    return expression?.kind === 'path' ? expression.references[0] : undefined;
  } catch (cause) {
    // Reported where the expression itself is checked.
    if (cause instanceof ExpressionSyntaxError) return undefined;
    throw cause;
  }
}
