import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { exactly, MAX_INTEGER, textOrNull, time } from './parts.js';
import { failureSchema } from './problem.js';
import { defineQuery } from './query.js';
import { baseSchema } from './version.js';

const revision = { type: 'integer', minimum: 1, description: 'Grows with every save.' } as const;

const draftMembers = {
  flowId: { type: 'string', description: 'The flow need not exist yet.' },
  name: { ...textOrNull, description: 'What its text calls the flow; null while that cannot be read.' },
  revision,
  base: baseSchema,
  liveVersion: { type: 'integer', description: 'The version that is live now; 0 for none.' },
  updatedAt: time,
} as const;

export const draftItemSchema = exactly('DraftItem', draftMembers);
export const draftListSchema = exactly('DraftList', { items: { type: 'array', items: draftItemSchema } });
export const draftSchema = exactly('Draft', { ...draftMembers, text: { type: 'string' } });

export const draftBody = defineBody({
  title: 'DraftToSave',
  type: 'object',
  properties: {
    text: { type: 'string', description: 'Need not check, and need not be JSON.' },
    revision: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_INTEGER,
      description: 'Of the draft as it was last seen; 0 for a new one. Instead of `If-Match`.',
    },
    base: { ...baseSchema, description: 'Default: the live version for a new draft, else what it was.' },
  },
  required: ['text'],
  additionalProperties: false,
} as const);

export const publishBody = defineBody({
  title: 'DraftToPublish',
  type: 'object',
  properties: {
    revision: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_INTEGER,
      description: 'Of the draft as it was last seen. Instead of `If-Match`.',
    },
  },
  additionalProperties: false,
} as const);

export const removeQuery = defineQuery({
  revision: { type: 'integer', minimum: 1, maximum: MAX_INTEGER, description: 'Of the draft as it was last seen. Instead of `If-Match`.' },
});

export const removedSchema = exactly('DraftRemoved', { removed: { const: true } });

export const staleSchema = exactly('DraftStale', {
  ...failureSchema.properties,
  theirs: { ...draftSchema, type: ['object', 'null'], title: 'DraftOrNone', description: 'The draft as it is now; null when it is gone.' },
  yours: { type: ['string', 'null'], description: 'The text that was sent, if one was.' },
});

export type DraftItem = Infer<typeof draftItemSchema>;
export type DraftList = Infer<typeof draftListSchema>;
export type DraftView = Infer<typeof draftSchema>;
