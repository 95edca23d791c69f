import type jsonata from 'jsonata';
import { walkAst } from './ast.js';
import type { AstNode } from './ast.js';
import { ExpressionFault } from './faults.js';
import { guardedNames, guards } from './guards.js';
import type { ParsedExpression } from './parse.js';
import { asData } from './data.js';
import type { ExpressionEnv } from './scope.js';

/** Runs an expression in JSONata, within the limits its parser was given. */
export type Interpreter = (scope: object, env: ExpressionEnv | undefined) => Promise<unknown>;

export function interpreter({ ast, program }: ParsedExpression): Interpreter {
  walkAst(ast, renameGuarded);
  return async (scope, env) => {
    try {
      return asData(await program.evaluate(scope, guards(env)));
    } catch (cause) {
      throw cause instanceof ExpressionFault ? cause : faultOf(cause);
    }
  };
}

/** Variables that name a guarded function get the guard's name, which no author can write; so there is no way around it. */
function renameGuarded(node: AstNode): void {
  if (node.type !== 'variable') return;
  const guarded = guardedNames.get(String(node.value));
  if (guarded !== undefined) (node as { value: unknown }).value = guarded;
}

const limits: Readonly<Record<string, string>> = {
  D1011: 'it recurses too deeply',
  D1012: 'it ran longer than a second',
  D2014: 'it builds a list that is too long',
  D2015: 'it builds a list that is too long',
};

function faultOf(cause: unknown): ExpressionFault {
  const { code, message } = cause as Partial<jsonata.JsonataError>;
  const reason = typeof code === 'string' ? code : 'unexpected';
  const text = limits[reason] ?? (message ?? 'JSONata gave no reason').replace(/\.$/, '');
  return new ExpressionFault(reason === 'D1012' ? 'expression.timeout' : 'expression.failed', reason, text);
}
