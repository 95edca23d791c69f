import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { idsFault, quoted } from './ids-fault.js';
import { nextSchema, pageQuery } from './page.js';
import { outdatedSchema } from './operate.js';
import { exactly, id, storable, time, timeOrNull } from './parts.js';
import { defineQuery } from './query.js';
import { OUTCOMES } from './event.js';
import { RUN_STATUSES } from './run.js';

export const OPERATION_KINDS = ['replay', 'rerun', 'retry', 'discard', 'cancel'] as const;

const kind = {
  enum: OPERATION_KINDS,
  description: [
    '`replay` events, `rerun` ended runs, `retry` dead letters from where they failed, `discard` dead letters, `cancel` active runs.',
  ].join(' '),
} as const;

const DEFAULT_RATE = 20;
const MAX_RATE = 1000;

/** Items a second, where an order does not say. */
export const ratePerSecond = DEFAULT_RATE;

export const orderBody = defineBody({
  title: 'OperationOrder',
  type: 'object',
  properties: {
    kind,
    ids: { type: 'array', items: id, minItems: 1, maxItems: 1000, description: 'Exactly these; an order has these or filters.' },
    flow: { ...storable, description: 'Only of this flow.' },
    status: { enum: RUN_STATUSES, description: 'rerun and cancel: only runs in this state.' },
    outcome: { enum: OUTCOMES, description: 'replay: only events with this outcome, as in the list of events.' },
    code: { ...storable, description: 'retry and discard: only runs that failed with this code.' },
    step: { ...storable, description: 'retry and discard: only runs that failed at this step, as in the list of dead letters.' },
    since: { type: 'string', format: 'date-time', description: 'Only what came at this moment or later.' },
    until: { type: 'string', format: 'date-time', description: 'Only what came before this moment.' },
    q: { ...storable, maxLength: 200, description: 'Only events with this text, and runs of them.' },
    version: { enum: ['same', 'live'], description: 'rerun and retry: of the flow; default the one that each run was on.' },
    from: { enum: ['start', 'failed'], description: 'rerun: default `failed` for failed runs, else `start`.' },
    reason: {
      ...storable,
      minLength: 1,
      maxLength: 500,
      description: 'discard: why; kept beside each run. Required there to begin, not to count.',
    },
    perSecond: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: MAX_RATE,
      description: `How many a second, over all processes; default ${DEFAULT_RATE}.`,
    },
    confirm: {
      type: 'integer',
      minimum: 0,
      description: 'How many it may be about: the `count` of an answer without it. Without it nothing is done.',
    },
    key: { ...storable, minLength: 1, maxLength: 200, description: 'An order that is sent again with the same key is the same order.' },
  },
  required: ['kind'],
  additionalProperties: false,
} as const);

const count = { type: 'integer', minimum: 0 } as const;

const members = {
  id,
  kind,
  state: { enum: ['running', 'done', 'cancelled'] },
  perSecond: { type: 'number' },
  total: { ...count, description: 'How many it is about: decided when it was ordered.' },
  done: { ...count, description: 'To how many it was done. Whether a run that it started succeeded is another matter: see `ended`.' },
  failed: { ...count, description: 'To how many it could not be done; `problems` says why.' },
  createdAt: time,
  finishedAt: timeOrNull,
} as const;

const endedSchema = exactly('EndedRuns', {
  succeeded: count,
  failed: count,
  cancelled: count,
  filtered: { ...count, description: 'The `when` of their trigger did not hold.' },
  active: { ...count, description: 'They have not ended yet.' },
});

export const operationSchema = exactly('BulkOperation', {
  ...members,
  ended: {
    oneOf: [endedSchema, { type: 'null' }],
    description: 'How the runs that it started have ended so far, as far as they are kept. Null where it starts none: discard and cancel.',
  },
  problems: {
    type: 'array',
    items: exactly('OperationProblem', { id, message: { type: 'string' } }),
    description: 'The first fifty.',
  },
});

const operationItemSchema = exactly('BulkOperationItem', members);

export const operationPageSchema = exactly('BulkOperationPage', { items: { type: 'array', items: operationItemSchema }, next: nextSchema });

export const orderedSchema = exactly('Ordered', {
  count: { ...count, description: 'How many it is about.' },
  outdated: outdatedSchema,
  operation: { oneOf: [operationSchema, { type: 'null' }], description: 'Null without `confirm`: nothing is done then.' },
});

type OrderValues = Infer<typeof orderBody.schema>;
type Member = keyof OrderValues;

const OF_RUNS = ['flow', 'since', 'until', 'q'] as const;

/** What chooses, and what says how, for each kind; the rest of an order is for all of them. */
const TAKEN: Readonly<Record<OrderValues['kind'], readonly Member[]>> = {
  replay: [...OF_RUNS, 'outcome'],
  rerun: [...OF_RUNS, 'status', 'version', 'from'],
  retry: [...OF_RUNS, 'code', 'step', 'version'],
  discard: [...OF_RUNS, 'code', 'step', 'reason'],
  cancel: [...OF_RUNS, 'status'],
};

const FILTERS: readonly Member[] = [...OF_RUNS, 'outcome', 'status', 'code', 'step'];
const ALWAYS: readonly Member[] = ['kind', 'ids', 'perSecond', 'confirm', 'key'];

/** What is wrong with the members of an order together; a filter that was passed over would do it to more than was meant. */
export function orderFault(order: OrderValues): string | undefined {
  const given = (Object.keys(order) as Member[]).filter((name) => order[name] !== undefined);
  const taken = TAKEN[order.kind];
  const unused = given.filter((name) => !taken.includes(name) && !ALWAYS.includes(name));
  if (unused.length > 0)
    return `A ${order.kind} takes no ${quoted(unused, ' and no ')}; it takes ${quoted([...taken, ...ALWAYS.slice(1)])}.`;
  return idsFault(order.ids, Object.fromEntries(FILTERS.map((name) => [name, order[name]])));
}

export const operationsQuery = defineQuery(pageQuery);

export type OperationItemView = Infer<typeof operationItemSchema>;
export type OperationView = Infer<typeof operationSchema>;
export type OperationPage = Infer<typeof operationPageSchema>;
export type OrderedView = Infer<typeof orderedSchema>;
