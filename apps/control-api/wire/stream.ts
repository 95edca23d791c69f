import type { Infer } from '@millrace/component-sdk';
import { exactly } from './parts.js';
import { defineQuery } from './query.js';

export const streamQuery = defineQuery({
  after: { type: 'string', maxLength: 100, description: 'The id of the last message seen; for clients that cannot set `Last-Event-ID`.' },
});

const members = { id: { type: 'string' }, flowId: { type: 'string' } } as const;

/** The data of a message `changes`: what to look at again, not what it looks like now. */
export const changesSchema = exactly('Changes', {
  runs: {
    type: 'array',
    items: exactly('ChangedRun', {
      ...members,
      status: { type: 'string' },
      progress: { type: 'boolean', description: 'Only its steps have changed: what lists show of it is as it was.' },
    }),
  },
  events: { type: 'array', items: exactly('NewEvent', members) },
  refusals: { type: 'array', items: exactly('NewRefusal', members) },
  flows: { type: 'boolean', description: 'Whether any flow has changed.' },
});

export type Changes = Infer<typeof changesSchema>;
