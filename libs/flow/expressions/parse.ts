import jsonata from 'jsonata';
import { depthOf, walkAst } from './ast.js';
import type { AstNode } from './ast.js';
import { checkNames } from './builtins.js';
import { ExpressionSyntaxError } from './faults.js';
import { LinearRegExp } from './regex.js';
import { lexemes } from './scan.js';

/** Bounds of one expression. */
export const expressionLimits = {
  characters: 10_000,
  /** Levels of the syntax tree. */
  depth: 200,
  /** Brackets around a `??` or `?:`: JSONata copies their left side, so each level doubles the tree. */
  defaultNesting: 10,
  milliseconds: 1_000,
  /** Nested evaluations, not native frames. */
  stack: 500,
  /** Items of one list. */
  items: 100_000,
} as const;

export interface ParsedExpression {
  readonly ast: AstNode;
  readonly program: jsonata.Expression;
}

/**
 * Parses with JSONata's own parser, within limits. Throws an ExpressionSyntaxError for what cannot be read, for unknown
 * functions and variables, and for what is refused: `$eval`, and regular expressions that have no linear-time form.
 */
export function parseExpression(source: string): ParsedExpression {
  checkSize(source);
  const program = parseWithin(source);
  const ast = program.ast() as unknown as AstNode;
  if (depthOf(ast, expressionLimits.depth) > expressionLimits.depth) throw tooDeep(source);
  restoreRegexes(ast);
  walkAst(ast, checkRegex);
  checkNames(ast);
  return { ast, program };
}

function parseWithin(source: string): jsonata.Expression {
  try {
    return jsonata(source, {
      timeout: expressionLimits.milliseconds,
      stack: expressionLimits.stack,
      sequence: expressionLimits.items,
      // LinearRegExp has the members JSONata uses of a RegExp, not all of them.
      RegexEngine: LinearRegExp as unknown as RegExpConstructor,
    });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep(source);
    throw syntaxError(cause, source);
  }
}

function checkSize(source: string): void {
  if (source.trim() === '') throw new ExpressionSyntaxError('The expression is empty; write a path such as `trigger.body.id`.', 0);
  if (source.length > expressionLimits.characters) {
    throw new ExpressionSyntaxError(
      `The expression has more than ${expressionLimits.characters} characters; split it with \`set\` steps.`,
      0,
    );
  }
  if (defaultNesting(source) > expressionLimits.defaultNesting) {
    throw new ExpressionSyntaxError('Too many defaults are nested in brackets; split the expression with `set` steps.', 0);
  }
}

/** The deepest bracket level at which a `??` or `?:` stands. */
function defaultNesting(source: string): number {
  let level = 0;
  let deepest = 0;
  for (const { kind, text } of lexemes(source)) {
    if (kind !== 'operator') continue;
    if ('([{'.includes(text)) level += 1;
    if (')]}'.includes(text)) level -= 1;
    if (text === '??' || text === '?:') deepest = Math.max(deepest, level);
  }
  return deepest;
}

function tooDeep(source: string): ExpressionSyntaxError {
  return new ExpressionSyntaxError('The expression nests too deeply; split it with `set` steps.', 0, source.length);
}

function syntaxError(cause: unknown, source: string): ExpressionSyntaxError {
  const { message, position, token } = cause as { message?: string; position?: number; token?: unknown };
  // JSONata's position is the end of the token.
  const length = typeof token === 'string' && token !== '(end)' ? token.length : 1;
  const offset = Math.max(0, Math.min((position ?? 0) - (token === '(end)' ? 0 : length), source.length - 1));
  const text = (message ?? 'it cannot be read').replaceAll('"(end)"', 'the end');
  return new ExpressionSyntaxError(`Not a valid expression: ${text}.`, offset, length);
}

/** JSONata copies the left side of `??` and `?:` through JSON, which empties regular expressions: put them back. */
function restoreRegexes(ast: AstNode): void {
  const byPosition = new Map<number | undefined, RegExp>();
  walkAst(ast, ({ type, value, position }) => {
    if (type === 'regex' && value instanceof RegExp) byPosition.set(position, value);
  });
  walkAst(ast, (node) => {
    if (node.type === 'regex' && !(node.value instanceof RegExp)) (node as { value: unknown }).value = byPosition.get(node.position);
  });
}

function checkRegex(node: AstNode): void {
  if (node.type !== 'regex') return;
  try {
    new LinearRegExp(node.value as RegExp);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // JSONata adds the flag `g`, and its position is the end of the token.
    const written = String(node.value).replace(/g$/, '');
    const offset = Math.max(0, (node.position ?? 0) - written.length);
    throw new ExpressionSyntaxError(`The regular expression ${written} cannot run in linear time: ${reason}.`, offset, written.length);
  }
}
