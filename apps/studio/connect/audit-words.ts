import type { AuditEntryView } from '../api/wire.js';

/** By what stands before the dot of an action: where what it was done to can be seen. */
const PLACES: Readonly<Record<string, (subject: string) => string>> = {
  flow: (id) => `/flows/${id}`,
  draft: (id) => `/flows/${id}`,
  pin: (id) => `/flows/${id}`,
  event: (id) => `/events/${id}`,
  run: (id) => `/runs/${id}`,
  operation: (id) => `/runs?operation=${id}`,
  credential: (name) => `/credentials/${encodeURIComponent(name)}`,
  endpoint: (name) => `/endpoints/${name}/details`,
};

/** Undefined where there is nothing to see, or not any more. */
export function subjectHref({ action, subject }: Pick<AuditEntryView, 'action' | 'subject'>): string | undefined {
  const [kind = '', deed] = action.split('.');
  return subject === null || (deed === 'removed' && kind !== 'pin') ? undefined : PLACES[kind]?.(subject);
}

const WAYS: Readonly<Record<AuditEntryView['via'], string>> = {
  studio: 'in the studio',
  api: 'by the API',
  'command-line': 'on the command line',
  folder: 'A file of the flows folder',
};

/** `Ada, in the studio` */
export function whoWords({ person, via }: Pick<AuditEntryView, 'person' | 'via'>): string {
  if (via === 'folder') return WAYS.folder;
  return person === null ? `Somebody ${WAYS[via]}` : `${person}, ${WAYS[via]}`;
}
