import type { JsonSchema } from '@millrace/component-sdk';
import { failureSchema } from '../wire/problem.js';
import {
  beginningSchema,
  eventValueQuery,
  eventValueSearchQuery,
  stepBeginningQuery,
  stepValueQuery,
  stepValueSearchQuery,
  valueMatchesSchema,
  valueSchema,
} from '../wire/value.js';
import type { Answer, Operation } from './operation.js';

type Answers = Readonly<Record<number, Answer>>;

const ok = (description: string, schema: JsonSchema): Answers => ({ 200: { description, schema } });
const missing = (kind: string): Answers => ({ 404: { description: `There is no such ${kind}.`, schema: failureSchema } });
const invalid: Answers = { 400: { description: 'An id or a parameter does not fit.', schema: failureSchema } };

/** Looking at the body of an event, however large. */
export const eventValueOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/events/{id}/value/beginning',
    id: 'beginEventValue',
    tag: 'events',
    summary: 'How the body begins, as text',
    answers: { ...ok('At once, however large it is.', beginningSchema), ...invalid, ...missing('event') },
  },
  {
    method: 'get',
    path: '/api/v1/events/{id}/value',
    id: 'getEventValue',
    tag: 'events',
    summary: 'A part of the parsed body, small enough for a page',
    query: eventValueQuery.properties,
    answers: { ...ok('The value, or its outline.', valueSchema), ...invalid, ...missing('event or value') },
  },
  {
    method: 'get',
    path: '/api/v1/events/{id}/value/search',
    id: 'searchEventValue',
    tag: 'events',
    summary: 'Where a path, a key or a value stands in the parsed body',
    query: eventValueSearchQuery.properties,
    answers: { ...ok('Up to fifty places.', valueMatchesSchema), ...invalid, ...missing('event') },
  },
];

/** Looking at what a step got or gave, however large. */
export const stepValueOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/runs/{id}/value/beginning',
    id: 'beginStepValue',
    tag: 'runs',
    summary: 'How what a step got or gave begins, as text',
    query: stepBeginningQuery.properties,
    answers: { ...ok('At once, however large it is.', beginningSchema), ...invalid, ...missing('run, step or value') },
  },
  {
    method: 'get',
    path: '/api/v1/runs/{id}/value',
    id: 'getStepValue',
    tag: 'runs',
    summary: 'A part of what a step got or gave, small enough for a page',
    query: stepValueQuery.properties,
    answers: { ...ok('The value, or its outline.', valueSchema), ...invalid, ...missing('run, step or value') },
  },
  {
    method: 'get',
    path: '/api/v1/runs/{id}/value/search',
    id: 'searchStepValue',
    tag: 'runs',
    summary: 'Where a path, a key or a value stands in what a step got or gave',
    query: stepValueSearchQuery.properties,
    answers: { ...ok('Up to fifty places.', valueMatchesSchema), ...invalid, ...missing('run, step or value') },
  },
  {
    method: 'get',
    path: '/api/v1/runs/{id}/steps/{path}/input',
    id: 'getStepInput',
    tag: 'runs',
    summary: 'What a step was given, however large',
    answers: {
      200: { description: 'As JSON.', type: 'application/json' },
      ...invalid,
      404: { description: 'No such run, or the step was given nothing that is still kept.', schema: failureSchema },
    },
  },
  {
    method: 'get',
    path: '/api/v1/runs/{id}/steps/{path}/output',
    id: 'getStepOutput',
    tag: 'runs',
    summary: 'What a step gave, however large',
    answers: {
      200: { description: 'As JSON.', type: 'application/json' },
      ...invalid,
      404: { description: 'No such run, or the step gave nothing that is still kept.', schema: failureSchema },
    },
  },
];
