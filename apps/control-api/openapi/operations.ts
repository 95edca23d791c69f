import type { JsonSchema } from '@millrace/component-sdk';
import { activityQuery, activitySchema } from '../wire/activity.js';
import { auditPageSchema, auditQuery } from '../wire/audit.js';
import { componentListSchema } from '../wire/component.js';
import { eventPageSchema, eventSchema, eventsQuery } from '../wire/event.js';
import { flowListSchema, flowSchema, flowsQuery } from '../wire/flow.js';
import { failureSchema } from '../wire/problem.js';
import {
  bulkSchema,
  cancelRunsBody,
  causesQuery,
  causesSchema,
  deadLettersQuery,
  discardLettersBody,
  replayEventsBody,
  replaySchema,
  rerunBody,
  rerunPlanSchema,
  rerunQuery,
  rerunSchema,
  retryLettersBody,
} from '../wire/operate.js';
import { refusalDetailSchema, refusalPageSchema, refusalsQuery } from '../wire/refusal.js';
import { cancelSchema, runPageSchema, runQuery, runSchema, runsQuery } from '../wire/run.js';
import { settingsSchema } from '../wire/settings.js';
import { sessionSchema } from '../wire/session.js';
import { changesSchema, streamQuery } from '../wire/stream.js';
import { liveSchema, readySchema, statusSchema } from '../wire/status.js';
import { credentialOperations } from './credentials.js';
import { endpointOperations } from './endpoints.js';
import { endpointOperation, hookOperation, questionOperation, resumeOperation, statusOperation } from './hook.js';
import { bulkOperations } from './bulk-operations.js';
import type { Answer, Operation } from './operation.js';
import { versionOperations } from './version-operations.js';
import { testOperations } from './test-operations.js';
import { triggerOperations } from './trigger-operations.js';
import { eventValueOperations, stepValueOperations } from './value-operations.js';

function ok(description: string, schema: JsonSchema): Readonly<Record<number, Answer>> {
  return { 200: { description, schema } };
}

function missing(kind: string): Readonly<Record<number, Answer>> {
  return { 404: { description: `There is no such ${kind}.`, schema: failureSchema } };
}

const invalid: Readonly<Record<number, Answer>> = { 400: { description: 'An id or a parameter does not fit.', schema: failureSchema } };

const unfit: Readonly<Record<number, Answer>> = {
  409: { description: 'The run is active, or its version cannot be run any more.', schema: failureSchema },
  422: { description: 'There is no such step, or it cannot be begun there.', schema: failureSchema },
};

const COUNTED = 'Without `confirm` nothing is done and the answer says how many it is about; with it, no more than were confirmed.';

const recount: Readonly<Record<number, Answer>> = {
  409: { description: 'There are more by now than were confirmed.', schema: failureSchema },
};

