import type { AstNode } from './ast.js';
import { walkAst } from './ast.js';
import { compileAst } from './compile.js';
import type { Closure } from './compile.js';
import { asData } from './data.js';
import { interpreter } from './interpret.js';
import { parseExpression } from './parse.js';
import { isPlain, pathOf } from './path.js';
import { referencesOf } from './references.js';
import type { Reference } from './references.js';
import type { ExpressionEnv, Scope } from './scope.js';

/** An expression, parsed and checked once, evaluated often. It holds no state between evaluations. */
export interface CompiledExpression {
  readonly source: string;
  /** `path` and `compiled` run as closures, synchronously; `jsonata` runs in JSONata with limits. */
  readonly kind: 'path' | 'compiled' | 'jsonata';
  /** Paths read from the scope, such as `['steps', 'contact', 'id']`. */
  readonly references: readonly (readonly string[])[];
  /** The same paths with their places in the source, for checkers. */
  readonly reads: readonly Reference[];
  /** May run while a request is accepted: no promise, no clock, bounded time. */
  readonly acceptable: boolean;
  /** The value, or undefined where it is missing; a promise of it when `kind` is `jsonata`. Fails with an ExpressionFault. */
  evaluate(scope: Scope, env?: ExpressionEnv): unknown;
  /** Present unless `kind` is `jsonata`. */
  readonly evaluateSync?: (scope: Scope, env?: ExpressionEnv) => unknown;
}

/** Compiles one expression, without its `{{ }}`. Throws an ExpressionSyntaxError that says where and why it cannot be read. */
export function compileExpression(source: string): CompiledExpression {
  const parsed = parseExpression(source);
  const reads = referencesOf(parsed.ast);
  const common = { source, reads, references: reads.map(({ path }) => path) };
  const closure = compileAst(parsed.ast);
  if (closure === undefined) return { ...common, kind: 'jsonata', acceptable: false, evaluate: interpreter(parsed) };
  const evaluateSync = makesValues(parsed.ast) ? checked(closure) : closure;
  return { ...common, kind: isPlainPath(parsed.ast) ? 'path' : 'compiled', acceptable: true, evaluate: evaluateSync, evaluateSync };
}

function isPlainPath(ast: AstNode): boolean {
  const path = pathOf(ast);
  return path !== undefined && isPlain(path);
}

/** Only arithmetic makes values that are not already JSON; a computed key may be `__proto__`. */
function makesValues(ast: AstNode): boolean {
  let found = false;
  walkAst(ast, ({ type, value }) => {
    if ((type === 'binary' && '+-*/%'.includes(String(value))) || (type === 'unary' && value === '{')) found = true;
  });
  return found;
}

function checked(closure: Closure): Closure {
  return (scope) => asData(closure(scope));
}
