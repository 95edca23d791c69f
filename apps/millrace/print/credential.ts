import type { CredentialItem, CredentialList } from '../../control-api/index.js';
import { printable, table } from './text.js';
import { localTime } from './time.js';

/** One line per credential. */
export function credentialTable({ items }: CredentialList): string {
  return table(
    ['NAME', 'TYPE', 'FROM', 'STATE', 'USED BY', 'LAST SUCCESS', 'LAST FAILURE'],
    items.map((item) => [
      item.name,
      item.type,
      sourceOf(item),
      stateOf(item),
      item.usedBy.join(', ') || '-',
      when(item.lastSuccessAt),
      when(item.lastFailureAt),
    ]),
  );
}

/** Everything that may be known of one. */
export function credentialDetails(item: CredentialItem): string {
  const { name, definition, usedBy, updatedAt, lastSuccessAt, lastFailureAt, lastFailure } = item;
  const lines = [
    `${printable(name)}  ${item.type}, ${sourceOf(item)}, ${stateOf(item)}`,
    `    ${printable(JSON.stringify(definition))}`,
    `used by       ${usedBy.join(', ') || 'no flow'}`,
    `last success  ${when(lastSuccessAt)}`,
    `last failure  ${when(lastFailureAt)}${lastFailure ? `  ${lastFailure.code}: ${printable(lastFailure.reason)}` : ''}`,
  ];
  return [...lines, ...(updatedAt === null ? [] : [`sealed        ${localTime(updatedAt)}`])].join('\n');
}

function sourceOf({ source, shadowsFile }: CredentialItem): string {
  return shadowsFile ? 'sealed, before the file' : source;
}

function stateOf({ usable, missing, problem }: CredentialItem): string {
  if (usable) return 'usable';
  return missing === null ? `broken: ${problem ?? 'unknown'}` : `waits for ${missing}`;
}

function when(time: string | null): string {
  return time === null ? '-' : localTime(time);
}
