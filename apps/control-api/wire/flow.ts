import type { Infer } from '@millrace/component-sdk';
import { exactly, textOrNull, timeOrNull } from './parts.js';
import { defineQuery } from './query.js';

export const FLOW_STATES = ['live', 'paused', 'not-enabled', 'archived'] as const;

export const problemSchema = exactly('Problem', {
  code: { type: 'string' },
  severity: { enum: ['error', 'warning'] },
  message: { type: 'string' },
  path: { type: 'string', description: 'JSON pointer into the flow file.' },
  line: { type: 'integer' },
  column: { type: 'integer' },
});

export const triggerSchema = {
  ...exactly('Trigger', {
    type: { enum: ['webhook', 'schedule', 'event', 'call'] },
    url: { ...textOrNull, description: 'Where events are sent to; null unless the trigger is a webhook.' },
    methods: { type: 'array', items: { type: 'string' } },
    credential: { ...textOrNull, description: 'Its name; null for an open URL.' },
    listensTo: {
      ...textOrNull,
      description: 'The name of the events that start it, which may end in `*`; null unless the trigger is event.',
    },
    schedule: { ...textOrNull, description: 'Its cron line or interval; null unless the trigger is schedule.' },
    timezone: { ...textOrNull, description: 'Of the cron line.' },
  }),
  type: ['object', 'null'],
} as const;

const flowMembers = {
  id: { type: 'string' },
  name: textOrNull,
  note: textOrNull,
  version: { type: 'integer', description: 'The live version; 0 while there is none.' },
  enabled: { type: 'boolean', description: 'False when its text or an operator pauses it.' },
  paused: { type: 'boolean', description: 'An operator paused it.' },
  state: {
    enum: FLOW_STATES,
    description: 'not-enabled: no version can run, see problems. paused: events are held or refused. archived: its file is gone.',
  },
  problems: { type: 'array', items: problemSchema, description: 'Why the newest text, or any at all, is not live.' },
  trigger: triggerSchema,
} as const;

export const flowsQuery = defineQuery({
  archived: { type: 'boolean', description: 'Those that are archived, instead of those that are there.' },
});

export const flowItemSchema = exactly('FlowItem', flowMembers);
export const flowListSchema = exactly('FlowList', { items: { type: 'array', items: flowItemSchema } });

export const flowSchema = exactly('Flow', {
  ...flowMembers,
  publishedAt: { ...timeOrNull, description: 'When the live version was.' },
  text: { ...textOrNull, description: 'The exact text of the live version; while there is none, of the file that would be the first.' },
});

export type FlowState = (typeof FLOW_STATES)[number];
export type FlowItem = Infer<typeof flowItemSchema>;
export type FlowList = Infer<typeof flowListSchema>;
export type FlowView = Infer<typeof flowSchema>;
