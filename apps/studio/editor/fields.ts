import type { Json } from '@millrace/component-sdk';
import type { ComponentView } from '../api/wire.js';
import { objectOf, textOf, type FlowStep, type JsonObject } from '../flow/structure.js';

/** How a value is entered. `rows`: an object as keys and values. `json`: whatever the others cannot hold. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'rows' | 'json';

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
  /** How the values of rows are entered. */
  readonly values: FieldKind;
  /** What its value must be; undefined where it may be several things. */
  readonly takes: Takes | undefined;
  /** Whether it may be entered as names and values. */
  readonly named: boolean;
  /** Whether its text may well have several lines, so that Enter begins another one. */
  readonly multiline: boolean;
}

export type Takes = 'text' | 'number' | 'boolean';

type FieldRest = Partial<Omit<Field, 'pointer' | 'label'>>;

function field(pointer: string, label: string, rest: FieldRest = {}): Field {
  const base = {
    kind: 'text',
    required: false,
    description: undefined,
    options: [],
    mapped: true,
    values: 'json',
    takes: undefined,
  } as const;
  return { pointer, label, ...base, named: rest.kind === 'rows' || rest.kind === 'json', multiline: rest.kind === 'json', ...rest };
}

const fixed = { mapped: false } as const;

/** The fields of a step, those that it must have first. */
export function fieldsOf(step: FlowStep, components: readonly ComponentView[]): Field[] {
  if (step.kind !== 'use') return OWN[step.kind]?.(step.json) ?? [];
  const component = components.find(({ name }) => name === textOf(step.json['use']));
  return component === undefined ? [field('/with', 'Fields', { kind: 'json' })] : componentFields(component.props as JsonObject);
}

/** The fields that a JSON Schema of props asks for, then those in use that it does not name. */
export function componentFields(schema: JsonObject): Field[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = Object.entries(objectOf(schema['properties'])).map(([name, prop]) =>
    propField(name, objectOf(prop), required.includes(name)),
  );
  return [...fields.filter((one) => one.required), ...fields.filter((one) => !one.required)];
}

function propField(name: string, schema: JsonObject, required: boolean): Field {
  const options = Array.isArray(schema['enum']) ? schema['enum'].filter((option) => typeof option === 'string') : [];
  const kind = options.length > 0 ? 'choice' : kindOf(schema);
  const label = textOf(schema['title']) ?? name;
  const values = objectOf(schema['additionalProperties'])['type'] === 'string' ? 'text' : 'json';
  const takes = kind === 'text' || kind === 'number' || kind === 'boolean' ? kind : undefined;
  return field(`/with/${name}`, label, {
    ...{ kind, required, description: textOf(schema['description']), options, values, takes },
    named: kind === 'rows' || (kind === 'json' && mayBeObject(schema)),
    multiline: kind === 'json' || isDocument(schema),
  });
}

function mayBeObject({ type }: JsonObject): boolean {
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

/** A text that is a document of its own, not a value: JSON Schema says so with `contentMediaType` (validation vocabulary, section 8). */
function isDocument(schema: JsonObject): boolean {
  return textOf(schema['contentMediaType'])?.startsWith('text/') ?? false;
}

const BY_TYPE: Readonly<Record<string, FieldKind>> = { string: 'text', number: 'number', integer: 'number', boolean: 'boolean' };

function kindOf(schema: JsonObject): FieldKind {
  if (schema['type'] === 'object') return Object.keys(objectOf(schema['properties'])).length > 0 ? 'json' : 'rows';
  return BY_TYPE[String(schema['type'])] ?? 'json';
}

const condition = (pointer: string, label: string): Field =>
  field(pointer, label, { required: true, description: 'One expression, such as {{ trigger.body.total >= 500 }}.' });

const OWN: Readonly<Partial<Record<FlowStep['kind'], (json: JsonObject) => Field[]>>> = {
  if: () => [condition('/if', 'Condition')],
  switch: (json) => [
    field('/switch', 'Value to compare', { required: true, description: 'true makes every case a condition of its own.' }),
    ...casesOf(json).map((_, index) => field(`/cases/${index}/when`, `Case ${index + 1}`, { required: true, kind: 'json' })),
  ],
  forEach: () => [
    field('/forEach', 'Items', { required: true, kind: 'json', named: false, description: 'A list, such as {{ trigger.body.lines }}.' }),
    field('/as', 'Name of the item', { ...fixed, description: 'How the steps inside call it; item, unless said.' }),
    field('/concurrency', 'At a time', { ...fixed, kind: 'number' }),
    field('/onItemError', 'When an item fails', { ...fixed, kind: 'choice', options: ['fail', 'continue'] }),
  ],
  parallel: () => [field('/onBranchError', 'When a branch fails', { ...fixed, kind: 'choice', options: ['fail-fast', 'wait-all'] })],
  try: () => [field('/on', 'Errors to catch', { ...fixed, kind: 'json', description: 'A list such as ["http.4xx"]; all, unless said.' })],
  wait: ({ wait }) => WAITS[waitWay(objectOf(wait))],
  call: () => [
    field('/call', 'Flow', { ...fixed, required: true }),
    field('/input', 'Input', { kind: 'json' }),
    field('/await', 'Wait for its end', { ...fixed, kind: 'boolean' }),
  ],
  respond: () => [
    field('/respond/status', 'Status', { kind: 'number' }),
    field('/respond/headers', 'Headers', { kind: 'rows', values: 'text' }),
    field('/respond/body', 'Body', { kind: 'json' }),
  ],
  set: () => [field('/set', 'Values', { kind: 'rows', required: true })],
  stop: () => [
    field('/stop/as', 'The run ends as', { ...fixed, required: true, kind: 'choice', options: ['succeeded', 'failed'] }),
    field('/stop/message', 'Why'),
  ],
};

export type WaitWay = 'for' | 'until' | 'webhook';

export function waitWay(wait: JsonObject): WaitWay {
  if (wait['webhook'] !== undefined) return 'webhook';
  return wait['until'] === undefined ? 'for' : 'until';
}

const WAITS: Readonly<Record<WaitWay, Field[]>> = {
  for: [field('/wait/for', 'How long', { required: true, description: 'Such as 10m or 3d.' })],
  until: [field('/wait/until', 'Until when', { required: true, description: 'Such as 2030-01-31T09:00:00+01:00.' })],
  webhook: [field('/wait/webhook/timeout', 'At most', { ...fixed, description: 'Such as 3d; 7d, unless said.' })],
};

export function casesOf({ cases }: JsonObject): readonly JsonObject[] {
  return Array.isArray(cases) ? cases.map(objectOf) : [];
}

/** Settings that most steps share. */
export function advancedFields({ kind }: FlowStep): Field[] {
  const common = [
    field('/when', 'Only when', { description: 'The step is skipped unless this holds.' }),
    field('/onError', 'When it fails', { ...fixed, kind: 'choice', options: ['fail', 'continue'] }),
  ];
  if (kind !== 'use' && kind !== 'call') return common;
  const retry = [
    field('/retry/attempts', 'Attempts', { ...fixed, kind: 'number', description: 'In all, the first one included.' }),
    field('/retry/delay', 'First pause', { ...fixed, description: 'Such as 5s.' }),
    field('/timeout', 'Timeout', { ...fixed, description: 'Of one attempt, such as 30s.' }),
  ];
  const crash = field('/onCrash', 'After a crash', { ...fixed, kind: 'choice', options: ['repeat', 'stop'] });
  return [...common, ...retry, ...(kind === 'use' ? [crash] : [])];
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
