import { optional, present, readChoice, readFields, readText, required } from '../format/reader.js';
import type { Cursor } from '../format/reader.js';
import type { StopStep } from '../types.js';
import { defineStepKind } from './kind.js';

/** Ends the run, as a success or as a failure with a message. */
export const stopKind = defineStepKind<StopStep>({
  key: 'stop',
  keys: ['stop'],
  required: ['stop'],
  schema: {
    stop: {
      type: 'object',
      description: 'Ends the run here.',
      required: ['as'],
      properties: {
        as: { enum: ['succeeded', 'failed'], description: 'How the run ends.' },
        message: { type: 'string', description: 'Why; shown on the run. May hold expressions.' },
      },
      patternProperties: { '^x-': {} },
      additionalProperties: false,
    },
  },
  read(fields, base) {
    const stop = required(fields, 'stop', readStop);
    return { ...base, stop: stop ?? { as: 'failed' } };
  },
  expressions: (step) => (step.stop.message === undefined ? [] : [{ pointer: '/stop/message', value: step.stop.message, use: 'value' }]),
  output: () => 'none',
  ends: (step) => step.when === undefined || step.when === true,
});

function readStop(at: Cursor): StopStep['stop'] | undefined {
  const fields = readFields(at, { what: 'stop', keys: ['as', 'message'] });
  if (fields === undefined) return undefined;
  const as = required(fields, 'as', readChoice(['succeeded', 'failed']));
  const message = optional(fields, 'message', readText);
  return as && present({ as, message });
}
