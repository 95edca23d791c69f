import type { Json, JsonSchema } from '@millrace/component-sdk';
import { complain, optional, present, readChoice, readJson, readPattern, readWhole, required } from '../format/reader.js';
import type { Cursor } from '../format/reader.js';
import { listed } from '../names.js';
import { stepsSchema } from '../schema/parts.js';
import { stepIdPattern } from '../types.js';
import type { ForEachStep } from '../types.js';
import { defineStepKind } from './kind.js';
import type { OutputContext, OutputShape } from './kind.js';

/** What an item is called where the file is silent. */
export const defaultItemName = 'item';

/** The most items that a loop works on at a time. */
export const mostConcurrentItems = 100;

/** Names that expressions see anyway, and words of JSONata: an item cannot be called so. */
const takenNames = [
  'trigger',
  'steps',
  'run',
  'flow',
  'error',
  'resume',
  'index',
  'previous',
  'and',
  'or',
  'in',
  'true',
  'false',
  'null',
  'function',
];

/** Runs its steps once per item. Its output is a list with one entry per item: the last step's output, or `{ error }`. */
export const forEachKind = defineStepKind<ForEachStep>({
  key: 'forEach',
  settings: ['retry', 'timeout', 'onError'],
  keys: ['forEach', 'steps', 'as', 'concurrency', 'onItemError'],
  required: ['forEach', 'steps'],
  schema: {
    forEach: { type: ['string', 'array'], description: 'The list to go through, such as `{{ trigger.body.items }}`.' },
    steps: { ...stepsSchema, description: 'Steps that run for each item; they see `item` and `index`.' },
    as: { type: 'string', pattern: stepIdPattern, default: defaultItemName, description: 'What the item is called inside.' },
    concurrency: {
      type: 'integer',
      minimum: 1,
      maximum: mostConcurrentItems,
      default: 1,
      description: 'How many items are worked on at a time.',
    },
    onItemError: {
      enum: ['fail', 'continue'],
      default: 'fail',
      description: 'An item that fails ends the loop, or leaves `{ error }` as its entry.',
    },
  },
  read(fields, base, { readSteps }) {
    const list = required(fields, 'forEach', readItems);
    const steps = required(fields, 'steps', readSteps);
    return present({
      ...base,
      forEach: list ?? [],
      steps: steps ?? [],
      as: optional(fields, 'as', readItemName),
      concurrency: optional(fields, 'concurrency', readWhole(1, mostConcurrentItems)),
      onItemError: optional(fields, 'onItemError', readChoice(['fail', 'continue'])),
    });
  },
  inner: (step, { itemOf }) => [
    { steps: step.steps, names: { [step.as ?? defaultItemName]: itemOf(step.forEach as Json), index: { type: 'integer' } }, repeats: true },
  ],
  expressions: (step) => [{ pointer: '/forEach', value: step.forEach as Json, use: 'value' }],
  output: (step, context) => ({ type: 'array', items: entryShape(step, context) }),
});

function readItems(at: Cursor): string | Json[] | undefined {
  const value = readJson(at);
  if (Array.isArray(value)) return value;
  if (typeof value === 'string' && /^\s*\{\{[^]*\}\}\s*$/.test(value)) return value;
  const code = typeof value === 'string' ? 'flow.bad-value' : 'flow.wrong-type';
  return complain(at, code, 'A loop takes a list, or one whole expression that gives one, such as `{{ trigger.body.items }}`.');
}

const readWord = readPattern(
  stepIdPattern,
  'flow.bad-id',
  'is not a name; write a lower-case letter, then letters, digits and underscores.',
);

function readItemName(at: Cursor): string | undefined {
  const name = readWord(at);
  if (name === undefined || !takenNames.includes(name)) return name;
  return complain(
    at,
    'flow.bad-value',
    `\`${name}\` means something else in expressions (as do ${listed(takenNames, 20)}); choose another name.`,
  );
}

function entryShape(step: ForEachStep, { ofList }: OutputContext): JsonSchema {
  const shape: OutputShape = step.onItemError === 'continue' ? 'unknown' : ofList(step.steps);
  return typeof shape === 'string' ? {} : shape;
}
