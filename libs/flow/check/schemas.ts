import { Ajv } from 'ajv';
import type { ErrorObject, Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import type { JsonSchema } from '@millrace/component-sdk';
import type { StepChecker } from '../steps/kind.js';

/** Patterns run in linear time: schemas meet text that strangers sent. ajv tells patterns apart by their text. */
function linearPattern(pattern: string): { test(text: string): boolean; toString(): string } {
  const program = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return { test: (text) => program.test(text), toString: () => pattern };
}

const options: Options = {
  allErrors: true,
  strict: false,
  logger: false,
  // Only code that ajv writes to a file would read `code`; ours runs where it is compiled.
  code: { regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
};

/**
 * A validator for schemas as flows and components write them: draft-07, or 2020-12 where `$schema` says so.
 * Formats are checked, unknown keywords are passed over, patterns run in linear time. One for each schema, so that `$id`s do not clash.
 */
export function schemaCompiler(schema: unknown): Ajv {
  const dialect = typeof schema === 'object' && schema !== null && '$schema' in schema ? String(schema.$schema) : '';
  const ajv = dialect.includes('2020-12') ? new Ajv2020(options) : new Ajv(options);
  addFormats.default(ajv);
  return ajv;
}

/** Checks that a JSON Schema that stands at a pointer below the checker's place is one. */
export function checkSchema(schema: JsonSchema | boolean | undefined, below: string, checker: StepChecker): void {
  if (schema === undefined || checker.catalog.checkSchemas === false) return;
  for (const { pointer, message } of faultsOfSchema(schema)) {
    checker.report('flow.bad-schema', `This is not a JSON Schema: ${message}.`, below + pointer);
  }
}

export interface SchemaFault {
  /** JSON pointer into what was checked. */
  readonly pointer: string;
  readonly message: string;
}

/** What is wrong with a JSON Schema: first by the rules of its dialect, then whether it can be compiled. */
export function faultsOfSchema(schema: JsonSchema | boolean): SchemaFault[] {
  try {
    const ajv = schemaCompiler(schema);
    if (ajv.validateSchema(schema) !== true) return firstByPlace(ajv.errors ?? []);
    ajv.compile(schema);
    return [];
  } catch (cause) {
    return [{ pointer: '', message: cause instanceof Error ? cause.message : String(cause) }];
  }
}

/** One place often breaks several rules of the dialect for one reason. */
function firstByPlace(errors: readonly ErrorObject[]): SchemaFault[] {
  const byPlace = new Map<string, SchemaFault>();
  for (const { instancePath, message = 'is not valid' } of errors) {
    if (!byPlace.has(instancePath)) byPlace.set(instancePath, { pointer: instancePath, message });
  }
  return [...byPlace.values()];
}

const compiled = new WeakMap<JsonSchema, (value: unknown) => ErrorObject[]>();

/** Every violation of a schema by a value. The compiled schema is kept as long as the schema object lives. */
export function violations(schema: JsonSchema, value: unknown): ErrorObject[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const check = schemaCompiler(schema).compile(schema);
    validate = (candidate) => (check(candidate) ? [] : [...(check.errors ?? [])]);
    compiled.set(schema, validate);
  }
  return validate(value);
}
