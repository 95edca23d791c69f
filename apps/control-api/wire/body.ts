import type { IncomingMessage } from 'node:http';
import type { Infer, JsonSchema } from '@millrace/component-sdk';
import { ApiError } from '@millrace/platform';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { readJsonBody } from '../http/read-body.js';
import { checkerWith } from './checker.js';
import { expectation } from './expectation.js';

/** The body of one route: described for the docs and checked by the same schema. */
export interface BodyShape<S extends JsonSchema = JsonSchema> {
  readonly schema: S;
  /** The typed body; throws an ApiError `request.invalid` that says what does not fit. */
  read(request: IncomingMessage): Promise<Infer<S>>;
}

const ajv = checkerWith({ strict: false });

export function defineBody<const S extends JsonSchema>(schema: S): BodyShape<S> {
  let validate: ValidateFunction | undefined;
  return {
    schema,
    read: async (request) => {
      validate ??= ajv.compile(schema);
      const value = await readJsonBody(request);
      if (validate(value)) return value as Infer<S>;
      throw new ApiError(400, 'request.invalid', sentence(validate.errors?.[0]));
    },
  };
}

function sentence(error: ErrorObject | undefined): string {
  const params = (error?.params ?? {}) as { missingProperty?: string; additionalProperty?: string; type?: string | string[] };
  const where = error?.instancePath ? `\`${error.instancePath.slice(1).replaceAll('/', '.')}\`` : 'The body';
  if (error?.keyword === 'required') return `${where} needs \`${params.missingProperty}\`.`;
  if (error?.keyword === 'additionalProperties') return `${where} cannot have ${JSON.stringify(params.additionalProperty?.slice(0, 80))}.`;
  if (error?.keyword === 'type') return `${where} must be of type ${[params.type].flat().join(' or ')}.`;
  return `${where} ${expectation(error)}.`;
}
