import type { RefusalPage } from '../../control-api/index.js';
import { printable } from './text.js';
import { localTime } from './time.js';

/** Two lines per refusal, newest first: what came and what it was answered, then why. */
export function refusalList({ items }: RefusalPage): string {
  return items
    .map(({ at, status, code, method, url, caller, reason }) => {
      const request = `${printable(method)} ${printable(url)}${caller === null ? '' : ` from ${printable(caller)}`}`;
      return `${localTime(at)}  ${status} ${code}  ${request}\n    ${printable(reason)}`;
    })
    .join('\n');
}
