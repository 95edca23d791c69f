import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { pageQuery } from './page.js';
import { exactly, id, storable, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';
import { RUN_STATUSES } from './run.js';

const confirm = {
  type: 'integer',
  minimum: 0,
  description: 'How many it may be about: the `count` of an answer without it. Without it nothing is done.',
} as const;

const repeated = {
  from: {
    type: 'string',
    description: '`start`, `failed` (where it failed; the default of a failed run), or a step path: what comes before it is taken over.',
  },
  version: {
    enum: ['same', 'live'],
    description: 'Of the flow: the one that the run was on (the default), or the one that is live now.',
  },
} as const;

export const rerunBody = defineBody({
  title: 'Rerun',
  type: 'object',
  properties: {
    ...repeated,
    payload: { description: 'In place of the body of the event.' },
    dryRun: {
      type: 'boolean',
      description: 'A rehearsal: components that act outside answer with what they gave before, or with a sample.',
    },
  },
  additionalProperties: false,
} as const);

export const rerunQuery = defineQuery(repeated);

const reused = { type: 'array', items: { type: 'string' }, description: 'Paths of the steps that are not run again.' } as const;

export const rerunSchema = exactly('RerunStarted', {
  runId: id,
  version: { type: 'integer', minimum: 1, description: 'The version of the flow that the new run is on.' },
  liveVersion: {
    type: ['integer', 'null'],
    description: 'The version that is live now, which `version: live` would have taken; null where none is.',
  },
  reused,
});

export const rerunPlanSchema = exactly('RerunPlan', {
  from: { ...textOrNull, description: 'The path of the step that it would begin with; null for the start.' },
  reused,
});

export const replaySchema = exactly('Replayed', {
  runId: { ...id, description: 'The first of them.' },
  runIds: { type: 'array', items: id, description: 'At a shared endpoint one for each flow that takes the event.' },
});

const letterFilter = {
  flow: { ...storable, description: 'Only runs of this flow.' },
  code: { ...storable, description: 'Only runs that failed with this code.' },
  step: {
    ...storable,
    description: 'Only runs that failed at this step: its path without the numbers of items, as `each.notify`. Empty: outside any step.',
  },
  since: { type: 'string', format: 'date-time', description: 'Only runs that failed at this time or later.' },
  until: { type: 'string', format: 'date-time', description: 'Only runs that failed before this time.' },
} as const;

export const deadLettersQuery = defineQuery({ ...letterFilter, ...pageQuery });

const causeSchema = exactly('DeadLetterCause', {
  flowId: { type: 'string' },
  step: { type: 'string', description: 'Where they failed, as the filters take it; empty for outside any step.' },
  code: { type: 'string' },
  count: { type: 'integer', minimum: 1 },
  message: { type: 'string', description: 'Of the newest of them.' },
  runId: { ...id, description: 'The newest of them.' },
  version: { type: 'integer', minimum: 1, description: 'The version of the flow that the newest of them was on.' },
  firstAt: { ...time, description: 'When the first of them failed.' },
  lastAt: time,
});

export const causesSchema = exactly('DeadLetterCauses', {
  items: {
    type: 'array',
    items: causeSchema,
    description: 'By flow, step and code, the most frequent first; of the newest 2000 dead letters.',
  },
  more: { type: 'boolean', description: 'There are more dead letters than the newest, which are counted here.' },
});

/** So many of the newest dead letters are counted by what they failed of. */
export const CAUSES_OF = 2000;

export const causesQuery = defineQuery({ flow: letterFilter.flow });

const ids = { type: 'array', items: id, maxItems: 1000, description: 'Exactly these; a request has these or filters.' } as const;

export const retryLettersBody = defineBody({
  title: 'RetryDeadLetters',
  type: 'object',
  properties: { ids, ...letterFilter, version: { enum: ['same', 'live'] }, confirm },
  additionalProperties: false,
} as const);

export const discardLettersBody = defineBody({
  title: 'DiscardDeadLetters',
  type: 'object',
  properties: { ids, ...letterFilter, reason: { ...storable, minLength: 1, maxLength: 500 }, confirm },
  required: ['reason'],
  additionalProperties: false,
} as const);

export const cancelRunsBody = defineBody({
  title: 'CancelRuns',
  type: 'object',
  properties: {
    ids,
    flow: { ...storable, description: 'Only runs of this flow.' },
    status: { enum: RUN_STATUSES.slice(0, 3), description: 'Only runs in this state.' },
    confirm,
  },
  additionalProperties: false,
} as const);

export const replayEventsBody = defineBody({
  title: 'ReplayEvents',
  type: 'object',
  properties: { ids: { ...ids, minItems: 1, description: 'Exactly these.' }, confirm },
  required: ['ids'],
  additionalProperties: false,
} as const);

export const outdatedSchema = {
  type: 'integer',
  minimum: 0,
  description:
    'How many of them ran on another version than the one that is live now, and would again. 0 where it does not matter: with `confirm`, with `version: live`, and for what repeats no run.',
} as const;

export const bulkSchema = exactly('Bulk', {
  count: { type: 'integer', minimum: 0, description: 'How many it is about.' },
  outdated: {
    ...outdatedSchema,
    description:
      'How many of them ran on another version than the one that is live now, and would again, or with `confirm` do. 0 with `version: live`, and for what repeats no run.',
  },
  done: { type: 'integer', minimum: 0, description: 'How many of them it was done to; 0 without `confirm`.' },
  left: { type: 'integer', minimum: 0, description: 'How many are left; ask again, for one request does 1000 at the most.' },
  problems: {
    type: 'array',
    items: exactly('BulkProblem', { id, message: { type: 'string' } }),
    description: 'What it could not be done to.',
  },
});

export type CauseView = Infer<typeof causeSchema>;
export type CausesView = Infer<typeof causesSchema>;
export type RerunPlanView = Infer<typeof rerunPlanSchema>;
export type RerunView = Infer<typeof rerunSchema>;
export type ReplayView = Infer<typeof replaySchema>;
export type BulkView = Infer<typeof bulkSchema>;
