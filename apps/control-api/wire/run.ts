import type { Infer, JsonSchema } from '@millrace/component-sdk';
import { AWAITED, type RunStatus } from '@millrace/engine';
import { defineQuery } from './query.js';
import { nextSchema, searchQuery } from './page.js';
import { anyJson, exactly, id, storable, textOrNull, time, timeOrNull } from './parts.js';

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
  flow: { ...storable, description: 'Only runs of this flow.' },
  status: { type: 'string', enum: RUN_STATUSES, description: 'Only runs in this state.' },
  waitsFor: {
    type: 'string',
    enum: AWAITED,
    description:
      'Only waiting runs in which a step waits for this, as the `waitsFor` of a run has it; that then tells of this step. answer: the questions that nobody has answered. They are looked for, as in a search.',
  },
  event: { type: 'string', format: 'uuid', description: 'Only runs of this event.' },
  rerunOf: { type: 'string', format: 'uuid', description: 'Only runs that repeat this one.' },
  test: { type: 'boolean', description: 'Only tests, or only what is none; both without it.' },
  operation: { type: 'string', format: 'uuid', description: 'Only runs that this operation started or was done to.' },
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
    unsafeToRepeat: {
      type: 'boolean',
      description: 'It may pass, and was not tried again: the step may have taken effect, and would then do so twice.',
    },
    retryAfterMs: { type: 'integer', description: 'For how long the other side asked not to be asked again.' },
    details: { type: 'object' },
  },
  required: ['code', 'message'],
  additionalProperties: false,
} as const satisfies JsonSchema;

const waitSchema = {
  title: 'WaitsFor',
  type: ['object', 'null'],
  description:
    'What a waiting run waits for, where several steps wait the one that is over first, or what holds a queued run back; null for any other run.',
  properties: {
    for: {
      enum: [...AWAITED, 'pause', 'turn', 'pace'],
      description:
        'time; request: to the resume URL of the step; answer: of a person, on the page of the step; retry: the next attempt after a failure; call: the end of a called run; rate: the rate of a credential. Of a queued run, pause: its flow is paused; turn: its place in line, by `concurrency`; pace: the `rate` of its flow.',
    },
    step: { ...textOrNull, description: 'Path of the step that waits; null for a queued run.' },
    until: { ...timeOrNull, description: 'When it goes on, or gives up waiting; null where that is not known.' },
    others: { type: 'integer', minimum: 0, description: 'How many other steps of the run wait as well.' },
  },
  required: ['for', 'step', 'until', 'others'],
  additionalProperties: false,
} as const satisfies JsonSchema;

