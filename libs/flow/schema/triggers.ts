import type { JsonSchema } from '@millrace/component-sdk';
import { eventPattern } from '../events.js';
import { webhookDefaults } from '../format/trigger.js';
import { scheduleDefaults } from '../format/triggers.js';
import { endpointNamePattern } from '../types.js';
import type { TriggerType } from '../types.js';
import { closed, conditionSchema, durationSchema } from './parts.js';
import { requestSchema } from './request-schema.js';

const webhook = closed(
  {
    type: { const: 'webhook', description: 'A request to `/flows/<id>/hook` starts a run.' },
    endpoint: {
      type: 'string',
      pattern: endpointNamePattern,
      description: 'Listen to `/endpoints/<name>` of endpoints.json, with others, instead of a URL of its own.',
    },
    ...requestSchema,
    when: { ...conditionSchema, description: 'An event for which this does not hold is kept, and no run is started.' },
    schema: {
      type: ['object', 'boolean'],
      description: 'A JSON Schema (draft-07, or 2020-12 if `$schema` says so) that bodies must satisfy.',
    },
    whenPaused: {
      enum: ['hold', 'refuse'],
      default: webhookDefaults.whenPaused,
      description: 'While the flow is paused: keep events for later, or answer 503.',
    },
  },
  ['type'],
);

const schedule: JsonSchema = {
  ...closed(
    {
      type: { const: 'schedule', description: 'The clock starts a run.' },
      cron: {
        type: 'string',
        description: 'Minute, hour, day of month, month, day of week, such as `0 9 * * 1-5`; or six fields, seconds first.',
      },
      every: { ...durationSchema, description: 'An interval such as `15m`, counted from 1 January 1970 in UTC.' },
      timezone: {
        type: 'string',
        default: scheduleDefaults.timezone,
        description: 'The zone that `cron` is read in, such as `Europe/Berlin`.',
      },
      overlap: {
        enum: ['skip', 'queue', 'allow'],
        default: scheduleDefaults.overlap,
        description: 'While the run before is active: leave this one out, run it afterwards, or run both.',
      },
      catchUp: {
        enum: ['none', 'latest', 'all'],
        default: scheduleDefaults.catchUp,
        description: 'Of the times missed while nothing ran: run for none, for the latest, or for each (at most 100).',
      },
    },
    ['type'],
  ),
  oneOf: [{ required: ['cron'] }, { required: ['every'] }],
};

const event = closed(
  {
    type: { const: 'event', description: 'An event that a producer, a step or the system emitted starts a run.' },
    event: {
      type: 'string',
      pattern: eventPattern,
      description: 'Its name, such as `order.paid`; `order.*` takes all that begin so, `*` takes all.',
    },
    when: { ...conditionSchema, description: 'No run is started unless this holds.' },
  },
  ['type', 'event'],
);

const call = closed(
  {
    type: { const: 'call', description: 'Only `call` steps of other flows and the API start a run.' },
    input: { type: ['object', 'boolean'], description: 'A JSON Schema that the input must satisfy.' },
  },
  ['type'],
);

/** For editors: each type of trigger. */
export const triggerSchemas: Readonly<Record<TriggerType, JsonSchema>> = { webhook, schedule, event, call };
