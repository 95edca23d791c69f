import { StepError } from '@millrace/component-sdk';
import type { Json } from '@millrace/component-sdk';
import type { CompiledExpression } from './expression.js';
import { stepErrorOf } from './step-error.js';
import { describeFirstMissing, describeMissing } from './missing.js';
import type { ExpressionEnv, Scope } from './scope.js';
import { fieldsOf, templateTree } from './template-tree.js';
import type { Field, TemplateTree } from './template-tree.js';
import { toText } from './values.js';

/** A JSON value whose strings may hold expressions, compiled once. */
export interface CompiledTemplate {
  /** What errors call the value: `with`, `dedupe.key`. */
  readonly path: string;
  readonly expressions: readonly CompiledExpression[];
  /** Every expression may run while a request is accepted; then `resolveSync` is present. */
  readonly acceptable: boolean;
  /**
   * The value with its expressions evaluated, in the order they are written; a promise of it unless all are compiled.
   * It may share structure with the scope: treat both as immutable.
   * Fails with a StepError: `expression.missing`, `expression.failed`, `expression.timeout`.
   */
  resolve(scope: Scope, env?: ExpressionEnv): Json | Promise<Json>;
  readonly resolveSync?: (scope: Scope, env?: ExpressionEnv) => Json;
}

/**
 * Compiles a value with `{{ … }}` in its strings, at any depth; keys are taken as they are written.
 * A string that is one whole expression takes the value's own type, mixed text becomes a string.
 * Throws an ExpressionSyntaxError for an expression that cannot be read.
 */
export function compileTemplate(value: Json, path: string): CompiledTemplate {
  const tree = templateTree(value, path);
  const expressions = fieldsOf(tree).map(({ expression }) => expression);
  const acceptable = expressions.every((expression) => expression.acceptable);
  if (!acceptable) return { path, expressions, acceptable, resolve: (scope, env) => resolveLater(tree, scope, env) };
  const resolveSync = (scope: Scope, env?: ExpressionEnv): Json => resolveNow(tree, scope, env);
  return { path, expressions, acceptable, resolve: resolveSync, resolveSync };
}

/** Resolves a step's `with`; see `CompiledTemplate.resolve`. */
export function resolveTemplate(template: CompiledTemplate, scope: Scope, env?: ExpressionEnv): Json | Promise<Json> {
  return template.resolve(scope, env);
}

function resolveNow(tree: TemplateTree, scope: Scope, env: ExpressionEnv | undefined): Json {
  if (tree.kind === 'constant') return tree.value;
  if (tree.kind === 'field') return fieldNow(tree, scope, env);
  if (tree.kind === 'list') return tree.items.map((item) => resolveNow(item, scope, env));
  if (tree.kind === 'object') return Object.fromEntries(tree.entries.map(([key, item]) => [key, resolveNow(item, scope, env)]));
  return tree.parts.map((part) => (typeof part === 'string' ? part : toText(fieldNow(part, scope, env)))).join('');
}

// One after the other: `$random()` must draw in the same order each time a run is walked.
async function resolveLater(tree: TemplateTree, scope: Scope, env: ExpressionEnv | undefined): Promise<Json> {
  if (tree.kind === 'constant') return tree.value;
  if (tree.kind === 'field') return fieldLater(tree, scope, env);
  if (tree.kind === 'list') return inOrder(tree.items, (item) => resolveLater(item, scope, env));
  if (tree.kind === 'object') {
    return Object.fromEntries(await inOrder(tree.entries, async ([key, item]) => [key, await resolveLater(item, scope, env)] as const));
  }
  const texts = await inOrder(tree.parts, async (part) => (typeof part === 'string' ? part : toText(await fieldLater(part, scope, env))));
  return texts.join('');
}

async function inOrder<T, R>(items: readonly T[], resolve: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await resolve(item));
  return results;
}

function fieldNow(field: Field, scope: Scope, env: ExpressionEnv | undefined): Json {
  try {
    return needed(field.expression.evaluate(scope, env), field, scope);
  } catch (cause) {
    throw fieldError(cause, field, scope);
  }
}

async function fieldLater(field: Field, scope: Scope, env: ExpressionEnv | undefined): Promise<Json> {
  try {
    return needed(await field.expression.evaluate(scope, env), field, scope);
  } catch (cause) {
    throw fieldError(cause, field, scope);
  }
}

function fieldError(cause: unknown, { name, expression }: Field, scope: Scope): StepError {
  return cause instanceof StepError ? cause : stepErrorOf(cause, name, expression, scope);
}

/** A value is needed in a field, so that a missing one is an error. What is there is JSON: data, or made of data. */
function needed(value: unknown, { name, expression }: Field, scope: Scope): Json {
  if (value !== undefined) return value as Json;
  throw new StepError({
    code: 'expression.missing',
    message: `\`${name}\` needs a value, but ${ended(whyMissing(expression, scope))} If it may be missing, give a default with \`??\`.`,
    blame: 'author',
    retryable: false,
    arrived: 'no',
    details: { field: name, expression: expression.source },
  });
}

function ended(sentence: string): string {
  return sentence.endsWith('?') ? sentence : `${sentence}.`;
}

function whyMissing({ kind, source, reads, references }: CompiledExpression, scope: Scope): string {
  const [path] = references;
  if (kind === 'path' && path !== undefined) return describeMissing(path, scope);
  const missing = describeFirstMissing(reads, scope);
  return missing === undefined ? `{{ ${source} }} gives nothing` : `{{ ${source} }} gives nothing: ${missing}`;
}
