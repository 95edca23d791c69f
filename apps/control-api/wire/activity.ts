import type { Infer } from '@millrace/component-sdk';
import { exactly, id, time } from './parts.js';
import { defineQuery } from './query.js';
import { errorSchema, RUN_STATUSES } from './run.js';

export const activityQuery = defineQuery({
  hours: { type: 'integer', minimum: 1, maximum: 168, description: 'How far back, in hours; default 24.' },
});

const count = { type: 'integer', minimum: 0 } as const;
const msOrNull = { type: ['number', 'null'], description: 'Milliseconds from begin to end of the runs that succeeded.' } as const;

/** Objects that may be missing: `exactly` and null. */
function orNull<const S extends object>(schema: S) {
  return { ...schema, type: ['object', 'null'] } as const;
}

const flowActivitySchema = exactly('FlowActivity', {
  flowId: { type: 'string' },
  hours: {
    type: 'array',
    items: exactly('Hour', { runs: count, failed: count }),
    description: 'Runs that have ended, by the hour in which their event came; the oldest first.',
  },
  runs: count,
  failed: count,
  refused: { ...count, description: 'Requests that were turned away.' },
  p50Ms: msOrNull,
  p95Ms: msOrNull,
  lastRun: orNull(exactly('LastRun', { id, status: { enum: RUN_STATUSES }, at: time })),
  lastFailure: orNull(exactly('LastFailure', { id, at: time, error: errorSchema })),
  failing: orNull(exactly('Failing', { runs: { ...count, description: 'Failed runs since the last one that succeeded.' }, since: time })),
});

const sampleSchema = exactly('HealthSample', {
  at: time,
  queued: { ...count, description: 'Runs that wait for a runner, or are held.' },
  oldestMs: { type: ['number', 'null'], description: 'For how long the oldest of them that is due had waited; null when none did.' },
  p95Ms: { type: ['number', 'null'], description: 'From acceptance to end, of what succeeded in the ten minutes before.' },
  retries: count,
  databaseBytes: count,
});

export const activitySchema = exactly('Activity', {
  from: { ...time, description: 'When the first hour begins.' },
  flows: { type: 'array', items: flowActivitySchema, description: 'Flows that did anything.' },
  delivery: {
    ...exactly('Delivery', { p50Ms: msOrNull, p95Ms: msOrNull }),
    description: 'From the acceptance of an event to the end of its run, over all runs that succeeded.',
  },
  retries: { ...count, description: 'Runs that wait for another attempt of a step.' },
  questions: { ...count, description: 'Questions that wait for the answer of a person.' },
  storage: exactly('Storage', {
    freeBytes: { type: ['integer', 'null'], description: 'Left on the disk of MILLRACE_HOME; null where that cannot be told.' },
    databaseBytes: { ...count, description: 'What the database takes, wherever it is.' },
  }),
  samples: {
    type: 'array',
    items: sampleSchema,
    description: 'How the queue and what waits looked every ten minutes in which a runner was up; the oldest first.',
  },
  oldestQueued: orNull(exactly('OldestQueued', { id, flowId: { type: 'string' }, at: time })),
});

export type FlowActivityView = Infer<typeof flowActivitySchema>;
export type ActivityView = Infer<typeof activitySchema>;
