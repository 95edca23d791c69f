import type { Json } from '@millrace/component-sdk';
import { count } from '../format/format.js';
import type { Loaded } from './loaded.js';

/** One value that can be put into a field. */
export interface ValueRow {
  /** What an expression reads it by. */
  readonly path: string;
  readonly key: string;
  readonly depth: number;
  /** In words; undefined when nothing of it is loaded. */
  readonly value: string | undefined;
  /** It has rows below it. */
  readonly open: boolean;
}

/** Rows that are shown at the most, and how deep. */
const MOST = 200;
const DEEPEST = 4;
const LIST = 5;

export interface Source {
  /** `trigger`, `steps.contact`, `item`. */
  readonly path: string;
  readonly title: string;
  readonly value: unknown;
}

/** What a step can read: the trigger, the items of loops around it, the steps before it, the nearest first. */
export function sourcesOf(scope: Readonly<Record<string, unknown>>, before: readonly string[], loaded: Loaded): Source[] {
  const loops = Object.keys(scope).filter((name) => !['trigger', 'steps', 'flow', 'index'].includes(name));
  return [
    { path: 'trigger', title: 'Trigger', value: loaded.trigger },
    ...loops.map((name) => ({ path: name, title: `${name}, first of the loop`, value: scope[name] })),
    ...[...before].reverse().map((id) => ({ path: `steps.${id}`, title: id, value: loaded.steps[id] })),
  ];
}

/** The rows of one source that hold every word of a search, in keys or values; all of them without one. */
export function rowsOf({ path, title, value }: Source, search: string): ValueRow[] {
  const rows: ValueRow[] = [];
  visit(rows, path, title, value as Json | undefined, 0);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => words.every((word) => `${row.path} ${row.value ?? ''}`.toLowerCase().includes(word)));
}

function visit(rows: ValueRow[], path: string, key: string, value: Json | undefined, depth: number): void {
  if (rows.length >= MOST) return;
  const children = depth < DEEPEST ? childrenOf(value) : [];
  rows.push({ path, key, depth, value: outline(value), open: children.length > 0 });
  for (const [name, child] of children) visit(rows, joined(path, name, Array.isArray(value)), name, child, depth + 1);
}

function childrenOf(value: Json | undefined): (readonly [string, Json])[] {
  if (Array.isArray(value)) return value.slice(0, LIST).map((item, index) => [String(index), item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** A name as an expression writes it: bare, or in backquotes. */
export function joined(path: string, name: string, isIndex: boolean): string {
  if (isIndex) return `${path}[${name}]`;
  return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}.\`${name}\``;
}

const LONGEST = 60;

function outline(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return count(value.length, 'item');
  if (typeof value === 'object' && value !== null) return count(Object.keys(value).length, 'field');
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
