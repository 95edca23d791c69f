import type { Json } from '@millrace/component-sdk';
import { shifted } from './condition.js';
import { compileExpression } from './expression.js';
import type { CompiledExpression } from './expression.js';
import { splitTemplate, wholeExpression } from './template-text.js';

/** An expression and the field that needs its value. */
export interface Field {
  readonly kind: 'field';
  readonly name: string;
  readonly expression: CompiledExpression;
}

/** A JSON value with its expressions compiled. */
export type TemplateTree =
  | { readonly kind: 'constant'; readonly value: null | boolean | number | string }
  | Field
  | { readonly kind: 'text'; readonly parts: readonly (string | Field)[] }
  | { readonly kind: 'list'; readonly items: readonly TemplateTree[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, TemplateTree])[] };

export function templateTree(value: Json, name: string): TemplateTree {
  if (typeof value === 'string') return stringTree(value, name);
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item, index) => templateTree(item, `${name}[${index}]`)) };
  if (value === null || typeof value !== 'object') return { kind: 'constant', value };
  return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, templateTree(item, fieldName(name, key))]) };
}

function fieldName(parent: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${parent}.${key}` : `${parent}["${key}"]`;
}

function stringTree(text: string, name: string): TemplateTree {
  const parts = splitTemplate(text);
  const whole = wholeExpression(parts);
  if (whole !== undefined) return fieldOf(whole, name);
  const compiled = parts.map((part) => (part.kind === 'text' ? part.text : fieldOf(part, name)));
  return compiled.every((part) => typeof part === 'string')
    ? { kind: 'constant', value: compiled.join('') }
    : { kind: 'text', parts: compiled };
}

function fieldOf({ source, offset }: { source: string; offset: number }, name: string): Field {
  return { kind: 'field', name, expression: shifted(offset, () => compileExpression(source)) };
}

/** The expressions of a tree, in the order they are written. */
export function fieldsOf(tree: TemplateTree): Field[] {
  if (tree.kind === 'field') return [tree];
  if (tree.kind === 'text') return tree.parts.filter((part) => typeof part !== 'string');
  if (tree.kind === 'list') return tree.items.flatMap(fieldsOf);
  return tree.kind === 'object' ? tree.entries.flatMap(([, item]) => fieldsOf(item)) : [];
}
