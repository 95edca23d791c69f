import type { Infer } from '@millrace/component-sdk';
import { nextSchema, searchQuery } from './page.js';
import { exactly, headers, id, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';

export const refusalsQuery = defineQuery({ flow: { type: 'string', description: 'Only refusals at this flow.' }, ...searchQuery });

export const refusalSchema = exactly('Refusal', {
  id,
  flowId: { type: 'string', description: 'As the caller wrote it: a flow of that name need not exist.' },
  at: time,
  status: { type: 'integer', description: 'What the caller was answered.' },
  code: { type: 'string', description: 'Stable: credential.mismatch, body.malformed, …' },
  reason: { type: 'string', description: 'For the owner; the caller may have been told less.' },
  method: { type: 'string' },
  url: { type: 'string' },
  headers,
  caller: textOrNull,
});

export const refusalPageSchema = exactly('RefusalPage', { items: { type: 'array', items: refusalSchema }, next: nextSchema });

export type RefusalView = Infer<typeof refusalSchema>;
export type RefusalPage = Infer<typeof refusalPageSchema>;
