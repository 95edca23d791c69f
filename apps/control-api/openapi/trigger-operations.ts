import { failureSchema } from '../wire/problem.js';
import { emitBody, emittedSchema, runBody, scheduleListSchema, startedSchema } from '../wire/trigger.js';
import type { Operation } from './operation.js';

const invalid = { 400: { description: 'The body is not what it should be.', schema: failureSchema } } as const;

/** Starting runs otherwise than by a request to a flow's URL. */
export const triggerOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/events',
    id: 'emitEvent',
    tag: 'events',
    summary: 'Emit an event, which starts every flow that listens to its name',
    description: 'With 200 the event and its runs are committed.',
    body: emitBody.schema,
    answers: {
      200: { description: 'What it started.', schema: emittedSchema },
      ...invalid,
      413: { description: 'The data is larger than an event may be.', schema: failureSchema },
      422: { description: 'The name is none, or only the system emits it.', schema: failureSchema },
    },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/runs',
    id: 'runFlow',
    tag: 'flows',
    summary: 'Start a run by hand, whatever the trigger of the flow is',
    description: 'A paused flow keeps the run until it goes on. Without `input` a scheduled flow gets the time of now.',
    body: runBody.schema,
    answers: {
      200: { description: 'The run is committed.', schema: startedSchema },
      ...invalid,
      404: { description: 'There is no such flow.', schema: failureSchema },
      409: { description: 'No version of the flow can run.', schema: failureSchema },
      422: { description: "The input does not fit the trigger's schema.", schema: failureSchema },
    },
  },
  {
    method: 'get',
    path: '/api/v1/schedules',
    id: 'listSchedules',
    tag: 'flows',
    summary: 'The schedules of all flows: next time, last time, times that were left out',
    answers: { 200: { description: 'By the id of the flow.', schema: scheduleListSchema } },
  },
];
