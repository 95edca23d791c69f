import { optional, present, required } from '../format/reader.js';
import { readCondition } from '../format/settings.js';
import type { IfStep } from '../types.js';
import { conditionSchema, stepsSchema } from '../schema/parts.js';
import { defineStepKind } from './kind.js';

/** A branch. It has no output of its own. */
export const ifKind = defineStepKind<IfStep>({
  key: 'if',
  settings: ['retry', 'timeout', 'onError'],
  keys: ['if', 'then', 'else'],
  required: ['if', 'then'],
  schema: {
    if: { ...conditionSchema, description: 'The condition. A missing value makes it false.' },
    then: { ...stepsSchema, description: 'Steps that run when the condition holds.' },
    else: { ...stepsSchema, description: 'Steps that run when it does not.' },
  },
  read(fields, base, { readSteps }) {
    const condition = required(fields, 'if', readCondition);
    const then = required(fields, 'then', readSteps);
    const otherwise = optional(fields, 'else', readSteps);
    return present({ ...base, if: condition ?? false, then: then ?? [], else: otherwise });
  },
  inner: (step) => [
    { steps: step.then, where: '/if' },
    { steps: step.else ?? [], unless: '/if' },
  ],
  expressions: (step) => [{ pointer: '/if', value: step.if, use: 'condition' }],
  output: () => 'none',
  ends: (step, endsList) => endsList(step.then) && endsList(step.else ?? []),
});
