import type { Infer } from '@millrace/component-sdk';
import { exactly, time } from './parts.js';

const count = { type: 'integer', minimum: 0 } as const;

export const statusSchema = exactly('Status', {
  version: { type: 'string', description: 'Of Millrace.' },
  startedAt: { ...time, description: 'When this process was.' },
  uptimeSeconds: count,
  publicUrl: { type: 'string' },
  flows: exactly('FlowCounts', { live: count, paused: count, 'not-enabled': count }),
  runs: {
    ...exactly('ActiveRunCounts', { queued: count, running: count, waiting: count, held: count }),
    description: 'Active runs. held: of paused flows.',
  },
  heldBack: {
    ...exactly('HeldBackCounts', { lanes: count, rates: count }),
    description: 'Of the queued runs, those that wait for others of their lane, and those that wait for the rate of their flow.',
  },
  openCollections: { ...count, description: 'Collections of events (debounce, batch) whose run has not begun.' },
});

export const liveSchema = exactly('Live', { status: { const: 'live' } });
export const readySchema = exactly('Ready', { status: { const: 'ready' } });

export type StatusView = Infer<typeof statusSchema>;
