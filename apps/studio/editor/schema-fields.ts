import { objectOf, textOf, type JsonObject } from '../flow/structure.js';
import { field, type Field, type FieldKind } from './fields.js';

/** The fields that a JSON Schema of props asks for, those that must be filled in first. */
export function componentFields(schema: JsonObject): Field[] {
  return fieldsBelow('/with', schema);
}

function fieldsBelow(pointer: string, schema: JsonObject, group?: string): Field[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = Object.entries(objectOf(schema['properties'])).map(([name, prop]) =>
    propField({ pointer: `${pointer}/${name}`, name, required: required.includes(name), group }, objectOf(prop)),
  );
  return [...fields.filter((one) => one.required), ...fields.filter((one) => !one.required)];
}

interface Place {
  readonly pointer: string;
  readonly name: string;
  readonly required: boolean;
  readonly group: string | undefined;
}

function propField({ pointer, name, required, group }: Place, schema: JsonObject): Field {
  const items = objectOf(schema['items']);
  const options = optionsOf(schema['type'] === 'array' ? items : schema);
  const kind = kindOf(schema, options);
  return field(pointer, textOf(schema['title']) ?? name, {
    ...{ kind, required, group, options, description: textOf(schema['description']) },
    values: kind === 'list' ? (kindOf(items, options) as FieldKind) : rowKind(schema),
    fields: kind === 'group' ? fieldsBelow(pointer, schema, pointer) : [],
    takes: kind === 'text' || kind === 'number' || kind === 'boolean' ? kind : undefined,
    named: kind === 'rows' || (kind === 'json' && mayBeObject(schema)),
    multiline: kind === 'json' || isDocument(schema),
  });
}

function optionsOf({ enum: options }: JsonObject): string[] {
  return Array.isArray(options) ? options.filter((option) => typeof option === 'string') : [];
}

const BY_TYPE: Readonly<Record<string, FieldKind>> = { string: 'text', number: 'number', integer: 'number', boolean: 'boolean' };

function kindOf(schema: JsonObject, options: readonly string[]): FieldKind {
  const { type } = schema;
  if (type === 'array') return holdsPlain(objectOf(schema['items'])) ? 'list' : 'json';
  if (options.length > 0) return 'choice';
  if (type === 'object') return Object.keys(objectOf(schema['properties'])).length > 0 ? 'group' : 'rows';
  return BY_TYPE[String(type)] ?? 'json';
}

/** Whether items are texts, numbers or such: others are easier to read as JSON. */
function holdsPlain(items: JsonObject): boolean {
  const types = [items['type']].flat();
  return optionsOf(items).length > 0 || types.every((type) => Object.hasOwn(BY_TYPE, String(type)));
}

function rowKind(schema: JsonObject): FieldKind {
  return objectOf(schema['additionalProperties'])['type'] === 'string' ? 'text' : 'json';
}

function mayBeObject({ type }: JsonObject): boolean {
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

/** A text that is a document of its own, not a value: JSON Schema says so with `contentMediaType` (validation vocabulary, section 8). */
function isDocument(schema: JsonObject): boolean {
  return textOf(schema['contentMediaType'])?.startsWith('text/') ?? false;
}
