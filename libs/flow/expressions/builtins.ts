import { suggestion } from '../names.js';
import { walkAst } from './ast.js';
import type { AstNode } from './ast.js';
import { ExpressionSyntaxError } from './faults.js';
import { helperNames } from './helpers.js';

/** Functions of JSONata 2.2 (`staticFrame`), `$eval` left out, `$uuid`, and our own. */
export const builtins: ReadonlySet<string> = new Set([
  ...helperNames,
  ...(
    'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains ' +
    'replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random boolean not ' +
    'map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type sort shuffle distinct ' +
    'base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone now millis uuid'
  ).split(' '),
]);

/** Throws for `$names` that neither JSONata nor the expression itself defines, and for `$eval`. */
export function checkNames(ast: AstNode): void {
  const bound = boundNames(ast);
  walkAst(ast, (node) => {
    if (node.type === 'variable') checkVariable(node, bound);
    if (node.type === 'function') checkCall(node);
  });
}

function checkVariable(node: AstNode, bound: ReadonlySet<string>): void {
  const name = String(node.value);
  if (name === '' || name === '$' || bound.has(name) || builtins.has(name)) return;
  const message =
    name === 'eval'
      ? '`$eval` is refused: an expression must be readable in the flow file.'
      : `There is no function or variable \`$${name}\`.${suggestion(`$${name}`, near(bound))}`;
  throw new ExpressionSyntaxError(message, start(node, name.length + 1), name.length + 1);
}

function near(bound: ReadonlySet<string>): string[] {
  return [...builtins, ...bound].map((name) => `$${name}`);
}

/** `uppercase(x)` without its dollar sign calls a field. */
function checkCall({ procedure }: AstNode): void {
  const step = procedure?.type === 'path' && procedure.steps?.length === 1 ? procedure.steps[0] : undefined;
  if (step?.type !== 'name') return;
  const name = String(step.value);
  const hint = builtins.has(name) ? ` Did you mean \`$${name}\`?` : ' The names of functions begin with `$`.';
  throw new ExpressionSyntaxError(`\`${name}\` is not a function.${hint}`, start(step, name.length), name.length);
}

function start(node: AstNode, length: number): number {
  return Math.max(0, (node.position ?? length) - length);
}

/** Variables that the expression assigns, names as parameters, or binds to a position; scopes are not told apart. */
function boundNames(ast: AstNode): ReadonlySet<string> {
  const names = new Set<string>();
  walkAst(ast, (node) => {
    for (const name of [...assigned(node), ...parameters(node), node.focus, node.index]) if (typeof name === 'string') names.add(name);
    for (const stage of node.stages ?? []) if (stage.type === 'index') names.add(String(stage.value));
  });
  return names;
}

function assigned(node: AstNode): unknown[] {
  return node.type === 'bind' ? [(node.lhs as AstNode).value] : [];
}

function parameters(node: AstNode): unknown[] {
  return node.type === 'lambda' ? (node.arguments ?? []).map(({ value }) => value) : [];
}
