import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { problemSchema } from './flow.js';
import { exactly, textOrNull, time, timeOrNull } from './parts.js';
import { failureSchema } from './problem.js';
import { defineQuery } from './query.js';

const count = { type: 'integer', minimum: 0 } as const;

const endpointMembers = {
  name: { type: 'string', description: 'The last part of its URL.' },
  title: { ...textOrNull, description: 'What people call it.' },
  icon: textOrNull,
  note: textOrNull,
  url: { type: 'string' },
  source: { enum: ['file', 'made'], description: 'Where it is declared. Of one name in both, the one that was made counts, whole.' },
  shadowsFile: { type: 'boolean', description: 'It was made, and `endpoints.json` declares the same name.' },
  revision: { type: 'integer', minimum: 0, description: 'Grows with every change; 0 for one of the file.' },
  definition: { description: 'What `endpoints.json` says of it, or would say; null where nothing sound was ever declared.' },
  takesRequests: {
    type: 'boolean',
    description: 'False where it has problems and never had a sound form, or its credential cannot be had.',
  },
  problems: { type: 'array', items: problemSchema, description: 'The last sound form stays in force while there are any.' },
  methods: { type: 'array', items: { type: 'string' } },
  credential: { ...textOrNull, description: 'Its name; null for an open URL.' },
  ownsCredential: { type: 'boolean', description: 'The credential was made for this endpoint and goes with it.' },
  listeners: { type: 'array', items: { type: 'string' }, description: 'Flows whose live version listens.' },
  updatedAt: { ...timeOrNull, description: 'When it was last changed through the API.' },
} as const;

export const endpointSchema = exactly('Endpoint', endpointMembers);
export const endpointListSchema = exactly('EndpointList', { items: { type: 'array', items: endpointSchema } });

export const endpointBody = defineBody({
  title: 'EndpointToKeep',
  type: 'object',
  properties: {
    definition: {
      type: 'object',
      description:
        'As an entry of `endpoints.json`: name, icon, note, credential, methods, accept, encodings, dedupe, rateLimit, respond, limit. Without a credential the URL is open.',
    },
    generate: {
      type: 'object',
      description:
        'A credential without its secret, such as { "type": "hmac", "scheme": "github" }. It is made with a new secret as `endpoints.<name>`, in the same commit, and the definition names it. What was made so before is replaced at once.',
      properties: { type: { enum: ['basic', 'api-key', 'hmac'] } },
      required: ['type'],
    },
    revision: {
      type: 'integer',
      minimum: 0,
      description:
        'Of the endpoint as it was last seen; 0 for a new one. Instead of `If-Match`. Without either, what is there is replaced.',
    },
  },
  required: ['definition'],
  additionalProperties: false,
} as const);

export const keptEndpointSchema = exactly('KeptEndpoint', {
  endpoint: endpointSchema,
  secret: { ...textOrNull, description: 'The generated secret. It is shown here and never again; null where none was made.' },
  warnings: { type: 'array', items: { type: 'string' } },
});

export const endpointRefusedSchema = exactly('EndpointRefused', {
  ...failureSchema.properties,
  problems: { type: 'array', items: problemSchema },
});

export const endpointStaleSchema = exactly('EndpointStale', {
  ...failureSchema.properties,
  theirs: { ...endpointSchema, type: ['object', 'null'], title: 'EndpointOrNone', description: 'As it is now; null when it is gone.' },
});

export const deleteEndpointQuery = defineQuery({
  force: { type: 'boolean', description: 'Also while flows listen; they get nothing more then.' },
});

export const removedEndpointSchema = exactly('RemovedEndpoint', {
  removed: { const: true },
  credential: {
    ...textOrNull,
    description: 'The credential that went with it; null where it had none of its own, or something else uses it.',
  },
});

export const endpointActivityQuery = defineQuery({
  hours: { type: 'integer', minimum: 1, maximum: 168, description: 'How far back, in hours; default 24.' },
});

export const endpointActivitySchema = exactly('EndpointActivity', {
  from: { ...time, description: 'When the first hour begins.' },
  hours: { type: 'array', items: exactly('EndpointHour', { events: count, refused: count }), description: 'The oldest first.' },
  events: count,
  refused: count,
  lastEventAt: { ...timeOrNull, description: 'Within these hours.' },
  lastRefusalAt: timeOrNull,
});

export type EndpointItem = Infer<typeof endpointSchema>;
export type EndpointList = Infer<typeof endpointListSchema>;
export type KeptEndpoint = Infer<typeof keptEndpointSchema>;
export type RemovedEndpoint = Infer<typeof removedEndpointSchema>;
export type EndpointActivityView = Infer<typeof endpointActivitySchema>;
