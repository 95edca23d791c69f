import type { Infer } from '@millrace/component-sdk';
import { AUDIT_ACTIONS } from '../audit/actions.js';
import { nextSchema, pageQuery } from './page.js';
import { exactly, id, storable, textOrNull, time } from './parts.js';
import { defineQuery } from './query.js';

export const auditQuery = defineQuery({
  action: { enum: AUDIT_ACTIONS, description: 'Only what was done in this way.' },
  subject: { ...storable, maxLength: 200, description: 'Only what was done to this: the id of a flow, the name of a credential.' },
  ...pageQuery,
});

const entrySchema = exactly('AuditEntry', {
  id,
  at: time,
  action: { type: 'string', description: 'Stable: flow.published, credential.sealed, …' },
  subject: { ...textOrNull, description: 'What it was done to: what it is, the action says before its dot.' },
  details: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
  sentence: { type: 'string', description: 'All of it for people, without who it was.' },
  via: { enum: ['studio', 'api', 'command-line', 'folder'], description: 'folder: a file of the flows folder changed.' },
  person: { ...textOrNull, description: 'As they call themselves, by the header `x-millrace-as`: everybody has the same token.' },
  address: { ...textOrNull, description: 'Where the request came from; null for a file.' },
});

export const auditPageSchema = exactly('AuditPage', { items: { type: 'array', items: entrySchema }, next: nextSchema });

export type AuditEntryView = Infer<typeof entrySchema>;
export type AuditPage = Infer<typeof auditPageSchema>;
