import { checkVerifyingCredential } from '../check/component.js';
import { complain, optional, present, readDuration, readFields, readText, required } from '../format/reader.js';
import type { Cursor, Fields } from '../format/reader.js';
import { listed } from '../names.js';
import { durationSchema } from '../schema/parts.js';
import type { WaitForWebhook, WaitStep } from '../types.js';
import { defineStepKind } from './kind.js';

/** What a wait for a webhook does where the file is silent. */
export const waitDefaults = { timeout: '7d' } as const;

const ways = ['for', 'until', 'webhook'] as const;

/**
 * Suspends the run. After `for` and `until` its output is `{ until }`, the time waited for; after `webhook` it is the body of
 * the request that came to `resume.<id>.url`.
 */
export const waitKind = defineStepKind<WaitStep>({
  key: 'wait',
  keys: ['wait'],
  required: ['wait'],
  schema: {
    wait: {
      type: 'object',
      description: 'Exactly one of `for`, `until` and `webhook`.',
      oneOf: ways.map((way) => ({ required: [way] })),
      properties: {
        for: { type: 'string', description: 'A duration such as `10m`, or an expression that gives one or a number of milliseconds.' },
        until: {
          type: 'string',
          description: 'A time such as `2030-01-31T09:00:00+01:00`, or an expression that gives one or milliseconds since 1970.',
        },
        webhook: {
          type: 'object',
          description: 'Until a request comes to `{{ resume.<id>.url }}`; its body becomes the output.',
          properties: {
            credential: { type: 'string', description: 'Verifies that request, beside the signature that its URL carries.' },
            timeout: { ...durationSchema, default: waitDefaults.timeout, description: 'After this the step fails with `wait.timeout`.' },
          },
          patternProperties: { '^x-': {} },
          additionalProperties: false,
        },
      },
      patternProperties: { '^x-': {} },
      additionalProperties: false,
    },
  },
  read(fields, base) {
    const wait = required(fields, 'wait', readWait);
    return wait && { ...base, wait };
  },
  expressions: ({ wait }) => {
    if ('for' in wait) return [{ pointer: '/wait/for', value: wait.for, use: 'value' }];
    return 'until' in wait ? [{ pointer: '/wait/until', value: wait.until, use: 'value' }] : [];
  },
  output: ({ wait }) =>
    'webhook' in wait ? 'unknown' : { type: 'object', properties: { until: { type: 'string' } }, additionalProperties: false },
  check({ wait }, checker) {
    if ('webhook' in wait && wait.webhook.credential !== undefined)
      checkVerifyingCredential(wait.webhook.credential, '/wait/webhook', checker);
  },
});

/** True for a step that `resume.<id>.url` resumes. */
export function waitsForWebhook(step: object): boolean {
  return 'wait' in step && typeof step.wait === 'object' && step.wait !== null && 'webhook' in step.wait;
}

function readWait(at: Cursor): WaitStep['wait'] | undefined {
  const fields = readFields(at, { what: 'wait', keys: ways });
  if (fields === undefined) return undefined;
  const [way, another] = ways.filter((key) => fields.keys.has(key));
  if (way === undefined) return complain(at, 'flow.missing-key', `Wait needs one of ${listed(ways)}.`);
  if (another !== undefined) return complain(at, 'flow.conflicting-keys', `A step waits for one thing; keep one of ${listed(ways)}.`);
  return readers[way](fields);
}

const readers = {
  for(fields: Fields): WaitStep['wait'] | undefined {
    const duration = required(fields, 'for', readUnlessExpression(readDuration(1)));
    return duration === undefined ? undefined : { for: duration };
  },
  until(fields: Fields): WaitStep['wait'] | undefined {
    const time = required(fields, 'until', readUnlessExpression(readTime));
    return time === undefined ? undefined : { until: time };
  },
  webhook(fields: Fields): WaitStep['wait'] | undefined {
    const webhook = required(fields, 'webhook', readWebhook);
    return webhook && { webhook };
  },
};

function readUnlessExpression(read: (at: Cursor) => string | undefined): (at: Cursor) => string | undefined {
  return (at) => (at.node.type === 'string' && String(at.node.value).includes('{{') ? String(at.node.value) : read(at));
}

/** A time without its zone would mean another moment on another machine. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function readTime(at: Cursor): string | undefined {
  const text = readText(at);
  if (text === undefined || (timePattern.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  return complain(at, 'flow.bad-value', `\`${text}\` is not a time with its zone, such as \`2030-01-31T09:00:00+01:00\`.`);
}

function readWebhook(at: Cursor): WaitForWebhook | undefined {
  const fields = readFields(at, { what: 'webhook', keys: ['credential', 'timeout'] });
  return fields && present({ credential: optional(fields, 'credential', readText), timeout: optional(fields, 'timeout', readDuration(1)) });
}
