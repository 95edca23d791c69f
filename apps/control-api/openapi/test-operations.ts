import type { JsonSchema } from '@millrace/component-sdk';
import { failureSchema } from '../wire/problem.js';
import {
  outputsQuery,
  outputsSchema,
  pinBody,
  pinListSchema,
  pinSchema,
  sampleBody,
  sampleSchema,
  testBody,
  testPlanQuery,
  testPlanSchema,
  testSchema,
  testStartedSchema,
  unpinnedSchema,
} from '../wire/test.js';
import { staleSchema } from '../wire/draft.js';
import type { Answer, Operation } from './operation.js';

type Answers = Readonly<Record<number, Answer>>;

const ok = (description: string, schema: JsonSchema, status = 200): Answers => ({ [status]: { description, schema } });
const failed = (status: number, description: string): Answers => ({ [status]: { description, schema: failureSchema } });
const invalid = failed(400, 'An id, a parameter or the body does not fit.');
const missing = failed(404, 'There is no such flow or event.');
const untestable = failed(
  422,
  '`test.does-not-check`: something that the step needs is wrong. `test.no-such-step`: there is no such step.',
);

const ABOUT = [
  'Runs a step of the draft, or of the live text where there is no draft, for a kept event. Steps before it are not done again where a',
  'run of the same event recorded what they gave, or a sample is pinned; what comes after it is left out, and need not check. Decisions',
  'on the way are taken towards the step, a loop does its first item, waits end at once, nothing is retried. Steps that act outside',
  'really do. The run is a test: it makes no dead letter, emits no `flow.failed`, and counts in no figure.',
].join(' ');

/** Tests of drafts, and the samples that they take. */
export const testOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/flows/{id}/tests',
    id: 'testFlow',
    tag: 'tests',
    summary: 'Test a step of a draft, or all of it, with an event',
    description: ABOUT,
    body: testBody.schema,
    answers: {
      ...ok('The test was written down and begins.', testStartedSchema, 202),
      ...invalid,
      ...missing,
      409: { description: '`draft.stale`: the draft is at another revision by now.', schema: staleSchema },
      ...untestable,
    },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/test-plan',
    id: 'planTest',
    tag: 'tests',
    summary: 'What a test would do, and what it would take from runs of the same event',
    query: testPlanQuery.properties,
    answers: { ...ok('Nothing was started.', testPlanSchema), ...invalid, ...missing },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/outputs',
    id: 'listOutputs',
    tag: 'tests',
    summary: 'What the steps of a draft gave for an event at last: in runs, in tests, or as pinned samples',
    description: 'Of a step that has another component by now there is nothing.',
    query: outputsQuery.properties,
    answers: { ...ok('By path; one per step and item.', outputsSchema), ...invalid, ...missing },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/samples',
    id: 'keepSample',
    tag: 'tests',
    summary: 'Keep a body as an event to test with, which starts nothing',
    description: 'The flow need not exist yet.',
    body: sampleBody.schema,
    answers: { ...ok('It was kept.', sampleSchema, 201), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/runs/{id}/test',
    id: 'getTest',
    tag: 'tests',
    summary: 'What a run that is a test tests, with the text of the draft as it was then',
    answers: { ...ok('The test.', testSchema), ...invalid, ...failed(404, 'The run is no test, or its history is gone.') },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/pins',
    id: 'listPins',
    tag: 'tests',
    summary: 'The pinned outputs of a flow',
    answers: { ...ok('By step.', pinListSchema), ...invalid },
  },
  {
    method: 'put',
    path: '/api/v1/flows/{id}/pins/{step}',
    id: 'pinOutput',
    tag: 'tests',
    summary: 'Pin a sample as the output of a step, for tests to take in place of doing it',
    description: 'No run that is not a test sees it, and it is in no file.',
    body: pinBody.schema,
    answers: {
      ...ok('It is pinned.', pinSchema),
      ...invalid,
      ...failed(413, 'Larger than 1 MB.'),
      ...failed(422, 'Too many steps are pinned.'),
    },
  },
  {
    method: 'delete',
    path: '/api/v1/flows/{id}/pins/{step}',
    id: 'unpinOutput',
    tag: 'tests',
    summary: 'Unpin the output of a step',
    answers: { ...ok('It is not pinned any more.', unpinnedSchema), ...invalid },
  },
];
