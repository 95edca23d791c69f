import type { Json, JsonSchema } from '@millrace/component-sdk';
import { flowSchema } from '@millrace/flow';
import { getLocation, getNodeValue, parseTree, type Segment } from 'jsonc-parser';
import type { ComponentView } from '../../api/wire.js';
import { objectOf, textOf } from '../../flow/structure.js';

/** Something that can be written at a place of the text. */
export interface Completion {
  readonly label: string;
  readonly about: string;
  /** What is put in place of the text from `from` to `to`. */
  readonly insert: string;
  /** Where the caret is afterwards, counted from the end of `insert`. */
  readonly back: number;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

/** Names that the format leaves open and this instance knows. */
export interface KnownNames {
  readonly components: readonly ComponentView[];
  readonly credentials: readonly string[];
  readonly flows: readonly string[];
}

const NOTHING: Completions = { from: 0, to: 0, items: [] };

/** What the schema of flows, and of the component of a step, allow where the caret is. */
export function completionsAt(text: string, offset: number, known: KnownNames): Completions {
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  const inToken = previousNode !== undefined && offset > previousNode.offset && offset <= previousNode.offset + previousNode.length;
  const from = inToken ? previousNode.offset : wordStart(text, offset);
  const to = inToken ? previousNode.offset + previousNode.length : offset;
  const typed = text.slice(from, offset).replace(/^"/, '').toLowerCase();
  const root = valueOfText(text);
  const all = isAtPropertyKey ? keysAt(root, path.slice(0, -1), known, hasColon(text, to)) : valuesAt(root, path, known);
  const items = all.filter(({ label }) => label.toLowerCase().includes(typed) && `"${label}"` !== text.slice(from, to));
  return items.length === 0 ? NOTHING : { from, to, items };
}

function valueOfText(text: string): Json {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return tree ? (getNodeValue(tree) as Json) : {};
}

function wordStart(text: string, offset: number): number {
  return offset - (/[\w-]*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
}

function hasColon(text: string, at: number): boolean {
  return /^\s*:/.test(text.slice(at));
}

function valueAtPath(root: Json, path: readonly Segment[]): Json | undefined {
  return path.reduce<Json | undefined>((value, segment) => {
    if (Array.isArray(value)) return value[Number(segment)];
    return objectOf(value)[String(segment)];
  }, root);
}

function keysAt(root: Json, path: readonly Segment[], known: KnownNames, followed: boolean): Completion[] {
  const own = objectOf(valueAtPath(root, path));
  const properties = schemasAt(root, path, known).flatMap(({ properties = {} }) => Object.entries(properties));
  const fresh = new Map(properties.filter(([name]) => !Object.hasOwn(own, name) || own[name] === undefined));
  return [...fresh].map(([name, schema]) => {
    const [value, back] = followed ? ['', 0] : valueFor(resolved(schema));
    return {
      label: name,
      about: schema.description ?? resolved(schema).description ?? '',
      insert: `${JSON.stringify(name)}${value}`,
      back,
    };
  });
}

/** What a new key begins with, and how far before its end the caret goes. */
function valueFor({ type, enum: options }: JsonSchema): [string, number] {
  if (options !== undefined) return [': ""', 1];
  const sole = Array.isArray(type) ? type[0] : type;
  const starts: Readonly<Record<string, [string, number]>> = { string: [': ""', 1], object: [': {}', 1], array: [': []', 1] };
  return starts[String(sole)] ?? [': ', 0];
}

function valuesAt(root: Json, path: readonly Segment[], known: KnownNames): Completion[] {
  const key = path.at(-1);
  const named = typeof key === 'string' && !path.includes('with') ? namesFor(key, known) : undefined;
  if (named) return named;
  return schemasAt(root, path, known)
    .flatMap(optionsOf)
    .map((option) => ({ label: String(option), about: '', insert: JSON.stringify(option), back: 0 }));
}

function namesFor(key: string, { components, credentials, flows }: KnownNames): Completion[] | undefined {
  const plain = (name: string, about = ''): Completion => ({ label: name, about, insert: JSON.stringify(name), back: 0 });
  if (key === 'use') return components.map(({ name, title }) => plain(name, title));
  if (key === 'credential') return credentials.map((name) => plain(name));
  return key === 'call' ? flows.map((name) => plain(name)) : undefined;
}

function optionsOf(schema: JsonSchema): readonly Json[] {
  if (schema.const !== undefined) return [schema.const as Json];
  if (schema.enum !== undefined) return schema.enum as readonly Json[];
  return schema.type === 'boolean' ? [true, false] : [];
}

/** The schemas that hold for a place; of several kinds of step only those that what is written there can still be. */
function schemasAt(root: Json, path: readonly Segment[], known: KnownNames): JsonSchema[] {
  let [schemas, value] = [[flowSchema], root as Json | undefined];
  path.forEach((segment, index) => {
    const next = valueAtPath(root, path.slice(0, index + 1));
    schemas = schemas.flatMap((schema) => below(fitting(schema, value), segment, value, known));
    value = next;
  });
  return schemas.flatMap((schema) => fitting(schema, value));
}

function fitting(schema: JsonSchema, value: Json | undefined): JsonSchema[] {
  const ways = resolved(schema)['anyOf'] as readonly JsonSchema[] | undefined;
  if (ways === undefined) return [resolved(schema)];
  const all = ways.map(resolved);
  const some = all.filter((one) => isMeant(one, value));
  return some.length > 0 ? some : all;
}

/** A step is of the kind whose own key it has; a trigger of the one that its `type` names. */
function isMeant({ properties = {}, required = [] }: JsonSchema, value: Json | undefined): boolean {
  const own = objectOf(value);
  const type = properties['type']?.const;
  if (type !== undefined) return own['type'] === type;
  return required.some((key) => key !== 'id' && Object.hasOwn(own, key));
}

function below(schemas: readonly JsonSchema[], segment: Segment, value: Json | undefined, { components }: KnownNames): JsonSchema[] {
  const used = textOf(objectOf(value)['use']);
  const component = segment === 'with' && used !== undefined ? components.find(({ name }) => name === used) : undefined;
  if (component) return [component.props as JsonSchema];
  return schemas.flatMap(({ items, properties, additionalProperties }) => {
    if (typeof segment === 'number') return items === undefined || Array.isArray(items) ? [] : [items as JsonSchema];
    const own = properties?.[segment];
    if (own !== undefined) return [own];
    return typeof additionalProperties === 'object' ? [additionalProperties] : [];
  });
}

function resolved(schema: JsonSchema): JsonSchema {
  const name = /^#\/definitions\/(.+)$/.exec(typeof schema['$ref'] === 'string' ? schema['$ref'] : '')?.[1];
  const definitions = flowSchema['definitions'] as Readonly<Record<string, JsonSchema>>;
  const target = name === undefined ? undefined : definitions[name];
  return target === undefined ? schema : resolved(target);
}
