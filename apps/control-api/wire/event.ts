import type { Infer } from '@millrace/component-sdk';
import { nextSchema, searchQuery } from './page.js';
import { exactly, headers, id, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';
import { runItemSchema } from './run.js';

export const eventsQuery = defineQuery({ flow: { type: 'string', description: 'Only events of this flow.' }, ...searchQuery });

const eventMembers = {
  id,
  flowId: { type: 'string' },
  receivedAt: time,
  method: { type: 'string' },
  url: { type: 'string', description: 'Path and query, without what carried a credential.' },
  contentType: textOrNull,
  size: { type: 'integer', minimum: 0, description: 'Of the body, in bytes.' },
  caller: { ...textOrNull, description: 'The address that the request came from.' },
  unmatched: { ...textOrNull, description: "The clause of the trigger's `when` that did not hold, so that no run was made." },
} as const;

export const eventItemSchema = exactly('EventItem', eventMembers);
export const eventPageSchema = exactly('EventPage', { items: { type: 'array', items: eventItemSchema }, next: nextSchema });

export const bodySchema = exactly('BodyView', {
  kind: {
    enum: ['empty', 'parsed', 'text', 'base64', 'large'],
    description:
      'parsed: JSON or form. base64: not UTF-8. large: above 64 kB; look at parts of it by `/events/{id}/value`, or fetch the exact bytes.',
  },
  value: { description: 'Null where kind is empty or large.' },
});

export const eventSchema = exactly('Event', {
  ...eventMembers,
  headers: { ...headers, description: 'Lower-case names, without what carried a credential.' },
  body: bodySchema,
  runs: { type: 'array', items: runItemSchema },
});

export type EventItem = Infer<typeof eventItemSchema>;
export type EventPage = Infer<typeof eventPageSchema>;
export type BodyView = Infer<typeof bodySchema>;
export type EventView = Infer<typeof eventSchema>;
