import type { JsonSchema } from '@millrace/component-sdk';
import { endpointNamePattern } from '../types.js';
import { durationPattern } from '../units.js';
import { closed } from './parts.js';
import { endpointAnswerSchema, requestSchema } from './request-schema.js';

const text = { type: 'string', description: 'For people.' } as const;

/** JSON Schema (draft-07, which editors know best) of `endpoints.json`. `checkEndpoints` knows more. */
export const endpointsSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Millrace endpoints',
  description: 'Shared URLs `/endpoints/<name>` that several flows may listen to. Comments and trailing commas are allowed.',
  type: 'object',
  properties: { $schema: { type: 'string' } },
  patternProperties: { [endpointNamePattern]: { $ref: '#/definitions/endpoint' }, '^x-': {} },
  additionalProperties: false,
  definitions: {
    endpoint: closed({ name: text, icon: text, note: text, ...requestSchema, respond: endpointAnswerSchema }),
    duration: { type: 'string', pattern: durationPattern },
  },
};

/** The text of `flows/endpoints.schema.json`. */
export function endpointsSchemaText(): string {
  return `${JSON.stringify(endpointsSchema, undefined, 2)}\n`;
}
