import type { Infer } from '@millrace/component-sdk';
import { exactly, time } from './parts.js';

export const flowVersionSchema = exactly('FlowVersion', {
  flowId: { type: 'string' },
  version: { type: 'integer' },
  publishedAt: time,
  text: { type: 'string', description: 'Its exact text.' },
});

export type FlowVersionView = Infer<typeof flowVersionSchema>;
