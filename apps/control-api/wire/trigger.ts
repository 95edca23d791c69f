import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { exactly, id, time, timeOrNull } from './parts.js';

const name = { type: 'string', description: 'Of the event, such as order.paid.' } as const;

export const emitBody = defineBody({
  title: 'Emission',
  type: 'object',
  properties: {
    name,
    data: { description: 'What the flows that listen see as `trigger.body`; null when it is left out.' },
    id: {
      type: 'string',
      minLength: 1,
      description: "The producer's own id of the event. Sent again within a week it starts nothing new.",
    },
  },
  required: ['name'],
  additionalProperties: false,
});

export const emittedSchema = exactly('Emitted', {
  eventId: id,
  runIds: { type: 'array', items: id, description: 'One for each flow that took it; empty when none did.' },
  collecting: { type: 'array', items: { type: 'string' }, description: 'The flows that collect it: a run of theirs comes later.' },
  duplicate: { type: 'boolean', description: 'The id was sent before: these are the event and the runs of then.' },
});

export const runBody = defineBody({
  title: 'RunByHand',
  type: 'object',
  properties: {
    input: { description: "What the flow sees as `trigger.body`: the request's JSON, the data of the event, the input of the call." },
    event: { ...name, description: 'For a flow that listens to several events: which one this stands for.' },
  },
  additionalProperties: false,
});

export const startedSchema = exactly('Started', { runId: id, eventId: id });

export const scheduleSchema = exactly('Schedule', {
  flowId: { type: 'string' },
  cron: { type: ['string', 'null'] },
  every: { type: ['string', 'null'] },
  timezone: { type: ['string', 'null'], description: 'Of the cron line.' },
  paused: { type: 'boolean', description: 'The flow is: its times are left out.' },
  next: { ...timeOrNull, description: 'The next time; null when there is none, or none was counted yet.' },
  last: { ...timeOrNull, description: 'The time of the latest run.' },
  lastRunId: { type: ['string', 'null'], format: 'uuid' },
  waiting: { type: 'array', items: time, description: 'Times that start when the run before has ended.' },
  leftOut: exactly('LeftOut', {
    count: { type: 'integer', minimum: 0, description: 'Times that started no run.' },
    at: { ...timeOrNull, description: 'The latest of them.' },
    because: {
      enum: ['missed', 'overlap', 'paused', 'queue-full', null],
      description: 'Why: nothing ran then, the run before went on, the flow was paused, a hundred times waited already.',
    },
  }),
});

export const scheduleListSchema = exactly('ScheduleList', { items: { type: 'array', items: scheduleSchema } });

export type EmittedView = Infer<typeof emittedSchema>;
export type StartedView = Infer<typeof startedSchema>;
export type ScheduleView = Infer<typeof scheduleSchema>;
export type ScheduleList = Infer<typeof scheduleListSchema>;
