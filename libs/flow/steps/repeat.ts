import type { JsonSchema } from '@millrace/component-sdk';
import { compileCondition } from '../expressions/condition.js';
import { ExpressionSyntaxError } from '../expressions/faults.js';
import { complain, optional, present, readWhole, required } from '../format/reader.js';
import type { Cursor } from '../format/reader.js';
import { readCondition } from '../format/settings.js';
import { stepsSchema } from '../schema/parts.js';
import type { RepeatStep } from '../types.js';
import { defineStepKind } from './kind.js';
import type { InnerContext } from './kind.js';

/** What a repetition does where the file is silent. */
export const repeatDefaults = { limit: 100 } as const;

/** The most rounds that a file may ask for. */
export const mostRounds = 10_000;

/** What the steps of a round, and its `while`, call the output of the round before. */
export const previousName = 'previous';

const EXAMPLE = 'steps.page.body.next';
const UNCHANGING = `Ask for something that a round changes, such as \`{{ ${EXAMPLE} }}\`.`;

/**
 * Runs its steps in rounds: once, and again as long as `while` holds after a round. `previous` is the output of the round before
 * and missing in the first one. Its output is a list with one entry per round: the last step's output.
 */
export const repeatKind = defineStepKind<RepeatStep>({
  key: 'repeat',
  settings: ['retry', 'timeout', 'onError'],
  keys: ['repeat', 'while', 'limit'],
  required: ['repeat', 'while'],
  schema: {
    repeat: { ...stepsSchema, description: 'Steps of a round; they see `previous`, the output of the round before, and `index`.' },
    while: {
      type: 'string',
      description: 'Asked after every round, seeing its steps: another one follows where it holds, as `{{ steps.page.body.next }}`.',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: mostRounds,
      default: repeatDefaults.limit,
      description: 'The most rounds. Where `while` still holds after the last of them, the step fails.',
    },
  },
  read(fields, base, { readSteps }) {
    const steps = required(fields, 'repeat', readSteps);
    const goesOn = required(fields, 'while', readQuestion);
    return present({ ...base, repeat: steps ?? [], while: goesOn ?? false, limit: optional(fields, 'limit', readWhole(1, mostRounds)) });
  },
  inner: (step, context) => [
    {
      steps: step.repeat,
      names: { [previousName]: entryShape(step, context), index: { type: 'integer' } },
      uncertain: [previousName],
      repeats: true,
      asks: [{ pointer: '/while', value: step.while, use: 'condition', example: EXAMPLE }],
    },
  ],
  expressions: () => [],
  output: (step, context) => ({ type: 'array', items: entryShape(step, context) }),
  ends: (step, endsList) => endsList(step.repeat),
  check(step, checker) {
    if (readsNothing(step.while)) checker.report('flow.bad-value', UNCHANGING, '/while');
  },
});

/** Whether it says the same after every round: a constant in braces. What cannot be read is reported elsewhere. */
function readsNothing(condition: RepeatStep['while']): boolean {
  if (typeof condition !== 'string' || condition.includes('$')) return false;
  try {
    return compileCondition(condition).reads.length === 0;
  } catch (cause) {
    if (cause instanceof ExpressionSyntaxError) return false;
    throw cause;
  }
}

/** What never changes ends after one round, or never. */
function readQuestion(at: Cursor): string | boolean | undefined {
  const condition = readCondition(at);
  if (typeof condition !== 'boolean') return condition;
  return complain(at, 'flow.bad-value', UNCHANGING);
}

function entryShape({ repeat }: RepeatStep, { ofList }: Pick<InnerContext, 'ofList'>): JsonSchema {
  const shape = ofList(repeat);
  return typeof shape === 'string' ? {} : shape;
}
