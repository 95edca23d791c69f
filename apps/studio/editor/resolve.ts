import type { Json } from '@millrace/component-sdk';
import { compileCondition, compileTemplate, ExpressionSyntaxError, type CompiledTemplate, type ExpressionEnv } from '@millrace/flow';

/** What a text with expressions gives for the loaded event. */
export type Resolved =
  | { readonly kind: 'plain' }
  | { readonly kind: 'value'; readonly value: Json }
  /** `later`: no event has it, for it is there once something has failed. */
  | { readonly kind: 'missing' | 'wrong' | 'later'; readonly message: string };

const PLAIN: Resolved = { kind: 'plain' };

/** Time and chance of a look at a value: now, and anything. */
function lookEnv(): ExpressionEnv {
  return { now: Date.now(), random: () => Math.random(), uuid: () => crypto.randomUUID() };
}

/**
 * Evaluates a field's value as a run would, in the browser; a value without expressions is plain. Of a condition that is not one
 * whole expression there is no value, though as a text it would have one. Never rejects.
 */
export async function resolveValue(
  value: Json,
  name: string,
  scope: Readonly<Record<string, unknown>>,
  isCondition = false,
): Promise<Resolved> {
  let template: CompiledTemplate | undefined;
  try {
    if (isCondition && typeof value === 'string' && value !== '') compileCondition(value);
    template = compileTemplate(value, name);
    if (template.expressions.length === 0) return PLAIN;
    return { kind: 'value', value: await template.resolve(scope, lookEnv()) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ExpressionSyntaxError) return { kind: 'wrong', message };
    if (!isMissing(error)) return { kind: 'wrong', message };
    return { kind: template && readsErrorToCome(template, scope) ? 'later' : 'missing', message };
  }
}

/** Where errors are handled, and none is known. */
function readsErrorToCome({ expressions }: CompiledTemplate, scope: Readonly<Record<string, unknown>>): boolean {
  const isAwaited = Object.hasOwn(scope, 'error') && scope['error'] === undefined;
  return isAwaited && expressions.some(({ references }) => references.some(([root]) => root === 'error'));
}

/** A StepError, told by its code: the class of the page's own copy would say no more. */
function isMissing(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'expression.missing';
}

const LONGEST = 160;

/** A value as one line. */
export function valueWords(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
