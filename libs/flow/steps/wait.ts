import { checkAskingCredential, checkVerifyingCredential } from '../check/component.js';
import { checkSchema } from '../check/schemas.js';
import { complain, optional, present, readDuration, readFields, readText, required } from '../format/reader.js';
import type { Cursor, Fields } from '../format/reader.js';
import { readSchema } from '../format/trigger.js';
import { listed } from '../names.js';
import { durationSchema } from '../schema/parts.js';
import type { WaitForWebhook, WaitStep } from '../types.js';
import { answerSchema, askSchema, askSites, readAsk } from './ask.js';
import { defineStepKind } from './kind.js';
import type { ExpressionSite, OutputShape, StepChecker } from './kind.js';

/** What a wait for a webhook does where the file is silent. */
export const waitDefaults = { timeout: '7d' } as const;

const ways = ['for', 'until', 'webhook'] as const;

/**
 * Suspends the run. After `for` and `until` its output is `{ until }`, the time waited for; after `webhook` it is the body of
 * the request that came to `resume.<id>.url`, with `ask` the answer that a person gave there.
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
            schema: {
              type: ['object', 'boolean'],
              description: 'JSON Schema of the body. What does not fit is refused, and the step goes on waiting.',
            },
            ask: askSchema,
          },
          not: { required: ['schema', 'ask'] },
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
    return 'until' in wait ? [{ pointer: '/wait/until', value: wait.until, use: 'value' }] : askedIn(wait.webhook);
  },
  output: ({ wait }) =>
    'webhook' in wait ? bodyOf(wait.webhook) : { type: 'object', properties: { until: { type: 'string' } }, additionalProperties: false },
  check({ wait }, checker) {
    if ('webhook' in wait) checkWebhook(wait.webhook, checker);
  },
});

function askedIn({ ask }: WaitForWebhook): ExpressionSite[] {
  return ask === undefined ? [] : askSites(ask, '/wait/webhook/ask');
}

/** The JSON Schema of what resumes a wait, whoever says it; undefined where every body does. */
export function resumeSchema({ ask, schema }: WaitForWebhook): WaitForWebhook['schema'] {
  return ask === undefined ? schema : answerSchema(ask);
}

function bodyOf(webhook: WaitForWebhook): OutputShape {
  const schema = resumeSchema(webhook);
  return typeof schema === 'object' ? schema : 'unknown';
}

function checkWebhook({ credential, schema, ask }: WaitForWebhook, checker: StepChecker): void {
  checkSchema(schema, '/wait/webhook/schema', checker);
  if (credential === undefined) return;
  if (ask === undefined) checkVerifyingCredential(credential, '/wait/webhook', checker);
  else checkAskingCredential(credential, '/wait/webhook', checker);
}

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
  const fields = readFields(at, { what: 'webhook', keys: ['credential', 'timeout', 'schema', 'ask'] });
  if (fields === undefined) return undefined;
  if (fields.keys.has('schema') && fields.keys.has('ask'))
    return complain(at, 'flow.conflicting-keys', 'The answers of `ask` say what is taken; remove `schema`, or wait without `ask`.');
  return present({
    credential: optional(fields, 'credential', readText),
    timeout: optional(fields, 'timeout', readDuration(1)),
    schema: optional(fields, 'schema', readSchema),
    ask: optional(fields, 'ask', readAsk),
  });
}
