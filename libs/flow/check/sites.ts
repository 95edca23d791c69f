import { unmarked } from '../expressions/condition.js';
import { compileExpression } from '../expressions/expression.js';
import type { CompiledExpression } from '../expressions/expression.js';
import { ExpressionSyntaxError } from '../expressions/faults.js';
import { splitTemplate, wholeExpression } from '../expressions/template-text.js';
import type { TextPart } from '../expressions/template-text.js';
import type { ProblemCode } from '../problem-codes.js';
import type { Report } from '../problems.js';
import { offsetInString, propertiesOf } from '../text.js';
import type { JsonDocument, JsonNode } from '../text.js';
import type { ExpressionSite } from '../steps/kind.js';
import { joinPointer } from '../text.js';
import { problemsOfRead } from './reads.js';
import type { View } from './view.js';

/** Where the expressions of a value stand, and what they may read. */
export interface SiteContext {
  readonly document: JsonDocument;
  readonly report: Report;
  readonly view: View;
  /** What a condition can look like here. */
  readonly example?: string;
}

/** Checks every expression of a value: that it may stand there, that it can be read, and what it refers to. Gives those that could be read. */
export function checkSite(node: JsonNode, pointer: string, use: ExpressionSite['use'], context: SiteContext): CompiledExpression[] {
  if (use === 'condition') return checkCondition(node, pointer, context);
  if (node.type === 'string') return checkString(node, pointer, use, context);
  if (node.type === 'array')
    return (node.children ?? []).flatMap((item, index) => checkSite(item, joinPointer(pointer, index), use, context));
  if (node.type !== 'object') return [];
  return propertiesOf(node).flatMap(({ key, value }) => {
    const inner = joinPointer(pointer, String(key.value));
    if (String(key.value).includes('{{'))
      context.report('flow.expression-not-allowed', 'Keys are taken as they are written; only values may be expressions.', key, inner);
    return value === undefined ? [] : checkSite(value, inner, use, context);
  });
}

function checkCondition(node: JsonNode, pointer: string, context: SiteContext): CompiledExpression[] {
  if (node.type === 'boolean') return [];
  const parts = node.type === 'string' ? partsOf(node, pointer, context) : [];
  if (parts === undefined) return [];
  const whole = wholeExpression(parts);
  if (whole !== undefined) return checkExpression(whole, node, pointer, context, true);
  const example = (node.type === 'string' && unmarked(String(node.value))) || context.example || 'trigger.body.total > 100';
  context.report('flow.bad-condition', `A condition is one whole expression; write \`{{ ${example} }}\`.`, node, pointer);
  return [];
}

function checkString(node: JsonNode, pointer: string, use: ExpressionSite['use'], context: SiteContext): CompiledExpression[] {
  const parts = partsOf(node, pointer, context) ?? [];
  const expressions = parts.filter((part) => part.kind === 'expression');
  if (use === 'constant' && expressions.length > 0) {
    context.report('flow.expression-not-allowed', 'Only a constant can stand here; remove the `{{ }}`.', node, pointer);
    return [];
  }
  return expressions.flatMap((part) => checkExpression(part, node, pointer, context, false));
}

function partsOf(node: JsonNode, pointer: string, context: SiteContext): TextPart[] | undefined {
  return reporting(node, pointer, 0, context, () => splitTemplate(String(node.value)));
}

type ExpressionPart = TextPart & { readonly kind: 'expression' };

function checkExpression(
  part: ExpressionPart,
  node: JsonNode,
  pointer: string,
  context: SiteContext,
  lenient: boolean,
): CompiledExpression[] {
  const expression = reporting(node, pointer, part.offset, context, () => compileExpression(part.source));
  if (expression === undefined) return [];
  for (const problem of expression.reads.flatMap((read) => problemsOfRead(read, part.source, lenient, context.view))) {
    reportInside(node, pointer, part.offset + problem.start, problem.length, problem, context);
  }
  return [expression];
}

function reporting<T>(node: JsonNode, pointer: string, offset: number, context: SiteContext, compile: () => T): T | undefined {
  try {
    return compile();
  } catch (cause) {
    if (!(cause instanceof ExpressionSyntaxError)) throw cause;
    const fault = { code: 'expression.syntax' as const, message: cause.message };
    reportInside(node, pointer, offset + cause.offset, cause.length, fault, context);
    return undefined;
  }
}

/** Reports at characters of a string's value, counting the escapes before them in the file. */
function reportInside(
  node: JsonNode,
  pointer: string,
  start: number,
  length: number,
  { code, message }: { code: ProblemCode; message: string },
  context: SiteContext,
): void {
  const { text } = context.document;
  const offset = offsetInString(text, node, start);
  context.report(code, message, { offset, length: Math.max(1, offsetInString(text, node, start + length) - offset) }, pointer);
}
