import type { EventPage, EventView } from '../../control-api/index.js';
import { runTable } from './run.js';
import { abbreviate, printable, shorten, table } from './text.js';
import { byteSize, localTime } from './time.js';

const BODY_WIDTH = 2_000;

/** One line per event, newest first. */
export function eventTable({ items }: EventPage): string {
  const rows = items.map(({ id, flowId, receivedAt, contentType, size, unmatched }) => [
    localTime(receivedAt),
    id,
    flowId,
    shorten(contentType ?? '', 40),
    byteSize(size),
    unmatched === null ? '' : `no run: ${shorten(printable(unmatched), 60)} did not hold`,
  ]);
  return table(['RECEIVED', 'EVENT', 'FLOW', 'TYPE', 'SIZE', 'NOTE'], rows);
}

/** One event: its request and what became of it. */
export function eventDetails(event: EventView, now: number): string {
  const headers = Object.entries(event.headers).map(([name, value]) => `  ${printable(name)}: ${printable(value)}`);
  return [
    `event ${event.id}, received ${localTime(event.receivedAt)}${event.caller === null ? '' : ` from ${event.caller}`}`,
    ...verifiedLine(event),
    '',
    `  ${event.method} ${printable(event.url)}`,
    ...headers,
    '',
    bodyText(event),
    '',
    event.runs.length > 0 ? runTable({ items: event.runs, next: null }, now) : noRun(event),
  ].join('\n');
}

/** An older secret is worth a word: its sender should be given the current one. */
function verifiedLine({ verified }: EventView): string[] {
  if (verified === null) return [];
  const secret = verified.secret === null ? '' : ` (${verified.secret}${verified.old ? ', an older secret' : ''})`;
  return [`verified by ${verified.credential}${secret}`];
}

function bodyText({ id, size, body }: EventView): string {
  if (body.kind === 'empty') return '  (no body)';
  if (body.kind === 'large') return `  (${byteSize(size)}: GET /api/v1/events/${id}/body has the exact bytes)`;
  const text = typeof body.value === 'string' ? shorten(printable(body.value), BODY_WIDTH) : abbreviate(body.value, BODY_WIDTH);
  return `  ${text ?? 'null'}`;
}

function noRun({ unmatched, unmatchedBy }: EventView): string {
  const clauses = Object.entries(unmatchedBy ?? {}).map(([flow, clause]) => `${flow}: ${printable(clause)} did not hold.`);
  if (clauses.length > 0) return `It started no run.\n${clauses.join('\n')}`;
  return unmatched === null ? 'It has no run.' : `It started no run: ${printable(unmatched)} did not hold.`;
}
