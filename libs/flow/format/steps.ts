import { listed } from '../names.js';
import { joinPointer, propertiesOf } from '../text.js';
import { kindNames, kinds } from '../steps/kinds.js';
import type { StepKind, StepKindName } from '../steps/kind.js';
import { stepIdPattern } from '../types.js';
import type { Step, StepBase, StepSettings } from '../types.js';
import { complain, optional, present, readFields, readList, readPattern, readText, required } from './reader.js';
import type { Cursor, Fields } from './reader.js';
import { readCondition, readSettings, settingsKeys } from './settings.js';
import { keySuggestion } from './synonyms.js';

/** Keys that every step may have. */
export const commonKeys = ['id', 'name', 'note', 'when', ...settingsKeys] as const;

/** Where the steps stand in the file, noted while reading: a step that cannot be read leaves only its id. */
export interface StepIndex {
  readonly pointers: Map<Step, string>;
  readonly unread: Set<string>;
}

export function stepsReader(index: StepIndex): (at: Cursor) => Step[] | undefined {
  const readSteps = (at: Cursor): Step[] | undefined => readList((item) => readStep(item, index, readSteps))(at);
  return readSteps;
}

const readId = readPattern(stepIdPattern, 'flow.bad-id', 'is not an id; write a lower-case letter, then letters, digits and underscores.');

function readStep(at: Cursor, index: StepIndex, readSteps: (at: Cursor) => Step[] | undefined): Step | undefined {
  const step = readKind(at, readSteps);
  if (step === undefined) noteUnread(at, index);
  else index.pointers.set(step, at.pointer);
  return step;
}

function noteUnread(at: Cursor, index: StepIndex): void {
  const id = at.node.type === 'object' ? propertiesOf(at.node).find(({ key }) => key.value === 'id')?.value?.value : undefined;
  if (typeof id === 'string') index.unread.add(id);
}

function readKind(at: Cursor, readSteps: (at: Cursor) => Step[] | undefined): Step | undefined {
  if (at.node.type !== 'object') return complain(at, 'flow.wrong-type', 'A step is an object with an id and a key that says what it is.');
  const keys = propertiesOf(at.node).map(({ key }) => String(key.value));
  const named = kindNames.filter((name) => keys.includes(name));
  const [name] = named;
  if (name === undefined) return refuseKindless(at, keys);
  if (named.length > 1) return refuseAmbiguous(at, named);
  return readAs(at, kinds[name] as unknown as StepKind, readSteps);
}

function readAs(at: Cursor, kind: StepKind, readSteps: (at: Cursor) => Step[] | undefined): Step | undefined {
  const withoutEffect = Object.fromEntries(
    settingsKeys.filter((key) => !kind.settings.includes(key)).map((key) => [key, useless(key, kind)]),
  );
  const keys = [...commonKeys, ...kind.keys].filter((key) => !Object.hasOwn(withoutEffect, key));
  const fields = readFields(at, { what: `a step with \`${kind.key}\``, keys, withoutEffect });
  if (fields === undefined) return undefined;
  const base = readBase(fields);
  return kind.read(fields, base, { readSteps });
}

function useless(key: keyof StepSettings, { key: name }: StepKind): string {
  const kindsWith = kindNames.filter((other) => kinds[other].settings.includes(key));
  return `\`${key}\` has no effect on a step with \`${name}\`; it belongs to ${listed(kindsWith)}.`;
}

function readBase(fields: Fields): StepBase {
  return present({
    id: required(fields, 'id', readId) ?? '',
    name: optional(fields, 'name', readText),
    note: optional(fields, 'note', readText),
    when: optional(fields, 'when', readCondition),
    ...readSettings(fields),
  });
}

function keyCursor(at: Cursor, name: string): Cursor {
  const key = propertiesOf(at.node).find((property) => property.key.value === name)?.key;
  return { ...at, node: key ?? at.node, pointer: joinPointer(at.pointer, name) };
}

function refuseKindless(at: Cursor, keys: readonly string[]): undefined {
  const own = keys.filter((key) => !(commonKeys as readonly string[]).includes(key) && !key.startsWith('x-'));
  const near = own.map((key) => keySuggestion(key, kindNames)).find((text) => text.startsWith(' Did'));
  const start = { ...at, node: { ...at.node, length: 1 } };
  return complain(start, 'flow.no-step-kind', `A step needs one of ${listed(kindNames)}.${near ?? ''}`);
}

function refuseAmbiguous(at: Cursor, named: readonly StepKindName[]): undefined {
  return complain(keyCursor(at, named[1] ?? ''), 'flow.two-step-kinds', `A step is one thing; keep one of ${listed(named)}.`);
}
