import fc from 'fast-check';

/** As much of an OpenAPI document as is needed to make requests of it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

interface ApiOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** The text of the body, where there is one. */
  readonly body?: string;
}

/** Strings that a database, a router or a program may stumble over. */
const HOSTILE = [
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  '..',
  '../../etc/passwd',
  '%00',
  '%',
  "'; drop table runs; --",
  '{{ 1 +',
  '\n',
  'x'.repeat(5_000),
];

const hostileText = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 30 }));
const hostileJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  hostileText,
  fc.constantFrom(2 ** 53, -1, 1e308, 0.5, [], {}, [[[[]]]], { constructor: 1 }, null, true),
);
const notJson = fc.constantFrom('', '{', 'null', '[]', '"text"', '{"__proto__":{"a":1}}', '\u0000', '['.repeat(2_000), '{"a":1,"a":2}');

/** What requests of one operation may look like: parts of them fit, others do not. `known` has values that exist, by the name of their parameter. */
export function requestsOf(
  method: string,
  path: string,
  operation: ApiOperation,
  known: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<ApiRequest> {
  const { parameters = [], requestBody } = operation;
  const text = (name: string, schema?: Schema): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 3, arbitrary: known[name] ? fc.constantFrom(...known[name]) : textOf(schema) },
      { weight: 1, arbitrary: hostileText },
    );
  const named = (where: string, requiredKeys: undefined | []): fc.Arbitrary<Record<string, string>> =>
    fc.record(Object.fromEntries(parameters.filter((each) => each.in === where).map(({ name, schema }) => [name, text(name, schema)])), {
      ...(requiredKeys && { requiredKeys }),
    }) as fc.Arbitrary<Record<string, string>>;
  const body = bodyOf(Object.values(requestBody?.content ?? {})[0]?.schema);
  return fc
    .tuple(named('path', undefined), named('query', []), requestBody ? body : fc.constant(undefined))
    .map(([places, query, sent]) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{(\w+)\}/g, (_all, name: string) => encoded(places[name] ?? '')) + queryOf(query),
      ...(sent !== undefined && { body: sent }),
    }));
}

function bodyOf(schema: Schema | undefined): fc.Arbitrary<string> {
  const json = (schema ? valueOf(schema) : hostileJson).map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 6, arbitrary: json }, { weight: 1, arbitrary: notJson });
}

/** Mostly what the schema describes; any part of it may be something else. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 5, arbitrary: fittingValue(schema) }, { weight: 1, arbitrary: hostileJson });
}

function fittingValue(schema: Schema): fc.Arbitrary<unknown> {
  const { type, properties, items, oneOf, anyOf } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = oneOf ?? anyOf;
  if (choices) return fc.oneof(...choices.map(valueOf));
  if (properties) {
    return fc.record(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valueOf(each)])), { requiredKeys: [] });
  }
  const [first] = [type ?? []].flat();
  if (first === 'array') return fc.array(items ? valueOf(items) : hostileJson, { maxLength: 3 });
  if (first === 'integer' || first === 'number') return fc.integer({ min: -2, max: 200 });
  if (first === 'boolean') return fc.boolean();
  return first === 'string' ? textOf(schema) : hostileJson;
}

function textOf({ format, enum: choices, type }: Schema = {}): fc.Arbitrary<string> {
  if (choices) return fc.constantFrom(...choices.map(String));
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (type === 'integer') return fc.integer().map(String);
  if (type === 'boolean') return fc.constantFrom('true', 'false');
  return fc.string({ maxLength: 20 });
}

/** Lone surrogates have no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function queryOf(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encoded(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
