import { exactly, id, time } from '../wire/parts.js';
import { failureSchema } from '../wire/problem.js';
import type { Answer, Operation } from './operation.js';

const acceptedSchema = {
  title: 'Accepted',
  type: 'object',
  properties: {
    eventId: id,
    runIds: { type: 'array', items: id, description: 'Empty when the `when` of the trigger did not hold.' },
    runId: { ...id, description: 'The only one of `runIds`.' },
    collecting: {
      type: 'array',
      items: { type: 'string' },
      description: 'Flows that collect the event (`debounce`, `batch`): it gets its run later, together with others.',
    },
    statusUrl: {
      type: 'string',
      format: 'uri',
      description: 'Where the trigger lets the caller wait and the answer took longer: what the run answers is there later.',
    },
  },
  required: ['eventId', 'runIds'],
  additionalProperties: false,
} as const;

const duplicateSchema = exactly('Duplicate', { eventId: id, duplicate: { const: true } });

const misfitSchema = exactly('Misfit', {
  error: exactly('MisfitReason', {
    code: { enum: ['trigger.schema', 'resume.schema'] },
    message: { type: 'string', description: 'The first misfit, as JSON pointer and sentence.' },
    pointers: {
      type: 'array',
      items: { type: 'string' },
      description: 'JSON pointers of what does not fit; the whole body is the empty one.',
    },
  }),
});

function refusal(description: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { description, schema: failureSchema, headers };
}

const answers: Operation['answers'] = {
  200: {
    description:
      'A duplicate, by `dedupe` or by its signed id: the first event. Where the trigger lets the caller wait: what the run gave.',
    schema: duplicateSchema,
  },
  202: { description: 'Accepted and written down; or the answer that `respond` of the trigger fixes.', schema: acceptedSchema },
  400: refusal('The body is malformed, nested too deep or has a key `__proto__`, or a header is there twice.'),
  401: refusal('The credential is missing or wrong, or a signed time is stale. The same answer for all of them.', {
    'WWW-Authenticate': 'A challenge, as RFC 9110 wants it.',
  }),
  404: refusal('There is no such flow. With MILLRACE_HIDE_UNKNOWN=true the answer is that of a failed credential.'),
  405: refusal('The trigger does not take this method.', { Allow: 'The methods it takes.' }),
  413: refusal('The body is larger than the trigger takes, as sent or as decoded, or has too many parts.'),
  415: refusal('The type or the encoding of the body is not accepted.'),
  422: { description: 'The body does not fit the `schema` of the trigger, whose caller waits.', schema: misfitSchema },
  429: refusal('Over the rate limit of the URL, or too many failed credentials from this address.', { 'Retry-After': 'Seconds to wait.' }),
  500: refusal('The caller waits, and the run failed or was cancelled. The event and its run are kept: sending it again makes another.'),
  501: refusal('A transfer coding other than `chunked`.'),
  503: refusal('It cannot be written down now, or the flow is paused or not enabled. Nothing was accepted: send it again.', {
    'Retry-After': 'Seconds to wait.',
  }),
};

const receiving = { method: 'post', tag: 'front door', open: true, answers } as const;

/** The front door, where events come in. Its answers are for the provider; the owner sees more among the refusals. */
export const hookOperation: Operation = {
  ...receiving,
  path: '/flows/{id}/hook',
  id: 'receiveEvent',
  summary: 'Send an event to a flow',
  description: [
    "Needs what the credential of the flow's trigger asks for, not the token.",
    'Other methods are taken where the trigger lists them.',
    'With 202 the event and its run are committed; nothing was promised before.',
    'Where the trigger says `when-finished` or `{ "from": "step" }`, a `respond` step may answer with any status, headers and body.',
  ].join(' '),
};

const pendingSchema = exactly('PendingRun', { eventId: id, runId: id, status: { enum: ['queued', 'held', 'running', 'waiting'] } });

/** Where a caller who waited in vain asks again. */
export const statusOperation: Operation = {
  method: 'get',
  tag: 'front door',
  open: true,
  path: '/runs/{id}/{signature}',
  id: 'getAnswer',
  summary: 'What a run answered its caller',
  description: 'The `statusUrl` of a 202. It needs no token: the signature cannot be guessed. It may be asked as often as one likes.',
  answers: {
    200: { description: 'What the run gave; a `respond` step may have set another status, headers and any body.' },
    202: { description: 'The run has not answered yet.', schema: pendingSchema, headers: { 'Retry-After': 'Seconds to wait.' } },
    204: { description: 'The run ended, and the `respond` step that the caller waited for was not reached.' },
    404: refusal('The signature does not hold.'),
    405: refusal('It takes GET and HEAD.', { Allow: 'GET, HEAD' }),
    410: refusal('The run is not kept any more.'),
    500: refusal('The run failed or was cancelled.'),
    503: refusal('The answer cannot be read now; ask again.', { 'Retry-After': 'Seconds to wait.' }),
  },
};

