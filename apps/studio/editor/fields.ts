import type { Json } from '@millrace/component-sdk';
import { asCondition } from './conditions.js';

/**
 * How a value is entered. `condition`: one expression. `rows`: an object as keys and values. `list`: item by item. `group`: an
 * object by fields of its own. `json`: whatever the others cannot hold.
 */
export type FieldKind = 'text' | 'condition' | 'number' | 'boolean' | 'choice' | 'rows' | 'list' | 'group' | 'json';

/** One setting of a step as a form shows it. */
export interface Field {
  /** JSON pointer below the step. */
  readonly pointer: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly options: readonly string[];
  /** Whether it may hold `{{ expressions }}`. */
  readonly mapped: boolean;
  /** How the values of rows and the items of lists are entered. */
  readonly values: FieldKind;
  /** Of a group. */
  readonly fields: readonly Field[];
  /** The group that it belongs to, by its pointer: an object that goes with the last of its members. */
  readonly group: string | undefined;
  /** What its value must be; undefined where it may be several things. */
  readonly takes: Takes | undefined;
  /** Whether it may be entered as names and values. */
  readonly named: boolean;
  /** Whether its text may well have several lines, so that Enter begins another one. */
  readonly multiline: boolean;
}

export type Takes = 'text' | 'number' | 'boolean';

export type FieldRest = Partial<Omit<Field, 'pointer' | 'label'>>;

export function field(pointer: string, label: string, rest: FieldRest = {}): Field {
  const base = {
    kind: 'text',
    required: false,
    description: undefined,
    options: [],
    mapped: true,
    values: 'json',
    fields: [],
    group: undefined,
    takes: undefined,
  } as const;
  return { pointer, label, ...base, named: rest.kind === 'rows' || rest.kind === 'json', multiline: rest.kind === 'json', ...rest };
}

/** A value as the text of its field. */
export function fieldText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

export type Entered = { readonly ok: true; readonly value: Json | undefined } | { readonly ok: false; readonly message: string };

const given = (value: Json | undefined): Entered => ({ ok: true, value });

/** The value that a text in a field means; undefined removes the setting. Expressions stay text, whatever the field holds. */
export function enteredValue(kind: FieldKind, text: string): Entered {
  if (text.trim() === '') return given(undefined);
  if (kind === 'condition') return given(asCondition(text));
  if (kind === 'text' || kind === 'choice' || text.trimStart().startsWith('{{')) return given(text);
  if (kind === 'number') return given(isNumber(text) ? Number(text) : text);
  if (kind === 'boolean') return given(text === 'true' ? true : text === 'false' ? false : text);
  return jsonValue(text);
}

function isNumber(text: string): boolean {
  return /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(text);
}

function jsonValue(text: string): Entered {
  try {
    return given(JSON.parse(text) as Json);
  } catch (error) {
    if (!/^\s*[[{"]/.test(text)) return given(text);
    return { ok: false, message: `Not JSON yet: ${(error as Error).message}` };
  }
}

/** The value at a JSON pointer. */
export function valueAt(json: Json | undefined, pointer: string): Json | undefined {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((value, key) => {
      if (Array.isArray(value)) return value[Number(key)];
      return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key] : undefined;
    }, json);
}
