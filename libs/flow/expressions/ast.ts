/**
 * JSONata's syntax tree (jsonata 2.2, `parser`), as far as this library looks into it.
 * Its published types cover neither stages nor groups, so the shape is written down here.
 */
export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  /** The end of the token, not its start. */
  readonly position?: number;
  readonly steps?: readonly AstNode[];
  readonly stages?: readonly AstStage[];
  readonly predicate?: readonly AstStage[];
  readonly group?: AstGroup;
  readonly lhs?: AstNode | readonly (readonly [AstNode, AstNode])[];
  readonly rhs?: AstNode;
  readonly expression?: AstNode;
  readonly expressions?: readonly AstNode[];
  readonly condition?: AstNode;
  readonly then?: AstNode;
  readonly else?: AstNode;
  readonly procedure?: AstNode;
  readonly arguments?: readonly AstNode[];
  readonly body?: AstNode;
  readonly terms?: readonly { readonly expression: AstNode }[];
  readonly pattern?: AstNode;
  readonly update?: AstNode;
  readonly delete?: AstNode;
  readonly focus?: string;
  readonly index?: string;
  readonly tuple?: boolean;
  readonly ancestor?: unknown;
  readonly keepArray?: boolean;
  readonly keepSingletonArray?: boolean;
}

export interface AstStage {
  readonly type: string;
  readonly expr?: AstNode;
  readonly value?: unknown;
}

export interface AstGroup {
  readonly lhs: readonly (readonly [AstNode, AstNode])[];
}

/** Key and value nodes of an object constructor. */
export function pairsOf(node: AstNode | AstGroup): readonly (readonly [AstNode, AstNode])[] {
  return Array.isArray(node.lhs) ? (node.lhs as readonly (readonly [AstNode, AstNode])[]) : [];
}

/** The left operand of a binary node. */
export function leftOf(node: AstNode): AstNode | undefined {
  return Array.isArray(node.lhs) ? undefined : (node.lhs as AstNode | undefined);
}

/** The left side of `a ?? b`: JSONata writes it as a conditional whose test calls `exists` and has no position of its own. */
export function defaultedBy(node: AstNode): AstNode | undefined {
  const test = node.condition;
  const coalesces = node.type === 'condition' && test?.type === 'function' && test.position === undefined;
  return coalesces ? node.then : undefined;
}

/** All direct children, in no particular order. */
export function childrenOf(node: AstNode): AstNode[] {
  const single = [leftOf(node), node.rhs, node.expression, node.condition, node.then, node.else, node.procedure];
  const transform = [node.body, node.pattern, node.update, node.delete];
  const lists = [...(node.steps ?? []), ...(node.expressions ?? []), ...(node.arguments ?? [])];
  const stages = [...(node.stages ?? []), ...(node.predicate ?? [])].map(({ expr }) => expr);
  const pairs = [...pairsOf(node), ...(node.group ? pairsOf(node.group) : [])].flat();
  const terms = (node.terms ?? []).map(({ expression }) => expression);
  return [...single, ...transform, ...lists, ...stages, ...pairs, ...terms].filter((child) => child !== undefined);
}

/** Calls `visit` for the node and everything below it, parents first. */
export function walkAst(node: AstNode, visit: (node: AstNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walkAst(child, visit);
}

/** Levels of the tree, counted no further than `limit` + 1. */
export function depthOf(node: AstNode, limit: number): number {
  if (limit < 0) return 0;
  return 1 + Math.max(0, ...childrenOf(node).map((child) => depthOf(child, limit - 1)));
}
