import { leftOf, pairsOf } from './ast.js';
import type { AstNode } from './ast.js';
import { fault } from './faults.js';
import { compilePath, pathOf } from './path.js';
import { calculate, compare, isEqual, isIn, isTruthy, negate, textArgument, toBoolean, toText } from './values.js';

/** A compiled expression: no parser, no promises, no clock. */
export type Closure = (scope: object) => unknown;

/**
 * Compiles JSONata's syntax tree to closures, or gives undefined for what is outside the accept subset:
 * paths, literals, comparisons, `and`, `or`, `in`, `??`, `?:`, `&`, arithmetic, constructors, and the functions below.
 * A closure gives exactly what JSONata gives, faults included.
 */
export function compileAst(node: AstNode): Closure | undefined {
  if (isDecorated(node)) return undefined;
  return compilers[node.type]?.(node);
}

/** Filters, groups and `[]` on anything but a path change its result; JSONata runs those. */
function isDecorated(node: AstNode): boolean {
  if (node.type === 'path') return false;
  return (node.predicate ?? node.group ?? node.stages ?? node.keepArray ?? node.tuple ?? node.focus ?? node.index) !== undefined;
}

const compilers: Readonly<Record<string, (node: AstNode) => Closure | undefined>> = {
  path: (node) => {
    const path = pathOf(node);
    return path === undefined ? undefined : compilePath(path);
  },
  string: constant,
  number: constant,
  value: constant,
  binary: compileBinary,
  unary: compileUnary,
  condition: compileConditional,
  block: compileBlock,
  function: compileCall,
};

function constant({ value }: AstNode): Closure {
  return () => value;
}

function compileAll(nodes: readonly (AstNode | undefined)[]): Closure[] | undefined {
  const closures = nodes.map((node) => (node === undefined ? undefined : compileAst(node)));
  return closures.every((closure) => closure !== undefined) ? closures : undefined;
}

type Operation = (left: unknown, right: unknown) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  '=': (left, right) => left !== undefined && right !== undefined && isEqual(left, right),
  '!=': (left, right) => left !== undefined && right !== undefined && !isEqual(left, right),
  '&': (left, right) => toText(left) + toText(right),
  in: isIn,
  ...Object.fromEntries(['<', '<=', '>', '>='].map((sign) => [sign, (left: unknown, right: unknown) => compare(sign, left, right)])),
  ...Object.fromEntries(['+', '-', '*', '/', '%'].map((sign) => [sign, (left: unknown, right: unknown) => calculate(sign, left, right)])),
};

function compileBinary(node: AstNode): Closure | undefined {
  const sides = compileAll([leftOf(node), node.rhs]);
  const [left, right] = sides ?? [];
  if (left === undefined || right === undefined) return undefined;
  if (node.value === 'and') return (scope) => isTruthy(left(scope)) && isTruthy(right(scope));
  if (node.value === 'or') return (scope) => isTruthy(left(scope)) || isTruthy(right(scope));
  const operation = operations[String(node.value)];
  return operation && ((scope) => operation(left(scope), right(scope)));
}

function compileUnary(node: AstNode): Closure | undefined {
  if (node.value === '[') return compileArray(node.expressions ?? []);
  if (node.value === '{') return compileObject(node);
  const operand = node.expression && compileAst(node.expression);
  return operand && ((scope) => negate(operand(scope)));
}

/** Items that are lists are spliced in, unless they are written as lists: JSONata flattens `[a, b]` but not `[[1], [2]]`. */
function compileArray(nodes: readonly AstNode[]): Closure | undefined {
  const items = compileAll(nodes);
  const nests = nodes.map((node) => node.type === 'unary' && node.value === '[');
  return items && ((scope) => items.flatMap((item, index) => spliced(item(scope), nests[index] === true)));
}

function spliced(value: unknown, nests: boolean): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) && !nests ? (value as unknown[]) : [value];
}

function compileObject(node: AstNode): Closure | undefined {
  const pairs = pairsOf(node);
  const keys = compileAll(pairs.map(([key]) => key));
  const values = compileAll(pairs.map(([, value]) => value));
  if (keys === undefined || values === undefined) return undefined;
  return (scope) =>
    constructObject(
      keys.map((key) => key(scope)),
      values,
      scope,
    );
}

function constructObject(keys: readonly unknown[], values: readonly Closure[], scope: object): object {
  const entries = new Map<string, Closure | undefined>();
  for (const [index, key] of keys.entries()) {
    if (key === undefined) continue;
    if (typeof key !== 'string') throw fault('T1003');
    if (key === '_jsonata_lambda' || key === '_jsonata_function') throw fault('D1013');
    if (entries.has(key)) throw fault('D1009');
    entries.set(key, values[index]);
  }
  // fromEntries defines properties, so that a computed `__proto__` is one and not a prototype.
  return Object.fromEntries([...entries].map(([key, value]) => [key, value?.(scope)]).filter(([, value]) => value !== undefined));
}

function compileConditional(node: AstNode): Closure | undefined {
  const parts = compileAll([node.condition, node.then, ...(node.else ? [node.else] : [])]);
  const [condition, then, otherwise] = parts ?? [];
  if (condition === undefined || then === undefined) return undefined;
  return (scope) => (isTruthy(condition(scope)) ? then(scope) : otherwise?.(scope));
}

function compileBlock(node: AstNode): Closure | undefined {
  const parts = compileAll(node.expressions ?? []);
  return parts && ((scope) => parts.reduce<unknown>((_last, part) => part(scope), undefined));
}

const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
  exists: (argument) => argument !== undefined,
  boolean: toBoolean,
  not: (argument) => (argument === undefined ? undefined : !isTruthy(argument)),
  lowercase: (argument) => textArgument(argument)?.toLowerCase(),
  uppercase: (argument) => textArgument(argument)?.toUpperCase(),
};

function compileCall(node: AstNode): Closure | undefined {
  const { procedure, arguments: given = [] } = node;
  if (procedure?.type !== 'variable' || typeof procedure.value !== 'string' || isDecorated(procedure)) return undefined;
  const implementation = Object.hasOwn(functions, procedure.value) ? functions[procedure.value] : undefined;
  const argument = given.length === 1 && given[0] !== undefined ? compileAst(given[0]) : undefined;
  if (implementation === undefined || argument === undefined) return undefined;
  return (scope) => implementation(argument(scope));
}
