import { readJson, readMap, required } from '../format/reader.js';
import type { SetStep } from '../types.js';
import { defineStepKind } from './kind.js';

/** Named values, for readability: `steps.<id>.<name>`. */
export const setKind = defineStepKind<SetStep>({
  key: 'set',
  keys: ['set'],
  required: ['set'],
  schema: {
    set: { type: 'object', description: 'Values by name; later steps read them as `steps.<id>.<name>`.' },
  },
  read(fields, base) {
    const values = required(fields, 'set', readMap(readJson));
    return { ...base, set: values ?? {} };
  },
  expressions: (step) => [{ pointer: '/set', value: { ...step.set }, use: 'value' }],
  output: (step) => ({
    type: 'object',
    properties: Object.fromEntries(Object.keys(step.set).map((name) => [name, {}])),
    additionalProperties: false,
  }),
});
