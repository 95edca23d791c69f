import type { JsonSchema } from '@millrace/component-sdk';
import { eventPattern } from '../events.js';
import { mediaTypePattern, webhookDefaults, webhookMethods } from '../format/trigger.js';
import { scheduleDefaults } from '../format/triggers.js';
import type { TriggerType } from '../types.js';
import { sizePattern } from '../units.js';
import { closed, conditionSchema, durationSchema } from './parts.js';

const answer = closed(
  {
    status: { type: 'integer', minimum: 200, maximum: 599 },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    body: {},
  },
  ['status'],
);

const dedupe = closed(
  {
    key: { type: 'string', description: 'Text with expressions, such as `{{ trigger.body.id }}`; events with the same key run once.' },
    window: { ...durationSchema, default: webhookDefaults.dedupeWindow, description: 'How long a key is remembered.' },
  },
  ['key'],
);

const webhook = closed(
  {
    type: { const: 'webhook', description: 'A request to `/flows/<id>/hook` starts a run.' },
    credential: { type: 'string', description: 'The credential that requests are verified with; without one the URL is open.' },
    methods: { type: 'array', minItems: 1, items: { enum: webhookMethods }, default: webhookDefaults.methods },
    accept: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: mediaTypePattern },
      description: 'Media types that are let in; the others are answered 415.',
    },
    when: { ...conditionSchema, description: 'An event for which this does not hold is kept, and no run is started.' },
    schema: {
      type: ['object', 'boolean'],
      description: 'A JSON Schema (draft-07, or 2020-12 if `$schema` says so) that bodies must satisfy.',
    },
    dedupe: { ...dedupe, description: 'Drops repeated events.' },
    respond: {
      oneOf: [{ const: 'immediately' }, answer],
      default: webhookDefaults.respond,
      description: 'What the caller gets once the event is safe.',
    },
    whenPaused: {
      enum: ['hold', 'refuse'],
      default: webhookDefaults.whenPaused,
      description: 'While the flow is paused: keep events for later, or answer 503.',
    },
    limit: {
      type: 'string',
      pattern: sizePattern,
      default: webhookDefaults.limit,
      description: 'The largest body let in; larger ones are answered 413.',
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
