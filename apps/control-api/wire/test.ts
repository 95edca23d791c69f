import type { Infer, JsonSchema } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { anyJson, exactly, id, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';

const revision = {
  type: 'integer',
  minimum: 0,
  description: 'Of the draft as it was last seen; 0 where there is none and the live text is tested. Another one is refused.',
} as const;

const step = {
  type: 'string',
  description: 'The id of the step. Without it the whole flow is tested, and of what was recorded nothing is reused.',
} as const;
const event = { type: 'string', format: 'uuid', description: 'What starts the test: any event that was kept.' } as const;
const run = {
  type: 'string',
  format: 'uuid',
  description: 'A run of the flow for this event whose outputs are taken before those of newer ones.',
} as const;

export const testBody = defineBody({
  title: 'TestToStart',
  type: 'object',
  properties: { event, step, run, revision },
  required: ['event'],
  additionalProperties: false,
} as const);

export const testPlanQuery = defineQuery({ event, step, run });
export const outputsQuery = defineQuery({ event, run });

const from = {
  enum: ['recorded', 'pinned', 'assumed'],
  description: 'recorded: by a run of the same event. pinned: a sample. assumed: a failure, for the handler that is tested.',
} as const satisfies JsonSchema;

const givenMembers = {
  step: { type: 'string' },
  path: { type: 'string', description: 'In loops, of the first item.' },
  from,
  runId: { type: ['string', 'null'], format: 'uuid', description: 'The run that recorded it.' },
  changed: { type: 'boolean', description: 'The step was edited since.' },
} as const satisfies Record<string, JsonSchema>;

const testMembers = {
  step: { ...textOrNull, description: 'Null for the whole flow.' },
  path: { ...textOrNull, description: 'Of the step in the test.' },
  given: {
    type: 'array',
    items: exactly('GivenStep', givenMembers),
    description: 'Steps that are not done, because their result is there.',
  },
  does: {
    type: 'array',
    items: exactly('StepToDo', {
      step: { type: 'string' },
      outside: { type: 'boolean', description: 'It may change something outside: it sends, writes, or calls a flow.' },
      sure: { type: 'boolean', description: 'False where a condition decides whether the way leads to it.' },
    }),
    description: 'Steps that are really done, in order, as far as the way leads through them; without those that only decide.',
  },
} as const satisfies Record<string, JsonSchema>;

export const testPlanSchema = exactly('TestPlan', {
  ...testMembers,
  problem: { ...textOrNull, description: 'Why the draft cannot be tested like this yet; null where it can.' },
});
export const testStartedSchema = exactly('TestStarted', { runId: id, ...testMembers });

export const testSchema = exactly('Test', {
  runId: id,
  flowId: { type: 'string' },
  step: testMembers.step,
  path: testMembers.path,
  text: { type: 'string', description: 'Of the draft as it was when the test began.' },
  createdAt: time,
});

export const outputsSchema = exactly('Outputs', {
  items: {
    type: 'array',
    items: exactly('StepOutput', {
      ...givenMembers,
      output: anyJson,
      large: { type: 'boolean', description: 'Above 64 kB and left out; ask for it by `/runs/{id}/value`.' },
      at: { ...time, description: 'When the step gave it, or when it was pinned.' },
    }),
  },
});

export const sampleBody = defineBody({
  title: 'SampleToKeep',
  type: 'object',
  properties: { body: { description: 'What steps see as `trigger.body`.' } },
  required: ['body'],
  additionalProperties: false,
} as const);

export const sampleSchema = exactly('SampleKept', { eventId: id });

const pinMembers = { step: { type: 'string' }, output: anyJson, pinnedAt: time } as const satisfies Record<string, JsonSchema>;

export const pinSchema = exactly('Pin', pinMembers);
export const pinListSchema = exactly('PinList', { items: { type: 'array', items: pinSchema } });

export const pinBody = defineBody({
  title: 'OutputToPin',
  type: 'object',
  properties: { output: { description: 'What tests take in place of doing the step.' } },
  required: ['output'],
  additionalProperties: false,
} as const);

export const unpinnedSchema = exactly('Unpinned', { unpinned: { type: 'boolean', description: 'False when nothing was pinned.' } });

export type TestPlanView = Infer<typeof testPlanSchema>;
export type TestStartedView = Infer<typeof testStartedSchema>;
export type TestView = Infer<typeof testSchema>;
export type OutputsView = Infer<typeof outputsSchema>;
export type StepOutputView = OutputsView['items'][number];
export type SampleView = Infer<typeof sampleSchema>;
export type PinView = Infer<typeof pinSchema>;
export type PinList = Infer<typeof pinListSchema>;
