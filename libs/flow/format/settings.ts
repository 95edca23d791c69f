import type { Condition, RetrySettings, StepSettings } from '../types.js';
import {
  complain,
  optional,
  present,
  readBoolean,
  readChoice,
  readDuration,
  readFields,
  readList,
  readPattern,
  readWhole,
} from './reader.js';
import type { Cursor, Fields } from './reader.js';

/** Keys that mean the same on a step and in `defaults`. */
export const settingsKeys = ['retry', 'timeout', 'onError', 'onCrash'] as const;

/** `http.429`, `timeout`, `slack.channel-not-found`, and for many at once `http.4xx`, `network.*`. */
export const errorCodePattern = '^[a-z][a-z0-9-]*(\\.[a-z0-9-]+)*(\\.\\*)?$';

export function readSettings(fields: Fields): StepSettings {
  return present({
    retry: optional(fields, 'retry', readRetry),
    timeout: optional(fields, 'timeout', readDuration(1)),
    onError: optional(fields, 'onError', readChoice(['fail', 'continue'])),
    onCrash: optional(fields, 'onCrash', readChoice(['repeat', 'stop'])),
  });
}

/** Reads an error code or a class of them, as `on` takes it. */
export const readErrorCode = readPattern(errorCodePattern, 'flow.bad-value', 'is not an error code, such as `http.429` or `timeout`.');

const retryKeys = ['attempts', 'delay', 'backoff', 'maxDelay', 'jitter', 'on', 'deadline'] as const;

function readRetry(at: Cursor): RetrySettings | undefined {
  const fields = readFields(at, { what: 'retry', keys: retryKeys });
  if (fields === undefined) return undefined;
  return present({
    attempts: optional(fields, 'attempts', readWhole(1, 100)),
    delay: optional(fields, 'delay', readDuration(0)),
    backoff: optional(fields, 'backoff', readChoice(['fixed', 'exponential'])),
    maxDelay: optional(fields, 'maxDelay', readDuration(0)),
    jitter: optional(fields, 'jitter', readBoolean),
    on: optional(fields, 'on', readList(readErrorCode)),
    deadline: optional(fields, 'deadline', readDuration(1)),
  });
}

/** Reads a condition as it is written; the checker compiles it. */
export function readCondition(at: Cursor): Condition | undefined {
  if (at.node.type === 'string') return String(at.node.value);
  if (at.node.type === 'boolean') return at.node.value === true;
  return complain(
    at,
    'flow.wrong-type',
    'A condition is one whole expression, such as `{{ trigger.body.total > 100 }}`, or true or false.',
  );
}
