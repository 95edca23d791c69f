import type { Infer, JsonSchema } from '@millrace/component-sdk';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { ApiError } from '@millrace/platform';

type Properties = Readonly<Record<string, JsonSchema>>;
type Values<P extends Properties> = { -readonly [K in keyof P]?: Infer<P[K]> };

/** The query parameters of one route: described for the docs and checked by the same schemas. */
export interface QueryShape<P extends Properties = Properties> {
  readonly properties: P;
  /** The typed parameters; throws an ApiError `request.invalid` that says which one does not fit. */
  read(query: unknown): Values<P>;
}

const ajv = new Ajv({ coerceTypes: true });
(addFormats as unknown as (ajv: Ajv) => void)(ajv);

export function defineQuery<const P extends Properties>(properties: P): QueryShape<P> {
  let validate: ValidateFunction | undefined;
  return {
    properties,
    read: (query) => {
      validate ??= ajv.compile({ type: 'object', properties, additionalProperties: false });
      // A copy, because coercing writes numbers into it.
      const values = { ...(query as Record<string, unknown>) };
      if (!validate(values)) throw invalid(sentence(validate.errors?.[0], Object.keys(properties)));
      return values as Values<P>;
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id in a path; throws an ApiError `request.invalid` unless it is a UUID. */
export function readId(kind: string, id: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw invalid(`The id of ${kind} is a UUID such as 01920f7a-5c1e-7cc3-98c4-dc0c0c07398f, not ${JSON.stringify(id.slice(0, 80))}.`);
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'request.invalid', message);
}

function sentence(error: ErrorObject | undefined, known: readonly string[]): string {
  if (error?.keyword === 'additionalProperties') {
    const { additionalProperty } = error.params as { additionalProperty: string };
    return `There is no parameter ${JSON.stringify(additionalProperty.slice(0, 80))} here; there are ${known.join(', ')}.`;
  }
  const name = error?.instancePath.slice(1) ?? '';
  return `The parameter ${name} ${expectation(error)}.`;
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  'date-time': 'must be a time such as 2026-01-31T12:00:00Z',
};

/** What a parameter must be, by the keyword of the schema that it breaks. */
const EXPECTATIONS: Readonly<Record<string, (error: ErrorObject) => string>> = {
  format: ({ params }) => FORMATS[(params as { format: string }).format] ?? 'does not fit',
  pattern: () => 'has a character or a form that cannot be used here',
  enum: ({ params }) => `must be one of ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`,
  minimum: bound,
  maximum: bound,
  type: ({ params }) => `must be one ${(params as { type: string }).type}`,
};

function expectation(error: ErrorObject | undefined): string {
  return error === undefined ? 'does not fit' : (EXPECTATIONS[error.keyword]?.(error) ?? error.message ?? 'does not fit');
}

function bound({ keyword, params }: ErrorObject): string {
  return `must be ${String((params as { limit: number }).limit)} or ${keyword === 'minimum' ? 'more' : 'less'}`;
}
