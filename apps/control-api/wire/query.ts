import type { Infer, JsonSchema } from '@millrace/component-sdk';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { ApiError } from '@millrace/platform';
import { checkerWith } from './checker.js';
import { expectation } from './expectation.js';

type Properties = Readonly<Record<string, JsonSchema>>;
type Values<P extends Properties> = { -readonly [K in keyof P]?: Infer<P[K]> };

/** The query parameters of one route: described for the docs and checked by the same schemas. */
export interface QueryShape<P extends Properties = Properties> {
  readonly properties: P;
  /** The typed parameters; throws an ApiError `request.invalid` that says which one does not fit. */
  read(query: unknown): Values<P>;
}

const ajv = checkerWith({ coerceTypes: true });

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
    const unknown = JSON.stringify(additionalProperty.slice(0, 80));
    return `There is no parameter ${unknown} here; ${known.length === 0 ? 'this takes none' : `there are ${known.join(', ')}`}.`;
  }
  const name = error?.instancePath.slice(1) ?? '';
  return `The parameter ${name} ${expectation(error)}.`;
}
