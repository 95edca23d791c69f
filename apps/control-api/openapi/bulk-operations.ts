import { operationPageSchema, operationSchema, operationsQuery, orderBody, orderedSchema } from '../wire/operation.js';
import { failureSchema } from '../wire/problem.js';
import type { Answer, Operation } from './operation.js';

type Answers = Readonly<Record<number, Answer>>;

const failed = (status: number, description: string): Answers => ({ [status]: { description, schema: failureSchema } });
const invalid = failed(400, 'An id, a parameter or the body does not fit.');
const missing = failed(404, 'There is no such operation; they are forgotten a month after their end.');

const ORDER = [
  'Which events or runs it is about is decided once, and written down with the order. They are then worked on at `perSecond`, each once,',
  'also when processes stop meanwhile; `GET /api/v1/runs?operation=…` lists what came of it.',
  'A member that the kind does not use is refused, with the ones that it takes.',
  'Without `confirm` nothing is done and the answer says how many it is about; with it, no more than were confirmed.',
].join(' ');

/** What is done to many events or runs. */
export const bulkOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/operations',
    id: 'orderOperation',
    tag: 'operations',
    summary: 'Count events or runs, then do something to each of them',
    description: ORDER,
    body: orderBody.schema,
    answers: {
      200: { description: 'The count, or the operation.', schema: orderedSchema },
      ...invalid,
      ...failed(409, '`bulk.count-changed`: there are more by now than were confirmed.'),
      ...failed(422, '`operation.too-many` or `operation.too-wide`: narrow it by flow or time.'),
    },
  },
  {
    method: 'get',
    path: '/api/v1/operations',
    id: 'listOperations',
    tag: 'operations',
    summary: 'Operations of the last month, newest first',
    query: operationsQuery.properties,
    answers: { 200: { description: 'One page.', schema: operationPageSchema }, ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/operations/{id}',
    id: 'getOperation',
    tag: 'operations',
    summary: 'One operation with its progress, and what it could not be done to',
    answers: { 200: { description: 'The operation.', schema: operationSchema }, ...invalid, ...missing },
  },
  {
    method: 'post',
    path: '/api/v1/operations/{id}/cancel',
    id: 'cancelOperation',
    tag: 'operations',
    summary: 'Leave the rest of an operation undone',
    description: 'What is done stays done: runs that were started go on.',
    answers: { 200: { description: 'The operation as it ended.', schema: operationSchema }, ...invalid, ...missing },
  },
];
