import type { JsonSchema } from '@millrace/component-sdk';
import { caseEnds, networkErrors, stepEnds } from './types.js';

const text: JsonSchema = { type: 'string' };

function closed(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', required, properties, additionalProperties: false };
}

function byStep(value: JsonSchema, description: string): JsonSchema {
  return { type: 'object', additionalProperties: value, description };
}

/** One of them or a list: `type` names both, so that what is wrong is reported once and where it is. */
function oneOrList({ properties, ...item }: JsonSchema, name: string): JsonSchema {
  return { ...item, type: ['object', 'array'], properties, items: { $ref: `#/definitions/${name}` } };
}

const reply = closed({
  status: { type: 'integer', minimum: 100, maximum: 599, description: 'Default 200.' },
  headers: { type: 'object', additionalProperties: text },
  body: { description: 'A text is sent as it is, everything else as JSON.' },
  error: { enum: networkErrors, description: 'No response: what the network does instead.' },
  output: { description: 'What the step gives, without its component being run.' },
});

const request = closed({
  method: text,
  url: { type: ['string', 'object'], description: 'Without its query, unless it has one here.' },
  query: { type: 'object' },
  headers: { type: 'object', description: 'Names in any case.' },
  body: { description: 'Parsed where it is JSON or a form, else its text.' },
});

const step = closed({
  status: { enum: stepEnds },
  input: { description: 'The props that its component was given.' },
  output: {},
  error: { type: 'object', description: 'code, message, status, …' },
  attempts: { type: 'integer', minimum: 0 },
  branch: { type: ['string', 'integer'], description: 'Of `if`: then or else. Of `switch`: the number of the case from 0, or default.' },
});

const expectation = closed({
  run: { enum: caseEnds, description: 'How it ends; default succeeded.' },
  error: { type: 'object', description: 'Of a run that fails: code, step, message, …' },
  output: { description: 'What the run gives to whoever awaits it: the body of its `respond` step, else the last output.' },
  response: { type: 'object', description: 'What its `respond` step answers: status, headers, body.' },
  requests: byStep(oneOrList(request, 'request'), 'By step path: one request, or all of them in their order; [] for none.'),
  steps: byStep({ $ref: '#/definitions/step' }, 'By step path.'),
});

const flowCase = closed(
  {
    name: { type: 'string', minLength: 1, description: 'What is to be true, in words; unique in the file.' },
    note: text,
    now: { type: 'string', format: 'date-time', description: 'When the event comes in; default 2026-01-01T00:00:00Z.' },
    event: {
      ...closed({
        body: { description: 'Sent as JSON, unless the content type says otherwise.' },
        headers: { type: 'object', additionalProperties: text },
        query: { type: 'object', additionalProperties: { type: ['string', 'array'], items: text } },
        method: { type: 'string', pattern: '^[A-Z]+$', description: 'Default POST.' },
        name: { type: 'string', description: 'The name of an emitted event.' },
      }),
      description: 'What starts the run.',
    },
    replies: byStep(oneOrList(reply, 'reply'), 'By step path: what the other side answers; a list for one request after the other.'),
    resume: {
      type: 'object',
      description: 'By step path: the body of the request that resumes a wait, such as `{ "answer": "approve" }`.',
    },
    expect: { $ref: '#/definitions/expectation' },
  },
  ['name', 'expect'],
);

/** JSON Schema (draft-07) of a flow's cases file. */
export const casesSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Millrace cases',
  description: 'Cases of one flow: events, what the other sides reply, and what is expected. Comments and trailing commas are allowed.',
  type: 'array',
  items: { $ref: '#/definitions/case' },
  definitions: { case: flowCase, reply, request, step, expectation },
};

/** The text of `flows/cases.schema.json`. */
export function casesSchemaText(): string {
  return `${JSON.stringify(casesSchema, undefined, 2)}\n`;
}
