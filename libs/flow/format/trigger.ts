import type { AwaitedAnswer, Dedupe, FixedAnswer, RateLimit, RequestSettings, WebhookTrigger } from '../types.js';
import { endpointNamePattern } from '../types.js';
import { readFixedHeaders } from './headers.js';
import {
  complain,
  optional,
  present,
  readChoice,
  readDuration,
  readFields,
  readJson,
  readList,
  readPattern,
  readSize,
  readText,
  readWhole,
  required,
} from './reader.js';
import type { Cursor, Fields } from './reader.js';
import { readCondition } from './settings.js';

/** What a webhook trigger does where the file is silent. */
export const webhookDefaults = {
  methods: ['POST'],
  respond: 'immediately',
  whenPaused: 'hold',
  limit: '1mb',
  dedupeWindow: '24h',
  deadline: '10s',
} as const;

export const webhookMethods = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD'] as const;

/** Content codings that a trigger may let in (RFC 9110, section 8.4.1). */
export const webhookEncodings = ['gzip', 'deflate', 'br'] as const;

/** The longest a caller may be kept waiting, in milliseconds: proxies and senders give up around then. */
export const longestDeadline = 60_000;

/** The largest `limit` a flow may ask for, in bytes. */
export const largestLimit = 100 * 1024 * 1024;

/** `application/json`, `text/*`, `application/vnd.api+json`, or a star on both sides for any type at all. */
export const mediaTypePattern = '^([A-Za-z0-9!#$&^_.+-]+/([A-Za-z0-9!#$&^_.+-]+|\\*)|\\*/\\*)$';

/** Keys that say something about requests; with `endpoint` they stand in `endpoints.json`. */
export const requestKeys = ['credential', 'methods', 'accept', 'encodings', 'dedupe', 'rateLimit', 'respond', 'limit'] as const;

const triggerKeys = ['type', 'endpoint', 'when', 'schema', 'whenPaused', ...requestKeys] as const;

/** Reads a trigger whose type is `webhook`. */
export function readWebhookTrigger(at: Cursor): WebhookTrigger | undefined {
  const fields = readFields(at, { what: 'a webhook trigger', keys: triggerKeys });
  return fields && readWebhook(fields);
}

function readWebhook(fields: Fields): WebhookTrigger {
  return present({
    type: 'webhook',
    ...readRequestSettings(fields),
    endpoint: optional(fields, 'endpoint', readEndpointName),
    when: optional(fields, 'when', readCondition),
    schema: optional(fields, 'schema', readSchema),
    whenPaused: optional(fields, 'whenPaused', readChoice(['hold', 'refuse'])),
  });
}

/** The name of a shared endpoint: a part of its URL. */
const readEndpointName = readPattern(endpointNamePattern, 'flow.bad-value', 'is not the name of an endpoint, such as `cal-com`.');

/** Reads what a trigger and a shared endpoint say about requests. */
export function readRequestSettings(fields: Fields): RequestSettings {
  return present({
    credential: optional(fields, 'credential', readText),
    methods: optional(fields, 'methods', readNonEmpty(readChoice(webhookMethods))),
    accept: optional(
      fields,
      'accept',
      readNonEmpty(readPattern(mediaTypePattern, 'flow.bad-value', 'is not a media type, such as `application/json`.')),
    ),
    encodings: optional(fields, 'encodings', readNonEmpty(readChoice(webhookEncodings))),
    dedupe: optional(fields, 'dedupe', readDedupe),
    rateLimit: optional(fields, 'rateLimit', readRateLimit),
    respond: optional(fields, 'respond', readRespond),
    limit: optional(fields, 'limit', readSize(largestLimit)),
  });
}

function readNonEmpty<T>(read: (at: Cursor) => T | undefined): (at: Cursor) => T[] | undefined {
  return (at) => {
    if (at.node.type === 'array' && at.node.children?.length === 0)
      return complain(at, 'flow.bad-value', 'An empty list accepts nothing; name at least one.');
    return readList(read)(at);
  };
}

/** Reads a JSON Schema as it is written; the checker compiles it. */
export function readSchema(at: Cursor): WebhookTrigger['schema'] {
  if (at.node.type === 'object') return readJson(at) as WebhookTrigger['schema'];
  if (at.node.type === 'boolean') return at.node.value === true;
  return complain(at, 'flow.wrong-type', 'A schema is a JSON Schema: an object.');
}

function readDedupe(at: Cursor): Dedupe | undefined {
  const fields = readFields(at, { what: 'dedupe', keys: ['key', 'window'] });
  if (fields === undefined) return undefined;
  const key = required(fields, 'key', readText);
  const window = optional(fields, 'window', readDuration(1));
  return key === undefined ? undefined : present({ key, window });
}

/** The most requests that a limit may name. */
export const largestRate = 1_000_000;

function readRateLimit(at: Cursor): RateLimit | undefined {
  const fields = readFields(at, { what: 'rateLimit', keys: ['limit', 'per', 'key'] });
  if (fields === undefined) return undefined;
  const limit = required(fields, 'limit', readWhole(1, largestRate));
  const per = required(fields, 'per', readDuration(1));
  const key = optional(fields, 'key', readText);
  return limit === undefined || per === undefined ? undefined : present({ limit, per, key });
}

function readRespond(at: Cursor): RequestSettings['respond'] {
  if (at.node.type !== 'object') return readChoice(['immediately', 'when-finished'])(at);
  return at.node.children?.some(({ children }) => children?.[0]?.value === 'from') ? readAwaited(at) : readAnswer(at);
}

function readAwaited(at: Cursor): AwaitedAnswer | undefined {
  const fields = readFields(at, { what: 'an awaited answer', keys: ['from', 'deadline'] });
  if (fields === undefined) return undefined;
  const from = required(fields, 'from', readChoice(['step', 'end']));
  const deadline = optional(fields, 'deadline', readDuration(1, longestDeadline));
  return from === undefined ? undefined : present({ from, deadline });
}

function readAnswer(at: Cursor): FixedAnswer | undefined {
  const fields = readFields(at, { what: 'respond', keys: ['status', 'headers', 'body'] });
  if (fields === undefined) return undefined;
  const status = required(fields, 'status', readWhole(200, 599));
  const headers = optional(fields, 'headers', readFixedHeaders);
  const body = optional(fields, 'body', readJson);
  return status === undefined ? undefined : present({ status, headers, body });
}
