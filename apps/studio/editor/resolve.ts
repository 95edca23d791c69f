import type { Json } from '@millrace/component-sdk';
import { compileTemplate, ExpressionSyntaxError, type ExpressionEnv } from '@millrace/flow';

/** What a text with expressions gives for the loaded event. */
export type Resolved =
  | { readonly kind: 'plain' }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'missing' | 'wrong'; readonly message: string };

const PLAIN: Resolved = { kind: 'plain' };

/** Time and chance of a look at a value: now, and anything. */
function lookEnv(): ExpressionEnv {
  return { now: Date.now(), random: () => Math.random(), uuid: () => crypto.randomUUID() };
}

/** Evaluates a field's value as a run would, in the browser; a value without expressions is plain. Never rejects. */
export async function resolveValue(value: Json, name: string, scope: Readonly<Record<string, unknown>>): Promise<Resolved> {
  try {
    const template = compileTemplate(value, name);
    if (template.expressions.length === 0) return PLAIN;
    return { kind: 'value', value: await template.resolve(scope, lookEnv()) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ExpressionSyntaxError) return { kind: 'wrong', message };
    return { kind: isMissing(error) ? 'missing' : 'wrong', message };
  }
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
