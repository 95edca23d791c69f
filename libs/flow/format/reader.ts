import type { Json } from '@millrace/component-sdk';
import { suggestion } from '../names.js';
import type { ProblemCode } from '../problem-codes.js';
import type { Report } from '../problems.js';
import { joinPointer, propertiesOf, valueOf } from '../text.js';
import type { JsonNode } from '../text.js';
import { formatDuration, longestDuration, parseDuration, parseSize } from '../units.js';
import { keySuggestion } from './synonyms.js';

/** A place in the file that is being read. Readers give undefined for what they reported. */
export interface Cursor {
  readonly node: JsonNode;
  readonly pointer: string;
  readonly report: Report;
}

/** An object of the format: its known keys that are present. */
export interface Fields {
  readonly at: Cursor;
  /** Names the object in messages: `a step`, `the trigger`. */
  readonly what: string;
  readonly values: ReadonlyMap<string, Cursor>;
  readonly keys: ReadonlyMap<string, JsonNode>;
}

export type Reader<T> = (at: Cursor) => T | undefined;

export interface ObjectShape {
  readonly what: string;
  readonly keys: readonly string[];
  /** Keys of the format that mean nothing here, with the sentence that says so. */
  readonly withoutEffect?: Readonly<Record<string, string>>;
}

export function complain(at: Cursor, code: ProblemCode, message: string): undefined {
  at.report(code, message, at.node, at.pointer);
  return undefined;
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  string: 'text',
  boolean: 'true or false',
  null: 'null',
  number: 'a number',
};

function wrongType(at: Cursor, wanted: string): undefined {
  return complain(at, 'flow.wrong-type', `This must be ${wanted}, not ${typeNames[at.node.type] ?? at.node.type}.`);
}

/** Reads an object whose keys are known, reporting the others. `x-…` keys belong to other tools and are passed over. */
export function readFields(at: Cursor, shape: ObjectShape): Fields | undefined {
  if (at.node.type !== 'object') return wrongType(at, 'an object');
  const values = new Map<string, Cursor>();
  const keys = new Map<string, JsonNode>();
  for (const { key, value } of propertiesOf(at.node)) {
    const name = String(key.value);
    const pointer = joinPointer(at.pointer, name);
    if (name.startsWith('x-') || keys.has(name)) continue;
    if (!shape.keys.includes(name)) reportUnknown(at, shape, key, pointer);
    else keys.set(name, key);
    if (value !== undefined && shape.keys.includes(name)) values.set(name, { node: value, pointer, report: at.report });
  }
  return { at, what: shape.what, values, keys };
}

function reportUnknown(at: Cursor, shape: ObjectShape, key: JsonNode, pointer: string): void {
  const { what, keys, withoutEffect = {} } = shape;
  const name = String(key.value);
  if (name === '__proto__') return;
  const uselessHere = Object.hasOwn(withoutEffect, name) ? withoutEffect[name] : undefined;
  if (uselessHere !== undefined) at.report('flow.key-no-effect', uselessHere, key, pointer);
  else at.report('flow.unknown-key', `${capital(what)} has no key \`${name}\`.${keySuggestion(name, keys)}`, key, pointer);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Reads a key that may be absent. */
export function optional<T>(fields: Fields, key: string, read: Reader<T>): T | undefined {
  const at = fields.values.get(key);
  return at === undefined ? undefined : read(at);
}

/** Reads a key that must be there. */
export function required<T>(fields: Fields, key: string, read: Reader<T>): T | undefined {
  const at = fields.values.get(key);
  if (at !== undefined) return read(at);
  const where = { offset: fields.at.node.offset, length: 1 };
  if (!fields.keys.has(key)) fields.at.report('flow.missing-key', `${capital(fields.what)} needs \`${key}\`.`, where, fields.at.pointer);
  return undefined;
}

export const readText: Reader<string> = (at) => (at.node.type === 'string' ? String(at.node.value) : wrongType(at, 'text'));

export const readBoolean: Reader<boolean> = (at) => (at.node.type === 'boolean' ? at.node.value === true : wrongType(at, 'true or false'));

export const readJson: Reader<Json> = (at) => valueOf(at.node);

export function readWhole(least: number, most: number): Reader<number> {
  return (at) => {
    if (at.node.type !== 'number') return wrongType(at, 'a number');
    const value = Number(at.node.value);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    return complain(at, 'flow.bad-value', `This must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads one of a few words. */
export function readChoice<const T extends string>(choices: readonly T[]): Reader<T> {
  return (at) => {
    const text = readText(at);
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined || text === undefined) return choice;
    return complain(at, 'flow.bad-value', `\`${text}\` is not possible here.${suggestion(text, choices)}`);
  };
}

export function readPattern(pattern: string, code: ProblemCode, sentence: string): Reader<string> {
  return (at) => {
    const text = readText(at);
    if (text === undefined || new RegExp(pattern).test(text)) return text;
    return complain(at, code, `\`${text}\` ${sentence}`);
  };
}

/** Reads a duration of at least `least` and at most `most` milliseconds, and keeps it as it is written. */
export function readDuration(least: number, most = longestDuration): Reader<string> {
  return readQuantity(parseDuration, (milliseconds) => {
    if (milliseconds < least) return 'This duration is too short.';
    return milliseconds > most ? `This duration is too long; at most ${formatDuration(most)} is possible.` : undefined;
  });
}

/** Reads a size of at most `most` bytes, and keeps it as it is written. */
export function readSize(most: number): Reader<string> {
  return readQuantity(parseSize, (bytes) => (bytes < 1 || bytes > most ? `This must be from 1b to ${most / 1024 / 1024}mb.` : undefined));
}

function readQuantity(parse: (text: string) => number, objection: (amount: number) => string | undefined): Reader<string> {
  return (at) => {
    const text = readText(at);
    if (text === undefined) return undefined;
    try {
      const refused = objection(parse(text));
      return refused === undefined ? text : complain(at, 'flow.bad-value', refused);
    } catch (cause) {
      return complain(at, 'flow.bad-value', (cause as RangeError).message);
    }
  };
}

/** Reads a list; items that could not be read are reported and left out. */
export function readList<T>(read: Reader<T>, most = Infinity): Reader<T[]> {
  return (at) => {
    if (at.node.type !== 'array') return wrongType(at, 'a list');
    const nodes = at.node.children ?? [];
    if (nodes.length > most) complain(at, 'flow.bad-value', `This list has ${nodes.length} entries; at most ${most} are possible.`);
    const items = nodes.map((node, index) => read({ ...at, node, pointer: joinPointer(at.pointer, index) }));
    return items.filter((item) => item !== undefined);
  };
}

/** Reads an object whose keys are the author's own. */
export function readMap<T>(read: Reader<T>): Reader<Record<string, T>> {
  return (at) => {
    if (at.node.type !== 'object') return wrongType(at, 'an object');
    const entries = propertiesOf(at.node).flatMap(({ key, value }) => {
      const name = String(key.value);
      const item = value && name !== '__proto__' ? read({ ...at, node: value, pointer: joinPointer(at.pointer, name) }) : undefined;
      return item === undefined ? [] : [[name, item] as const];
    });
    return Object.fromEntries(entries);
  };
}

/** Cursors at the keys of an object, for what is wrong with a key itself. */
export function keyCursors(at: Cursor): Cursor[] {
  if (at.node.type !== 'object') return [];
  return propertiesOf(at.node).map(({ key }) => ({ ...at, node: key, pointer: joinPointer(at.pointer, String(key.value)) }));
}

/** Leaves out the keys that are undefined, so that a flow read back compares to what was written. */
export function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
