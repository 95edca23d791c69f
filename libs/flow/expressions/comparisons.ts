import { childrenOf, leftOf } from './ast.js';
import type { AstNode } from './ast.js';
import { isPlain, pathOf } from './path.js';

/** A constant as an expression writes it. */
export interface Constant {
  readonly value: string | number | boolean;
  /** Where it ends in the expression. */
  readonly end: number;
}

/** A plain path and the constants that it is compared with for being equal. */
export interface Comparison {
  readonly path: AstNode;
  readonly constants: readonly Constant[];
  /** What stands on the other side, constants included. */
  readonly other: AstNode;
}

/** What `a.b = 'x'`, `'x' != a.b` and `a.b in ['x', 'y']` compare. Undefined for any other node, and where there is no constant. */
export function comparisonOf(node: AstNode): Comparison | undefined {
  const left = leftOf(node);
  if (node.type !== 'binary' || left === undefined || node.rhs === undefined) return undefined;
  if (node.value === 'in') return comparison(left, node.rhs, itemsOf(node.rhs));
  if (node.value !== '=' && node.value !== '!=') return undefined;
  return comparison(left, node.rhs, [node.rhs]) ?? comparison(node.rhs, left, [left]);
}

function comparison(path: AstNode, other: AstNode, values: readonly AstNode[]): Comparison | undefined {
  const plain = pathOf(path);
  const constants = values.flatMap(constantOf);
  return plain !== undefined && isPlain(plain) && constants.length > 0 ? { path, other, constants } : undefined;
}

function itemsOf(node: AstNode): readonly AstNode[] {
  return node.type === 'unary' && node.value === '[' ? childrenOf(node) : [node];
}

const literals = ['string', 'number', 'value'];

/** `null` is left out: to compare with it is one way to ask whether there is a value. */
function constantOf({ type, value, position = 0 }: AstNode): Constant[] {
  if (!literals.includes(type) || value === null) return [];
  return [{ value: value as Constant['value'], end: position }];
}