/** The URL of a shared endpoint. */
export const endpointOperation: Operation = {
  ...receiving,
  path: '/endpoints/{name}',
  id: 'receiveSharedEvent',
  summary: 'Send an event to all flows that listen to an endpoint',
  description: 'Like the URL of a flow; what is said of requests stands in `endpoints.json`. There may be several runs, or none.',
};

const resumedSchema = exactly('Resumed', { runId: id });

const answeredMembers = {
  answer: { type: 'string', description: 'Which answer a person gave.' },
  answeredAt: time,
} as const;

const resumedBeforeSchema = {
  title: 'ResumedBefore',
  type: 'object',
  properties: { runId: id, duplicate: { const: true }, ...answeredMembers },
  required: ['runId', 'duplicate'],
  additionalProperties: false,
} as const;

/** The URL of a step that waits for a request. */
export const resumeOperation: Operation = {
  method: 'post',
  tag: 'front door',
  open: true,
  path: '/resume/{run}/{step}/{signature}',
  id: 'resumeRun',
  summary: 'Let a run go on that waits for a request',
  description: [
    'The `resume.<step>.url` of a `wait` for a webhook. It needs no token: the signature cannot be guessed; and what the `credential` of the',
    'step asks for, if it has one. The body becomes the output of the step. It works once, and only by POST: chat programs and mail',
    'filters GET every URL that they come across, to show a preview of it, and none of these may approve anything.',
    'Where the step has an `ask`, the body is `{ "answer": "approve" }`, as JSON or as a form, with a `comment` where there is a field for one.',
    'Who takes `text/html` is answered with a page.',
  ].join(' '),
  answers: {
    200: {
      description: 'A duplicate: an earlier request was taken already. Where a person was asked: what was answered, and when.',
      schema: resumedBeforeSchema,
    },
    202: { description: 'Written down; the run goes on.', schema: resumedSchema },
    400: refusal('The body is malformed, nested too deep or has a key `__proto__`, or a header is there twice.'),
    401: refusal('The credential of the step is missing or wrong, or a signed time is stale. The same answer for all of them.', {
      'WWW-Authenticate': 'A challenge, as RFC 9110 wants it.',
    }),
    404: refusal('`resume.not-found`: the signature does not hold. The URL was cut off, changed or made up.'),
    405: refusal('It takes POST; where a person is asked, GET as well.', { Allow: 'The methods it takes.' }),
    410: refusal('`resume.over`: nothing waits for this any more. The run has gone on or ended, or is not kept any more.'),
    413: refusal('The body is larger than MILLRACE_MAX_BODY.'),
    415: refusal('The type or the encoding of the body is not accepted.'),
    422: {
      description: '`resume.schema`: the body does not fit the `schema` of the step, or is no answer to its question. The run still waits.',
      schema: misfitSchema,
    },
    429: refusal('Too many failed credentials from this address.', { 'Retry-After': 'Seconds to wait.' }),
    503: refusal('It cannot be written down now, or the credential of the step cannot be used. Nothing was accepted: send it again.'),
  },
};

const questionSchema = {
  title: 'QuestionState',
  type: 'object',
  description: 'How the question of a step stands.',
  properties: {
    runId: id,
    state: {
      enum: ['early', 'asked', 'answered'],
      description: 'early: the run has not come to it. answered: with `answer` and `answeredAt`; asked: with everything else.',
    },
    title: { type: 'string' },
    text: { type: 'string' },
    answers: { type: 'object', additionalProperties: { type: 'string' }, description: 'What the buttons say, by answer.' },
    comment: { type: 'string', description: 'Label of the field for a comment.' },
    until: time,
    ...answeredMembers,
  },
  required: ['runId', 'state'],
  additionalProperties: false,
} as const;

/** The same URL for whoever looks at it before answering. */
export const questionOperation: Operation = {
  method: 'get',
  tag: 'front door',
  open: true,
  path: '/resume/{run}/{step}/{signature}',
  id: 'getQuestion',
  summary: 'What a run asks a person',
  description: [
    'Of a `wait` with an `ask` only. It changes nothing, however often it is asked for. Who takes `text/html` is given a page with a button',
    'for each answer, others this JSON. It needs what the `credential` of the step asks for, if it has one.',
  ].join(' '),
  answers: {
    200: { description: 'The question, or what was answered.', schema: questionSchema },
    202: {
      description: 'The run has not come to the question yet.',
      schema: questionSchema,
      headers: { 'Retry-After': 'Seconds to wait.' },
    },
    401: refusal('The credential of the step is missing or wrong.', { 'WWW-Authenticate': 'A challenge, as RFC 9110 wants it.' }),
    404: refusal('`resume.not-found`: the signature does not hold. The URL was cut off, changed or made up.'),
    405: refusal('The step asks nobody; it takes POST.', { Allow: 'POST' }),
    410: refusal('`resume.over`: the time to answer is over, or the run has gone on or ended without an answer, or is not kept any more.'),
    429: refusal('Too many failed credentials from this address.', { 'Retry-After': 'Seconds to wait.' }),
    503: refusal('It cannot be read now, or the credential of the step cannot be used; ask again.', { 'Retry-After': 'Seconds to wait.' }),
  },
};
