import type { Infer } from '@millrace/component-sdk';
import { nextSchema, pageQuery } from './page.js';
import { exactly, headers, id, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';
import { runItemSchema } from './run.js';

export const eventsQuery = defineQuery({
  flow: { type: 'string', description: 'Only events of this flow, or of the shared endpoint `endpoints/<name>`.' },
  ...pageQuery,
});

const verifiedSchema = exactly('VerifiedBy', {
  credential: { type: 'string' },
  secret: { ...textOrNull, description: 'Which of its secrets matched: the name of the variable.' },
  old: { type: 'boolean', description: 'Whether it is an older one than the current.' },
});

const eventMembers = {
  id,
  flowId: { type: 'string', description: 'The flow whose URL took it, or `endpoints/<name>`.' },
  receivedAt: time,
  method: { type: 'string' },
  url: { type: 'string', description: 'Path and query, without what carried a credential.' },
  contentType: textOrNull,
  size: { type: 'integer', minimum: 0, description: 'Of the body, in bytes.' },
  caller: { ...textOrNull, description: 'The address that the request came from.' },
  unmatched: { ...textOrNull, description: "The clause of the trigger's `when` that did not hold, so that no run was made." },
  unmatchedBy: {
    type: ['object', 'null'],
    additionalProperties: { type: 'string' },
    description: 'At a shared endpoint: the clauses that did not hold, by the flow that listens.',
  },
  verified: {
    oneOf: [verifiedSchema, { type: 'null' }],
    description: 'What proved where the request came from; null where the URL is open.',
  },
} as const;

export const eventItemSchema = exactly('EventItem', eventMembers);
export const eventPageSchema = exactly('EventPage', { items: { type: 'array', items: eventItemSchema }, next: nextSchema });

export const bodySchema = exactly('BodyView', {
  kind: {
    enum: ['empty', 'parsed', 'text', 'base64', 'large'],
    description: 'parsed: JSON, XML or form. base64: not UTF-8. large: too large to show; fetch the exact bytes.',
  },
  value: { description: 'Null where kind is empty or large.' },
});

const fileSchema = exactly('EventFile', {
  name: { type: 'string', description: 'The field of the form; `body` where the file is the whole body.' },
  filename: textOrNull,
  type: { type: 'string' },
  size: { type: 'integer', minimum: 0 },
  offset: { type: 'integer', minimum: 0, description: 'Where in the body it begins, once its coding is undone.' },
});

export const eventSchema = exactly('Event', {
  ...eventMembers,
  headers: { ...headers, description: 'Lower-case names, without what carried a credential.' },
  body: bodySchema,
  files: { type: 'array', items: fileSchema },
  runs: { type: 'array', items: runItemSchema },
});

export type EventItem = Infer<typeof eventItemSchema>;
export type EventPage = Infer<typeof eventPageSchema>;
export type BodyView = Infer<typeof bodySchema>;
export type EventView = Infer<typeof eventSchema>;
