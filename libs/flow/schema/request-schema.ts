import type { JsonSchema } from '@millrace/component-sdk';
import { headerNamePattern, headerValuePattern } from '../format/headers.js';
import { largestRate, mediaTypePattern, webhookDefaults, webhookEncodings, webhookMethods } from '../format/trigger.js';
import { sizePattern } from '../units.js';
import { closed, durationSchema } from './parts.js';

const answer = closed(
  {
    status: { type: 'integer', minimum: 200, maximum: 599 },
    headers: {
      type: 'object',
      propertyNames: { pattern: headerNamePattern },
      additionalProperties: { type: 'string', pattern: headerValuePattern },
    },
    body: {},
  },
  ['status'],
);

const awaited = closed(
  {
    from: { enum: ['step', 'end'], description: 'Who answers: the first `respond` step, or the end of the run.' },
    deadline: {
      ...durationSchema,
      default: webhookDefaults.deadline,
      description: 'How long the caller waits, at most `1m`; then it gets 202 and a status URL.',
    },
  },
  ['from'],
);

const dedupe = closed(
  {
    key: { type: 'string', description: 'Text with expressions, such as `{{ trigger.body.id }}`; events with the same key run once.' },
    window: { ...durationSchema, default: webhookDefaults.dedupeWindow, description: 'How long a key is remembered.' },
  },
  ['key'],
);

const rateLimit = closed(
  {
    limit: { type: 'integer', minimum: 1, maximum: largestRate, description: 'Requests within `per`, and as many at once after a pause.' },
    per: { ...durationSchema, description: 'The time for `limit` requests, such as `1m`.' },
    key: { type: 'string', description: 'Text with expressions, such as `{{ trigger.body.shop }}`; each value is limited by itself.' },
  },
  ['limit', 'per'],
);

/** What a webhook trigger and a shared endpoint say about requests. */
export const requestSchema: Readonly<Record<string, JsonSchema>> = {
  credential: { type: 'string', description: 'The credential that requests are verified with; without one the URL is open.' },
  methods: { type: 'array', minItems: 1, items: { enum: webhookMethods }, default: webhookDefaults.methods },
  accept: {
    type: 'array',
    minItems: 1,
    items: { type: 'string', pattern: mediaTypePattern },
    description: 'Media types that are let in; the others are answered 415.',
  },
  encodings: {
    type: 'array',
    minItems: 1,
    items: { enum: webhookEncodings },
    description: 'Content codings that are let in and undone; others, and all without this, are answered 415.',
  },
  dedupe: { ...dedupe, description: 'Drops repeated events.' },
  rateLimit: { ...rateLimit, description: 'Answers 429 to what goes beyond.' },
  respond: {
    oneOf: [{ enum: ['immediately', 'when-finished'] }, answer, awaited],
    default: webhookDefaults.respond,
    description: 'What the caller gets once the event is safe: a receipt, a fixed answer, or what the run answers.',
  },
  limit: {
    type: 'string',
    pattern: sizePattern,
    default: webhookDefaults.limit,
    description: 'The largest body let in, as sent and as decoded; larger ones are answered 413.',
  },
};

/** At a shared endpoint nobody can wait: there may be many runs, or none. */
export const endpointAnswerSchema: JsonSchema = {
  ...requestSchema['respond'],
  oneOf: [{ const: 'immediately' }, answer],
  description: 'What the caller gets once the event is safe.',
};
