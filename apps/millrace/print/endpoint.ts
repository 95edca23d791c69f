import type { EndpointItem, EndpointList } from '../../control-api/index.js';
import { printable, table } from './text.js';
import { localTime } from './time.js';

/** One line per endpoint. */
export function endpointTable({ items }: EndpointList): string {
  return table(
    ['NAME', 'FROM', 'STATE', 'CREDENTIAL', 'LISTENING', 'URL'],
    items.map((item) => [item.name, sourceOf(item), stateOf(item), item.credential ?? 'open', item.listeners.join(', ') || '-', item.url]),
  );
}

/** Everything that may be known of one. */
export function endpointDetails(item: EndpointItem): string {
  const { name, title, url, methods, credential, ownsCredential, listeners, definition, problems, updatedAt } = item;
  const own = ownsCredential ? ', made for it' : '';
  return [
    `${printable(name)}  ${sourceOf(item)}, ${stateOf(item)}${title === null ? '' : `  ${printable(title)}`}`,
    `    ${printable(JSON.stringify(definition))}`,
    `url           ${url}  ${methods.join(' ')}`,
    `credential    ${credential === null ? 'none: anybody may send' : `${printable(credential)}${own}`}`,
    `listening     ${listeners.join(', ') || 'no flow: what comes is kept'}`,
    ...(updatedAt === null ? [] : [`changed       ${localTime(updatedAt)}`]),
    ...problems.map(({ path, message }) => `problem       ${printable(path)} ${printable(message)}`),
  ].join('\n');
}

function sourceOf({ source, shadowsFile }: EndpointItem): string {
  return shadowsFile ? 'made, before the file' : source;
}

function stateOf({ takesRequests, problems }: EndpointItem): string {
  if (!takesRequests) return 'closed';
  return problems.length > 0 ? 'receiving by its last sound form' : 'receiving';
}
