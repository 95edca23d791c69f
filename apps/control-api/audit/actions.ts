import type { AuditEntry } from '@millrace/postgres';

type Details = AuditEntry['details'];
type Sentence = (subject: string, details: Details) => string;

const some = (details: Details, kind: string): string => `${details['count']} ${kind}${details['count'] === 1 ? '' : 's'}`;

/** Everything that the audit log keeps, and how it is said to people. The names are stable; what is before the dot says what the subject is. */
const SENTENCES = {
  'flow.published': (flow, details) => `Published ${flow} as version ${details['version']}`,
  'flow.rolled-back': (flow, details) => `Rolled ${flow} back, which made version ${details['version']}`,
  'flow.archived': (flow) => `Archived ${flow}`,
  'flow.paused': (flow) => `Paused ${flow}`,
  'flow.resumed': (flow) => `Resumed ${flow}`,
  'flow.tested': (flow, details) => `Tested ${details['step'] === undefined ? '' : `${details['step']} of `}${flow}`,
  'draft.discarded': (flow) => `Discarded the draft of ${flow}`,
  'pin.kept': (flow, details) => `Pinned the output of ${details['step']} for tests of ${flow}`,
  'pin.removed': (flow, details) => `Unpinned the output of ${details['step']} of ${flow}`,
  'event.replayed': (event) => `Replayed the event ${event}`,
  'events.replayed': (_, details) => `Replayed ${some(details, 'event')}`,
  'run.cancelled': (run) => `Cancelled the run ${run}`,
  'runs.cancelled': (_, details) => `Cancelled ${some(details, 'run')}`,
  'run.repeated': (run) => `Ran ${run} again`,
  'dead-letters.retried': (_, details) => `Retried ${some(details, 'failed run')}`,
  'dead-letters.discarded': (_, details) => `Discarded ${some(details, 'failed run')}`,
  'operation.begun': (_, details) => `Began to ${details['kind']} ${details['count']}`,
  'operation.cancelled': (operation) => `Cancelled the operation ${operation}`,
  'credential.sealed': (name) => `Sealed the credential ${name}`,
  'credential.secret-added': (name) => `Gave the credential ${name} another secret`,
  'credential.removed': (name) => `Removed the credential ${name}`,
  'endpoint.kept': (name) => `Changed the endpoint ${name}`,
  'endpoint.secret-added': (name) => `Gave the endpoint ${name} another secret`,
  'endpoint.removed': (name) => `Removed the endpoint ${name}`,
  'key.rotated': (key) => `Replaced the key that seals credentials by ${key}`,
  'session.begun': () => 'Signed in',
  'session.ended': () => 'Signed out',
} as const satisfies Readonly<Record<string, Sentence>>;

export type AuditAction = keyof typeof SENTENCES;

export const AUDIT_ACTIONS = Object.keys(SENTENCES) as readonly AuditAction[];

/** What was done, as a sentence without its end. */
export function auditSentence({ action, subject, details }: Pick<AuditEntry, 'action' | 'subject' | 'details'>): string {
  const sentences: Readonly<Record<string, Sentence>> = SENTENCES;
  return sentences[action]?.(subject ?? '', details) ?? action;
}