const runMembers = {
  id,
  flowId: { type: 'string' },
  version: { type: 'integer', description: 'The version of the flow that the run stays on; 0 for the test of a draft.' },
  eventId: id,
  status,
  createdAt: time,
  startedAt: timeOrNull,
  finishedAt: timeOrNull,
  resumeAt: { ...timeOrNull, description: 'When a waiting run goes on.' },
  waitsFor: waitSchema,
  passedOver: {
    type: ['integer', 'null'],
    minimum: 0,
    description:
      'Of a run that succeeded: how many failures it went on from. One for each time that a `try` caught, a step went on by `onError: continue`, or an item of a loop was left as failed by `onItemError: continue`; not once more for the steps around it. Attempts that were followed by another one do not count, and within an item only the item does. 0 for any other run; null where the version cannot be read any more, and for the test of a draft in which something failed.',
  },
  rerunOf: { type: ['string', 'null'], format: 'uuid', description: 'The run that this one repeats.' },
  dry: { type: 'boolean', description: 'A rehearsal: components answered without acting.' },
  test: { type: 'boolean', description: 'A test of a draft, or a run that a test called: it counts for nothing but itself.' },
  resolution: {
    enum: ['rerun', 'discarded', 'caller', null],
    description:
      'What became of a failed run; null while it is a dead letter, and for any other run. caller: the run that called it was told, and has to deal with it.',
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

const questionSchema = {
  ...exactly('Question', { title: { type: 'string' }, text: textOrNull }),
  type: ['object', 'null'],
  description:
    'What a person is asked on the page at `resumeUrl`, while the step waits for that, or was when the run, or what the step stands in, ended without an answer; null for any other step.',
} as const;

export const stepSchema = exactly('Step', {
  path: {
    type: 'string',
    description: 'Where in the flow: the id of the step, behind the items of the loops around it: `each[3].notify`.',
  },
  kind: {
    type: 'string',
    description:
      'use, if, switch, set, stop, forEach, repeat, parallel, try, wait, call, respond; item: a finished item of a loop, or round of a repeat; when: skipped by its condition.',
  },
  status: {
    enum: ['succeeded', 'failed', 'skipped', 'retrying', 'waiting', 'running', 'interrupted'],
    description:
      'interrupted: not finished, because the run ended first, or what the step stands in. What only waited has that end as `finishedAt`; what was under way has none, and may have taken effect.',
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
  passedOver: {
    title: 'PassedOver',
    type: ['object', 'null'],
    description: 'What passed over the failure of a step that failed, so that the run went on; null where nothing did.',
    properties: {
      by: {
        enum: ['continue', 'catch', 'item'],
        description: 'continue: `onError` of a step. catch: a `try`. item: `onItemError` of a loop.',
      },
      path: { type: 'string', description: 'Path of the step that passed over it; of a loop, that of the item that failed.' },
      message: { type: 'string', description: 'The same as a sentence.' },
    },
    required: ['by', 'path', 'message'],
    additionalProperties: false,
  },
  given: {
    enum: ['recorded', 'pinned', 'assumed', null],
    description:
      'The step was not done, and where its result comes from instead. recorded: in a re-run, from the run that it repeats, whose times and attempts these are; in a test, from a run of the same event. pinned, assumed: in a test only.',
  },
  startedAt: { ...time, description: 'Of the first attempt.' },
  finishedAt: { ...timeOrNull, description: 'Of the latest attempt.' },
  retryAt: { ...timeOrNull, description: 'When the next attempt is due.' },
  resumeAt: { ...timeOrNull, description: 'When a waiting step goes on, or gives up waiting.' },
  resumeUrl: {
    ...textOrNull,
    description: 'Where a request makes a waiting step go on, in place of whom it waits for; null for what waits for something else.',
  },
  question: questionSchema,
  rateOf: { ...textOrNull, description: 'The credential whose rate a waiting step waits for; its attempt has not begun.' },
});

export const runItemSchema = exactly('RunItem', runMembers);

const runTriggerSchema = {
  ...exactly('RunTrigger', {
    name: { ...textOrNull, description: 'What the event calls itself, such as `orders/paid #1042`; null where it does not.' },
    method: { type: 'string' },
    url: { type: 'string', description: 'Path and query; empty where no request brought it.' },
    origin: { ...textOrNull, description: 'Where it comes from then, as the `kind` of the `origin` of an event.' },
  }),
  type: ['object', 'null'],
  description: 'What started it; null when its event is not kept any more.',
} as const;

export const listedRunSchema = exactly('ListedRun', { ...runMembers, trigger: runTriggerSchema });

export const runPageSchema = exactly('RunPage', { items: { type: 'array', items: listedRunSchema }, next: nextSchema });

const collectedSchema = {
  ...exactly('Collected', {
    count: { type: 'integer', minimum: 1 },
    eventIds: { type: 'array', items: id, description: 'The first hundred, in the order in which they came.' },
  }),
  type: ['object', 'null'],
  description: 'The events that `debounce` or `batch` gathered into this run; null for any other run.',
} as const;

const laneSchema = {
  title: 'Lane',
  type: ['object', 'null'],
  description: 'Where an active run stands in line, by the `concurrency` of its flow; null where nothing holds it back.',
  properties: {
    key: { type: 'string', description: 'Which line; empty for that of the whole flow, and of what has no key. At most 200 characters.' },
    limit: { type: 'integer', minimum: 1, description: 'How many of this line go on at a time.' },
    place: { type: 'integer', minimum: 0, description: '0: it has its turn. 1: it is next.' },
    behind: { type: ['string', 'null'], format: 'uuid', description: 'The run just before it in line, or one that has its turn.' },
  },
  required: ['key', 'limit', 'place', 'behind'],
  additionalProperties: false,
} as const satisfies JsonSchema;

const paceSchema = {
  title: 'Pace',
  type: ['object', 'null'],
  description: 'What a queued run waits for whose flow has a `rate`; null where it does not wait for that.',
  properties: {
    limit: { type: 'integer', minimum: 1, description: 'So many runs begin within `perMs`.' },
    perMs: { type: 'integer', minimum: 1, description: 'Milliseconds.' },
    before: { type: 'integer', minimum: 0, description: 'How many wait that came before it.' },
  },
  required: ['limit', 'perMs', 'before'],
  additionalProperties: false,
} as const satisfies JsonSchema;

export const runSchema = exactly('Run', {
  ...runMembers,
  held: { type: 'boolean', description: 'Whether a pause of its flow holds it; it goes on when the flow does.' },
  lane: laneSchema,
  pace: paceSchema,
  collected: collectedSchema,
  steps: { type: 'array', items: stepSchema, description: 'In order of time; a step not yet begun is missing.' },
});

export const cancelSchema = exactly('Cancelled', {
  cancelled: { type: 'boolean', description: 'False when the run had ended already.' },
});

export type RunItem = Infer<typeof runItemSchema>;
export type ListedRun = Infer<typeof listedRunSchema>;
export type RunTriggerView = NonNullable<ListedRun['trigger']>;
export type RunPage = Infer<typeof runPageSchema>;
export type AttemptView = Infer<typeof attemptSchema>;
export type StepView = Infer<typeof stepSchema>;
export type RunView = Infer<typeof runSchema>;
export type CancelView = Infer<typeof cancelSchema>;
