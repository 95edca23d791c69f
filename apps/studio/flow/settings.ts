import type { Json } from '@millrace/component-sdk';
import { objectOf, type FlowStep } from './structure.js';

export interface Setting {
  readonly name: string;
  /** As its author wrote it; what is not a text as JSON, with the expressions in it as they were written. */
  readonly text: string;
  /** Whether the run's input holds its value. */
  readonly computed: boolean;
}

/** What an author can set beside the keys that say what a step is and where it goes on. */
const COMMON = ['when', 'credential', 'retry', 'timeout', 'onError', 'onCrash'];

const OWN: Readonly<Partial<Record<FlowStep['kind'], readonly string[]>>> = {
  if: ['if'],
  switch: ['switch'],
  forEach: ['forEach', 'as', 'concurrency', 'onItemError'],
  repeat: ['while', 'limit'],
  parallel: ['onBranchError'],
  try: ['on'],
  wait: ['wait'],
  call: ['call', 'input', 'await'],
  respond: ['respond'],
  stop: ['stop'],
};

/** The settings of a step in the order of a form: its fields first. */
export function settingsOf({ kind, json }: FlowStep): Setting[] {
  const fields = Object.entries(objectOf(json[kind === 'set' ? 'set' : 'with']));
  const own = [...(OWN[kind] ?? []), ...COMMON].flatMap((name) => (json[name] === undefined ? [] : [setting(name, json[name], false)]));
  return [...fields.map(([name, value]) => setting(name, value, true)), ...own];
}

function setting(name: string, value: Json, computed: boolean): Setting {
  return { name, text: typeof value === 'string' ? value : jsonText(value), computed };
}

const STRING = /"(?:[^"\\]|\\.)*"/g;
/** A `{{ }}` in a text, with what stands between; `\{{` is none. */
export const EXPRESSION = /(?<!\\)\{\{([\s\S]*?)\}\}/g;

/** Inside of an expression nothing is escaped: that is how it is read, and how it was typed. */
function jsonText(value: Json): string {
  const inString = (string: string): string => string.replace(EXPRESSION, (escaped) => JSON.parse(`"${escaped}"`) as string);
  return JSON.stringify(value, null, 1).replace(STRING, inString);
}

/** A piece of a text: as it stands, or an expression. */
export interface Piece {
  readonly kind: 'text' | 'expression';
  readonly text: string;
}

/** A text cut at its `{{ }}`; `\{{` stands for itself. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(EXPRESSION)) {
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    pieces.push({ kind: 'expression', text: match[1]!.trim() });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}
