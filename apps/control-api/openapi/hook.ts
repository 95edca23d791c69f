import { exactly, id } from '../wire/parts.js';
import { failureSchema } from '../wire/problem.js';
import type { Answer, Operation } from './operation.js';

const acceptedSchema = {
  title: 'Accepted',
  type: 'object',
  properties: {
    eventId: id,
    runIds: { type: 'array', items: id, description: 'Empty when the `when` of the trigger did not hold.' },
    runId: { ...id, description: 'The only one of `runIds`.' },
  },
  required: ['eventId', 'runIds'],
  additionalProperties: false,
} as const;

const duplicateSchema = exactly('Duplicate', { eventId: id, duplicate: { const: true } });

function refusal(description: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { description, schema: failureSchema, headers };
}

const answers: Operation['answers'] = {
  200: { description: 'A duplicate, by `dedupe` or by its signed id: the first event.', schema: duplicateSchema },
  202: { description: 'Accepted and written down; or the answer that `respond` of the trigger fixes.', schema: acceptedSchema },
  400: refusal('The body is malformed, nested too deep or has a key `__proto__`, or a header is there twice.'),
  401: refusal('The credential is missing or wrong, or a signed time is stale. The same answer for all of them.', {
    'WWW-Authenticate': 'A challenge, as RFC 9110 wants it.',
  }),
  404: refusal('There is no such flow. With MILLRACE_HIDE_UNKNOWN=true the answer is that of a failed credential.'),
  405: refusal('The trigger does not take this method.', { Allow: 'The methods it takes.' }),
  413: refusal('The body is larger than the trigger takes, as sent or as decoded, or has too many parts.'),
  415: refusal('The type or the encoding of the body is not accepted.'),
  429: refusal('Over the rate limit of the URL, or too many failed credentials from this address.', { 'Retry-After': 'Seconds to wait.' }),
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
  ].join(' '),
};

/** The URL of a shared endpoint. */
export const endpointOperation: Operation = {
  ...receiving,
  path: '/endpoints/{name}',
  id: 'receiveSharedEvent',
  summary: 'Send an event to all flows that listen to an endpoint',
  description: 'Like the URL of a flow; what is said of requests stands in `endpoints.json`. There may be several runs, or none.',
};
