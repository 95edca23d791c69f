import { headerNamePattern, readHeaders } from '../format/headers.js';
import { complain, optional, present, readFields, readJson, readWhole, required } from '../format/reader.js';
import type { Cursor } from '../format/reader.js';
import type { RespondStep } from '../types.js';
import { defineStepKind } from './kind.js';
import type { ExpressionSite } from './kind.js';

/** Answers the HTTP caller who waits for this run; the run goes on. It has no output. */
export const respondKind = defineStepKind<RespondStep>({
  key: 'respond',
  keys: ['respond'],
  required: ['respond'],
  schema: {
    respond: {
      type: 'object',
      description: 'The answer for the caller who waits for this run; nobody waits unless the trigger says so.',
      properties: {
        status: { oneOf: [{ type: 'integer', minimum: 200, maximum: 599 }, { type: 'string' }], default: 200 },
        headers: { type: 'object', propertyNames: { pattern: headerNamePattern }, additionalProperties: { type: 'string' } },
        body: { description: 'An object or a list is sent as JSON. Strings may hold `{{ expressions }}`.' },
      },
      patternProperties: { '^x-': {} },
      additionalProperties: false,
    },
  },
  read(fields, base) {
    const respond = required(fields, 'respond', readRespond);
    return respond && { ...base, respond };
  },
  expressions: ({ respond }) => [
    ...(typeof respond.status === 'string' ? [site('status', respond.status)] : []),
    ...(respond.headers === undefined ? [] : [site('headers', { ...respond.headers })]),
    ...(respond.body === undefined ? [] : [site('body', respond.body)]),
  ],
  output: () => 'none',
});

function site(key: string, value: ExpressionSite['value']): ExpressionSite {
  return { pointer: `/respond/${key}`, value, use: 'value' };
}

function readRespond(at: Cursor): RespondStep['respond'] | undefined {
  const fields = readFields(at, { what: 'respond', keys: ['status', 'headers', 'body'] });
  if (fields === undefined) return undefined;
  return present({
    status: optional(fields, 'status', readStatus),
    headers: optional(fields, 'headers', readHeaders),
    body: optional(fields, 'body', readJson),
  });
}

function readStatus(at: Cursor): number | string | undefined {
  if (at.node.type !== 'string') return readWhole(200, 599)(at);
  if (/^\s*\{\{[^]*\}\}\s*$/.test(String(at.node.value))) return String(at.node.value);
  return complain(at, 'flow.bad-value', 'A status is a whole number from 200 to 599, or one whole expression that gives one.');
}
