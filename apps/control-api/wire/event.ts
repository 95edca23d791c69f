import type { Infer, JsonSchema } from '@millrace/component-sdk';
import { nextSchema, searchQuery } from './page.js';
import { exactly, headers, id, storable, textOrNull, time, timeOrNull } from './parts.js';
import { defineQuery } from './query.js';
import { RUN_STATUSES, runItemSchema } from './run.js';

export const OUTCOMES = ['none', 'active', 'failed', 'succeeded'] as const;

export const eventsQuery = defineQuery({
  flow: { ...storable, description: 'Only events of this flow, or of the shared endpoint `endpoints/<name>`.' },
  outcome: {
    type: 'string',
    enum: OUTCOMES,
    description: 'Only events that made no run, or a run that is active, failed or succeeded.',
  },
  ...searchQuery,
});

const verifiedSchema = exactly('VerifiedBy', {
  credential: { type: 'string' },
  secret: { ...textOrNull, description: 'Which of its secrets matched: the name of the variable.' },
  old: { type: 'boolean', description: 'Whether it is an older one than the current.' },
});

/** Where an event comes from that no request brought. */
export const originSchema = {
  title: 'Origin',
  type: ['object', 'null'],
  properties: {
    kind: {
      enum: ['schedule', 'event', 'call', 'api', 'batch', 'rerun', 'replay', 'sample'],
      description: 'sample: somebody made it up to test a draft.',
    },
    at: { type: 'string', format: 'date-time', description: 'schedule: the time it is for.' },
    name: { type: 'string', description: 'event: what was emitted.' },
    runId: { type: 'string', format: 'uuid', description: 'The run that emitted or called, or that is run again.' },
    path: { type: 'string', description: 'call: the step that called.' },
    count: { type: 'integer', description: 'batch: how many events it is made of.' },
    eventId: { type: 'string', format: 'uuid', description: 'replay: the event that is replayed.' },
  },
  required: ['kind'],
  additionalProperties: false,
} as const satisfies JsonSchema;

const eventMembers = {
  id,
  flowId: { type: 'string', description: 'The flow whose URL took it, `endpoints/<name>`, or `events/<name>` for an emitted event.' },
  origin: { ...originSchema, description: 'Where it comes from when no request brought it; null for a request.' },
  name: { ...textOrNull, description: 'What it calls itself, such as `orders/paid #1042`; null where it does not.' },
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
  draft: { type: 'boolean', description: 'It came while the flow was a draft and no version was live, so that no run was made.' },
  verified: {
    oneOf: [verifiedSchema, { type: 'null' }],
    description: 'What proved where the request came from; null where the URL is open.',
  },
} as const;

const eventRunSchema = exactly('EventRun', { id, flowId: { type: 'string' }, status: { enum: RUN_STATUSES } });

export const eventItemSchema = exactly('EventItem', {
  ...eventMembers,
  runs: { type: 'array', items: eventRunSchema, description: 'The newest eight of its runs.' },
});
export const eventPageSchema = exactly('EventPage', { items: { type: 'array', items: eventItemSchema }, next: nextSchema });

export const bodySchema = exactly('BodyView', {
  kind: {
    enum: ['empty', 'parsed', 'text', 'base64', 'large'],
    description:
      'parsed: JSON, XML or form. base64: not UTF-8. large: above 64 kB; look at parts of it by `/events/{id}/value`, or fetch the exact bytes.',
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

const collectedBySchema = exactly('CollectedBy', {
  flowId: { type: 'string' },
  runId: { type: ['string', 'null'], format: 'uuid', description: 'The run that took it; null while it is collected.' },
  dueAt: { ...timeOrNull, description: 'When it gets its run, while it is collected; a later event may put that off.' },
});

export const eventSchema = exactly('Event', {
  ...eventMembers,
  headers: { ...headers, description: 'Lower-case names, without what carried a credential.' },
  body: bodySchema,
  files: { type: 'array', items: fileSchema },
  runs: { type: 'array', items: runItemSchema },
  collectedBy: { type: 'array', items: collectedBySchema, description: 'The flows that collected it, by `debounce` or `batch`.' },
});

export type EventItem = Infer<typeof eventItemSchema>;
export type EventPage = Infer<typeof eventPageSchema>;
export type BodyView = Infer<typeof bodySchema>;
export type EventView = Infer<typeof eventSchema>;
