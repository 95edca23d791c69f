import { childrenOf, defaultedBy, pairsOf } from './ast.js';
import type { AstGroup, AstNode } from './ast.js';
import { comparisonOf } from './comparisons.js';
import type { Constant } from './comparisons.js';

/** A path that an expression reads from its scope, as far as it is written out: `steps.contact.id`. */
export interface Reference {
  readonly path: readonly string[];
  /** Where each segment begins in the expression. */
  readonly offsets: readonly number[];
  /** A default or `$exists` covers its absence. */
  readonly guarded: boolean;
  /** Constants that it is compared with, by `=`, `!=` or `in`. */
  readonly comparedWith?: readonly Constant[];
}

/** Every path read from the scope, in the order of reading. Paths below a filter or a second step are relative and not listed. */
export function referencesOf(ast: AstNode): Reference[] {
  const found: Reference[] = [];
  visit(ast, { atRoot: true, guarded: false, found });
  const guarded = new Set(found.filter((reference) => reference.guarded).map(keyOf));
  return found.map((reference) => (guarded.has(keyOf(reference)) ? { ...reference, guarded: true } : reference));
}

function keyOf({ path }: Reference): string {
  return JSON.stringify(path);
}

interface Reading {
  /** Names are looked up in the scope itself. */
  readonly atRoot: boolean;
  readonly guarded: boolean;
  readonly comparedWith?: readonly Constant[];
  readonly found: Reference[];
}

function visit(node: AstNode, reading: Reading): void {
  const defaulted = defaultedBy(node);
  if (defaulted !== undefined) {
    visit(defaulted, { ...reading, guarded: true });
    if (node.else) visit(node.else, reading);
    return;
  }
  const compared = comparisonOf(node);
  if (compared !== undefined) {
    visitPath(compared.path, { ...reading, comparedWith: compared.constants });
    visit(compared.other, reading);
  } else if (node.type === 'path') visitPath(node, reading);
  else if (isExistsCall(node)) for (const argument of node.arguments ?? []) visit(argument, { ...reading, guarded: true });
  else visitParts(node, reading);
}

function isExistsCall({ type, procedure }: AstNode): boolean {
  return type === 'function' && procedure?.type === 'variable' && procedure.value === 'exists';
}

/** Predicates and groups run on what the node itself gives; everything else on the node's own input. */
function visitParts(node: AstNode, reading: Reading): void {
  const inner = { ...reading, atRoot: false };
  const { predicate, stages, group, ...own } = node;
  for (const child of childrenOf(own)) visit(child, reading);
  for (const stage of [...(predicate ?? []), ...(stages ?? [])]) if (stage.expr) visit(stage.expr, inner);
  visitGroup(group, inner);
}

function visitGroup(group: AstGroup | undefined, reading: Reading): void {
  if (group !== undefined) for (const part of pairsOf(group).flat()) visit(part, reading);
}

function visitPath(node: AstNode, reading: Reading): void {
  const steps = node.steps ?? [];
  const first = steps[0];
  const fromRoot = first?.type === 'variable' ? first.value === '$' || (first.value === '' && reading.atRoot) : reading.atRoot;
  const names = steps.slice(first?.type === 'variable' ? 1 : 0);
  if (fromRoot) noteReference(names, reading);
  const inner = { ...reading, atRoot: false };
  steps.forEach((step, index) => visitParts(step, index === 0 ? reading : inner));
  visitGroup(node.group, inner);
}

function noteReference(steps: readonly AstNode[], { found, guarded, comparedWith }: Reading): void {
  const end = steps.findIndex(({ type }) => type !== 'name');
  const names = end < 0 ? steps : steps.slice(0, end);
  if (names.length === 0) return;
  found.push({
    path: names.map(({ value }) => String(value)),
    offsets: names.map(startOf),
    guarded,
    ...(comparedWith && { comparedWith }),
  });
}

/** Quoted names are two characters longer than their value; a column inside the name is near enough for them. */
function startOf({ value, position }: AstNode): number {
  return Math.max(0, (position ?? 0) - String(value).length);
}
