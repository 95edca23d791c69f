import type { AuditEntryView, AuditPage } from '../../control-api/index.js';
import { printable } from './text.js';
import { localTime } from './time.js';

/** A line per change, newest first: when, what, and who it was as far as it is known. */
export function auditList({ items }: AuditPage): string {
  return items.map((entry) => `${localTime(entry.at)}  ${printable(entry.sentence)}  (${who(entry)})`).join('\n');
}

function who({ person, via, address }: AuditEntryView): string {
  if (via === 'folder') return 'a file of the flows folder';
  return [person, via, address].flatMap((part) => (part === null ? [] : [printable(part)])).join(', ');
}
