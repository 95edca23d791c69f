import type { Json } from '@millrace/component-sdk';
import { previousName } from '@millrace/flow';
import { count } from '../format/format.js';
import type { Loaded } from './loaded.js';
import { knownParts, type Readable } from './readable.js';

/** One value that can be put into a field. */
export interface ValueRow {
  /** What an expression reads it by. */
  readonly path: string;
  readonly key: string;
  readonly depth: number;
  /** In words; undefined when nothing of it is loaded. */
  readonly value: string | undefined;
  /** Where it is, for rows that do not stand below what holds them. */
  readonly where?: string;
  /** It may be missing in a run: a value that reads it has a default. */
  readonly needsDefault?: boolean;
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
  /** What is said of a member that has no value; undefined where nothing of it need be known. */
  readonly unknown?: string;
  readonly needsDefault?: boolean;
}

/** Of an error before there is one. */
export const KNOWN_LATER = 'known when something has failed';

/** What an error always has, and what it has besides when an attempt was answered. */
const ERROR = { code: undefined, message: undefined, step: undefined, status: undefined, attempt: undefined };

/** What a step can read: the error that it handles, the items of loops around it from inside, the trigger, the results of steps, the nearest first. */
export function sourcesOf(scope: Readonly<Record<string, unknown>>, before: readonly Readable[], loaded: Loaded): Source[] {
  const loops = Object.keys(scope).filter((name) => !['trigger', 'steps', 'flow', 'index', 'error'].includes(name));
  const error = { path: 'error', title: 'Error', value: scope['error'] ?? ERROR, unknown: KNOWN_LATER };
  return [
    ...(Object.hasOwn(scope, 'error') ? [error] : []),
    ...loops.reverse().map((name) => turnOf(name, scope[name])),
    { path: 'trigger', title: 'Trigger', value: scope['trigger'] },
    ...[...before].reverse().map((readable) => resultOf(readable, loaded)),
  ];
}

/** What changes with each turn of a loop. The first round has no round before it. */
function turnOf(name: string, value: unknown): Source {
  if (name !== previousName) return { path: name, title: `${name}, first of the loop`, value };
  return { path: name, title: 'previous, what the round before gave', value, needsDefault: true };
}

function resultOf({ step, mayBeMissing }: Readable, { steps }: Loaded): Source {
  const { id } = step;
  const title = mayBeMissing ? `${id}, may be missing` : id;
  return { path: `steps.${id}`, title, value: steps[id] ?? knownParts(step), needsDefault: mayBeMissing };
}

/**
 * The rows of all sources that hold every word of a search, in keys or values: what is called so first, then what has such a
 * value, then what lies inside of what is called so. Without a search all of them, each below what holds it.
 */
export function foundRows(sources: readonly Source[], search: string): ValueRow[] {
  const rows = sources.flatMap(rowsOf);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows
    .filter((row) => words.every((word) => `${row.path} ${row.value ?? ''}`.toLowerCase().includes(word)))
    .map((row) => ({ row: { ...row, depth: 0, where: row.path }, rank: Math.min(...words.map((word) => rankOf(row, word))) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ row }) => row);
}

/** How near a row is to a word, from 0. */
function rankOf({ key, value = '' }: ValueRow, word: string): number {
  const name = key.toLowerCase();
  const nearness = [name === word, name.startsWith(word), name.includes(word), value.toLowerCase().includes(word)];
  return nearness.includes(true) ? nearness.indexOf(true) : nearness.length;
}

/** Every row of one source. */
export function rowsOf({ path, title, value, unknown, needsDefault }: Source): ValueRow[] {
  const rows: ValueRow[] = [];
  visit(rows, path, title, value as Json | undefined, 0);
  if (unknown === undefined && !needsDefault) return rows;
  return rows.map((row) => ({ ...row, value: row.value ?? unknown, needsDefault }));
}

function visit(rows: ValueRow[], path: string, key: string, value: Json | undefined, depth: number): void {
  if (rows.length >= MOST) return;
  const children = depth < DEEPEST ? childrenOf(value) : [];
  rows.push({ path, key, depth, value: outline(value) });
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
