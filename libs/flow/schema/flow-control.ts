import type { JsonSchema } from '@millrace/component-sdk';
import { flowControlLimits } from '../format/flow-control.js';
import { closed, durationSchema } from './parts.js';

const key = { type: 'string', description: 'Text with expressions, such as `{{ trigger.body.email }}`.' } as const;

function whole(maximum: number, description: string): JsonSchema {
  return { type: 'integer', minimum: 1, maximum, description };
}

/** For editors: the keys of a flow that hold its runs back. */
export const flowControlSchemas: Readonly<Record<string, JsonSchema>> = {
  concurrency: {
    ...closed({ key, limit: whole(flowControlLimits.concurrency, 'Runs at a time.') }, ['limit']),
    description: 'How many runs go on at a time; with `key`, how many of those whose key is equal. First come, first served.',
  },
  rate: {
    ...closed(
      {
        limit: whole(flowControlLimits.rate, 'Runs within `per`.'),
        per: { ...durationSchema, description: 'From `1s` to `1d`.' },
      },
      ['limit', 'per'],
    ),
    description: 'How many runs begin within a time; the others wait, in order.',
  },
  priority: { enum: ['high', 'normal', 'low'], default: 'normal', description: 'Which runs are taken first when many wait.' },
  debounce: {
    ...closed(
      {
        key,
        window: { ...durationSchema, description: 'The quiet time after which the run begins.' },
        maxWait: { ...durationSchema, description: 'The longest that a burst may put the run off.' },
      },
      ['window'],
    ),
    description: 'Run once for a burst of events: for the last one.',
  },
  batch: {
    ...closed(
      {
        key,
        window: { ...durationSchema, description: 'How long events are collected.' },
        size: whole(flowControlLimits.batch, 'A full batch does not wait for the end of the window.'),
      },
      ['window'],
    ),
    description: 'Collect events and run once for the list, `trigger.body.items`.',
  },
};
