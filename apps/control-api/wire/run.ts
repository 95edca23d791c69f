import type { Infer, JsonSchema } from '@millrace/component-sdk';
import type { RunStatus } from '@millrace/engine';
import { defineQuery } from './query.js';
import { nextSchema, searchQuery } from './page.js';
import { anyJson, exactly, id, time, timeOrNull } from './parts.js';

export const RUN_STATUSES = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
  'filtered',
] as const satisfies readonly RunStatus[];

export const runsQuery = defineQuery({
  flow: { type: 'string', description: 'Only runs of this flow.' },
  status: { type: 'string', enum: RUN_STATUSES, description: 'Only runs in this state.' },
  event: { type: 'string', format: 'uuid', description: 'Only runs of this event.' },
  ...searchQuery,
});

export const runQuery = defineQuery({
  preview: { type: 'boolean', description: 'Leave out inputs and outputs above 64 kB; `large` names them.' },
});

const status = {
  enum: RUN_STATUSES,
  description: 'The first three are active, the others ends. filtered: the `when` of the trigger did not hold.',
} as const satisfies JsonSchema;

/** Why a step or a run failed. Optional members are there when they are known. */
export const errorSchema = {
  title: 'StepError',
  type: ['object', 'null'],
  properties: {
    code: { type: 'string', description: 'Stable: http.429, timeout, …' },
    message: { type: 'string', description: 'What failed, and what to do.' },
    step: { type: 'string', description: 'Path of the step that failed.' },
    blame: { enum: ['author', 'remote', 'operator'], description: 'Who has to act.' },
    status: { type: 'integer', description: 'HTTP status, where there was one.' },
    attempt: { type: 'integer' },
    details: { type: 'object' },
  },
  required: ['code', 'message'],
  additionalProperties: false,
} as const satisfies JsonSchema;

const runMembers = {
  id,
  flowId: { type: 'string' },
  version: { type: 'integer', description: 'The version of the flow that the run stays on.' },
  eventId: id,
  status,
  createdAt: time,
  startedAt: timeOrNull,
  finishedAt: timeOrNull,
  resumeAt: { ...timeOrNull, description: 'When a waiting run goes on.' },
  rerunOf: { type: ['string', 'null'], format: 'uuid', description: 'The run that this one repeats.' },
  dry: { type: 'boolean', description: 'A rehearsal: components answered without acting.' },
  resolution: {
    enum: ['rerun', 'discarded', null],
    description: 'What became of a failed run; null while it is a dead letter, and for any other run.',
  },
  parent: { type: ['string', 'null'], format: 'uuid', description: 'The run whose `call` step started this one.' },
  error: errorSchema,
} as const satisfies Record<string, JsonSchema>;

export const attemptSchema = exactly('Attempt', {
  attempt: { type: 'integer', minimum: 1 },
  status: { enum: ['succeeded', 'failed', 'skipped', 'waiting', 'running', 'interrupted'] },
  startedAt: time,
  finishedAt: timeOrNull,
  durationMs: { type: ['number', 'null'] },
  error: errorSchema,
});

const valueFileSchema = {
  title: 'ValueFile',
  type: ['object', 'null'],
  description: 'Of a value that is too large to be shown here, and null there.',
  properties: {
    bytes: { type: 'integer', description: 'Its size as JSON.' },
    preview: { type: 'string', description: 'How its JSON begins.' },
    url: { type: 'string', description: 'Where all of it is to be had.' },
  },
  required: ['bytes', 'preview', 'url'],
  additionalProperties: false,
} as const satisfies JsonSchema;

export const stepSchema = exactly('Step', {
  path: {
    type: 'string',
    description: 'Where in the flow: the id of the step, behind the items of the loops around it: `each[3].notify`.',
  },
  kind: {
    type: 'string',
    description:
      'use, if, switch, set, stop, forEach, parallel, wait, call, respond; item: a finished item of a loop; when: skipped by its condition.',
  },
  status: {
    enum: ['succeeded', 'failed', 'skipped', 'retrying', 'waiting', 'running', 'interrupted'],
    description: 'interrupted: started and never finished, because the run ended first.',
  },
  attempts: { type: 'integer', minimum: 1 },
  attemptLog: { type: 'array', items: attemptSchema },
  input: anyJson,
  inputFile: valueFileSchema,
  output: anyJson,
  large: {
    type: 'array',
    items: { enum: ['input', 'output'] },
    description: 'What a preview left out; ask for it by `/runs/{id}/value`.',
  },
  outputFile: valueFileSchema,
  error: { ...errorSchema, description: 'Of the latest attempt.' },
  startedAt: { ...time, description: 'Of the first attempt.' },
  finishedAt: { ...timeOrNull, description: 'Of the latest attempt.' },
  retryAt: { ...timeOrNull, description: 'When the next attempt is due.' },
  resumeAt: { ...timeOrNull, description: 'When a waiting step goes on, or gives up waiting.' },
});

export const runItemSchema = exactly('RunItem', runMembers);

export const runPageSchema = exactly('RunPage', { items: { type: 'array', items: runItemSchema }, next: nextSchema });

export const runSchema = exactly('Run', {
  ...runMembers,
  steps: { type: 'array', items: stepSchema, description: 'In order of time; a step not yet begun is missing.' },
});

export const cancelSchema = exactly('Cancelled', {
  cancelled: { type: 'boolean', description: 'False when the run had ended already.' },
});

export type RunItem = Infer<typeof runItemSchema>;
export type RunPage = Infer<typeof runPageSchema>;
export type AttemptView = Infer<typeof attemptSchema>;
export type StepView = Infer<typeof stepSchema>;
export type RunView = Infer<typeof runSchema>;
export type CancelView = Infer<typeof cancelSchema>;