/** Everything that can be asked for, in the order of the reference page. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/flows',
    id: 'listFlows',
    tag: 'flows',
    summary: 'All flows, without their texts',
    query: flowsQuery.properties,
    answers: { ...ok('By id.', flowListSchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}',
    id: 'getFlow',
    tag: 'flows',
    summary: 'One flow with the exact text of its live version',
    answers: { ...ok('The flow.', flowSchema), ...missing('flow') },
  },
  ...versionOperations,
  ...testOperations,
  {
    method: 'get',
    path: '/api/v1/events',
    id: 'listEvents',
    tag: 'events',
    summary: 'Accepted requests and everything else that starts runs, newest first',
    query: eventsQuery.properties,
    answers: { ...ok('One page.', eventPageSchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/events/{id}',
    id: 'getEvent',
    tag: 'events',
    summary: 'One event with its headers, a view of its body, and its runs',
    answers: { ...ok('The event.', eventSchema), ...invalid, ...missing('event') },
  },
  {
    method: 'get',
    path: '/api/v1/events/{id}/body',
    id: 'getEventBody',
    tag: 'events',
    summary: 'The exact bytes of the body',
    answers: { 200: { description: 'As they were received.', type: 'application/octet-stream' }, ...invalid, ...missing('event') },
  },
  ...eventValueOperations,
  {
    method: 'get',
    path: '/api/v1/refusals',
    id: 'listRefusals',
    tag: 'refusals',
    summary: 'Requests that were turned away, newest first, and why',
    query: refusalsQuery.properties,
    answers: { ...ok('One page.', refusalPageSchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/refusals/{id}',
    id: 'getRefusal',
    tag: 'refusals',
    summary: 'One refusal with what the signature doctor found',
    answers: { ...ok('The refusal.', refusalDetailSchema), ...invalid, ...missing('refusal') },
  },
  {
    method: 'get',
    path: '/api/v1/runs',
    id: 'listRuns',
    tag: 'runs',
    summary: 'Runs, newest first',
    query: runsQuery.properties,
    answers: { ...ok('One page.', runPageSchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/runs/{id}',
    id: 'getRun',
    tag: 'runs',
    summary: 'One run with its steps',
    query: runQuery.properties,
    answers: { ...ok('The run.', runSchema), ...invalid, ...missing('run') },
  },
  ...stepValueOperations,
  {
    method: 'post',
    path: '/api/v1/runs/{id}/cancel',
    id: 'cancelRun',
    tag: 'runs',
    summary: 'End an active run',
    description: 'What its runner does at that moment may still reach the other side; whatever it then writes is refused.',
    answers: { ...ok('Whether it was still active.', cancelSchema), ...invalid, ...missing('run') },
  },
  ...credentialOperations,
  ...endpointOperations,
  {
    method: 'get',
    path: '/api/v1/runs/{id}/rerun',
    id: 'planRerun',
    tag: 'runs',
    summary: 'What running an ended run again would do, without doing it',
    query: rerunQuery.properties,
    answers: { ...ok('Where it would begin, and what it would not do again.', rerunPlanSchema), ...invalid, ...missing('run'), ...unfit },
  },
  {
    method: 'post',
    path: '/api/v1/runs/{id}/rerun',
    id: 'rerunRun',
    tag: 'runs',
    summary: 'Run an ended run again, from its start, from where it failed or from a step',
    description: 'A new run with an id and idempotency keys of its own. What comes before the step is taken over from the journal.',
    body: rerunBody.schema,
    answers: {
      202: { description: 'The new run.', schema: rerunSchema },
      ...invalid,
      ...missing('run'),
      ...unfit,
    },
  },
  {
    method: 'post',
    path: '/api/v1/runs/cancel',
    id: 'cancelRuns',
    tag: 'runs',
    summary: 'Count active runs, then end them',
    description: COUNTED,
    body: cancelRunsBody.schema,
    answers: { ...ok('How many.', bulkSchema), ...invalid, ...recount },
  },
  {
    method: 'post',
    path: '/api/v1/events/{id}/replay',
    id: 'replayEvent',
    tag: 'events',
    summary: 'Run the live version of its flow for an event again',
    answers: {
      202: { description: 'The new run.', schema: replaySchema },
      ...invalid,
      ...missing('event'),
      409: { description: 'No version of the flow can run.', schema: failureSchema },
    },
  },
  {
    method: 'post',
    path: '/api/v1/events/replay',
    id: 'replayEvents',
    tag: 'events',
    summary: 'Count events, then replay them',
    description: COUNTED,
    body: replayEventsBody.schema,
    answers: { ...ok('How many.', bulkSchema), ...invalid, ...recount },
  },
  {
    method: 'get',
    path: '/api/v1/dead-letters',
    id: 'listDeadLetters',
    tag: 'dead letters',
    summary: 'Failed runs that nobody has seen to, newest first',
    query: deadLettersQuery.properties,
    answers: { ...ok('One page.', runPageSchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/dead-letters/causes',
    id: 'listDeadLetterCauses',
    tag: 'dead letters',
    summary: 'What the failed runs that nobody has seen to failed of',
    query: causesQuery.properties,
    answers: { ...ok('By flow, step and code.', causesSchema), ...invalid },
  },
  {
    method: 'post',
    path: '/api/v1/dead-letters/retry',
    id: 'retryDeadLetters',
    tag: 'dead letters',
    summary: 'Count dead letters, then run them again from where they failed',
    description: COUNTED,
    body: retryLettersBody.schema,
    answers: { ...ok('How many.', bulkSchema), ...invalid, ...recount },
  },
  {
    method: 'post',
    path: '/api/v1/dead-letters/discard',
    id: 'discardDeadLetters',
    tag: 'dead letters',
    summary: 'Count dead letters, then set them aside for good, with a reason',
    description: COUNTED,
    body: discardLettersBody.schema,
    answers: { ...ok('How many.', bulkSchema), ...invalid, ...recount },
  },
  ...bulkOperations,
  {
    method: 'get',
    path: '/api/v1/components',
    id: 'listComponents',
    tag: 'flows',
    summary: 'What steps can use: the built-in components and those of plugins, with their schemas',
    answers: ok('By name.', componentListSchema),
  },
  {
    method: 'post',
    path: '/api/v1/session',
    id: 'signIn',
    tag: 'instance',
    summary: 'Exchange the token for the cookie of a browser',
    answers: ok('Signed in.', sessionSchema),
  },
  {
    method: 'delete',
    path: '/api/v1/session',
    id: 'signOut',
    tag: 'instance',
    summary: 'Take the cookie out of the browser',
    answers: ok('Signed out.', sessionSchema),
  },
  {
    method: 'get',
    path: '/api/v1/activity',
    id: 'getActivity',
    tag: 'instance',
    summary: 'What the flows did lately, hour by hour',
    query: activityQuery.properties,
    answers: { ...ok('Flows that did anything.', activitySchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/stream',
    id: 'followChanges',
    tag: 'instance',
    summary: 'What changes, as server-sent events',
    description: [
      'Messages are `hello` (whatever is loaded from now on misses nothing), `changes` (the data is Changes: what to look at again)',
      'and `resync` (messages were missed: load anew). `Last-Event-ID` goes on where another connection ended.',
    ].join(' '),
    query: streamQuery.properties,
    answers: { 200: { description: 'Never ends.', type: 'text/event-stream', schema: changesSchema }, ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/status',
    id: 'getStatus',
    tag: 'instance',
    summary: 'What this instance is and what it is doing',
    answers: ok('Now.', statusSchema),
  },
  {
    method: 'get',
    path: '/api/v1/settings',
    id: 'getSettings',
    tag: 'instance',
    summary: 'What this instance was told, and where from',
    answers: ok('Settings of this process, without secrets.', settingsSchema),
  },
  {
    method: 'get',
    path: '/api/v1/audit',
    id: 'listAuditEntries',
    tag: 'instance',
    summary: 'Who changed what, newest first',
    description:
      'What people and scripts did: publish, pause, replay, seal, sign in. The same stands in the log of the process. Everybody has the same token, so that a name is what its owner says: send it as `x-millrace-as`, URI-encoded.',
    query: auditQuery.properties,
    answers: { ...ok('One page.', auditPageSchema), ...invalid },
  },
  {
    method: 'get',
    path: '/api/v1/openapi.json',
    id: 'getOpenApi',
    tag: 'instance',
    summary: 'This description',
    answers: ok('OpenAPI 3.1.', { type: 'object' }),
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'isLive',
    tag: 'instance',
    summary: 'Whether the process answers',
    answers: ok('It does.', liveSchema),
    open: true,
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'isReady',
    tag: 'instance',
    summary: 'Whether events can be accepted',
    answers: { ...ok('They can.', readySchema), 503: { description: 'Not now: `error.message` names the part.', schema: failureSchema } },
    open: true,
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'instance',
    summary: 'What this process counts, for Prometheus',
    description: 'Each app that runs alone has its own. What the database knows of all of them comes with the control API.',
    answers: {
      200: { description: 'In the text format of Prometheus.', type: 'text/plain' },
      401: { description: 'The token is missing or wrong.', schema: failureSchema },
    },
  },
  ...triggerOperations,
  hookOperation,
  endpointOperation,
  statusOperation,
  questionOperation,
  resumeOperation,
];
