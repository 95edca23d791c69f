import type { EventPage, EventView } from '../../control-api/index.js';
import { runTable } from './run.js';
import { abbreviate, printable, shorten, table } from './text.js';
import { byteSize, localTime } from './time.js';

const BODY_WIDTH = 2_000;

/** One line per event, newest first. */
export function eventTable({ items }: EventPage): string {
  const rows = items.map(({ id, flowId, receivedAt, contentType, size, unmatched, origin }) => [
    localTime(receivedAt),
    id,
    flowId,
    origin ? originText(origin) : shorten(contentType ?? '', 40),
    byteSize(size),
    unmatched === null ? '' : `no run: ${shorten(printable(unmatched), 60)} did not hold`,
  ]);
  return table(['RECEIVED', 'EVENT', 'FLOW', 'FROM', 'SIZE', 'NOTE'], rows);
}

/** One event: its request and what became of it. */
export function eventDetails(event: EventView, now: number): string {
  const headers = Object.entries(event.headers).map(([name, value]) => `  ${printable(name)}: ${printable(value)}`);
  return [
    `event ${event.id}, received ${localTime(event.receivedAt)}${event.caller === null ? '' : ` from ${event.caller}`}`,
    ...verifiedLine(event),
    '',
    ...(event.origin ? [`  from ${originText(event.origin)}`] : [`  ${event.method} ${printable(event.url)}`, ...headers]),
    '',
    bodyText(event),
    '',
    event.runs.length > 0 ? runTable({ items: event.runs }, now) : noRun(event),
    ...event.collectedBy.map(collectedText),
  ].join('\n');
}

/** An older secret is worth a word: its sender should be given the current one. */
function verifiedLine({ verified }: EventView): string[] {
  if (verified === null) return [];
  const secret = verified.secret === null ? '' : ` (${verified.secret}${verified.old ? ', an older secret' : ''})`;
  return [`verified by ${verified.credential}${secret}`];
}

type Origin = NonNullable<EventView['origin']>;

/** What started it instead of a request, in a few words. */
function originText({ kind, at, name, runId, path, eventId, count }: Origin): string {
  if (kind === 'schedule') return `schedule, for ${at === undefined ? '' : localTime(at)}`;
  if (kind === 'event') return `event ${printable(name ?? '')}${runId === undefined ? '' : ` of run ${runId}`}`;
  if (kind === 'call') return `call of run ${runId ?? ''}, step ${printable(path ?? '')}`;
  if (kind === 'api') return 'by hand';
  if (kind === 'batch') return `a batch of ${count ?? 0} events`;
  return `${kind} of ${runId ?? eventId ?? ''}`;
}

function bodyText({ id, size, body }: EventView): string {
  if (body.kind === 'empty') return '  (no body)';
  if (body.kind === 'large') return `  (${byteSize(size)}: GET /api/v1/events/${id}/body has the exact bytes)`;
  const text = typeof body.value === 'string' ? shorten(printable(body.value), BODY_WIDTH) : abbreviate(body.value, BODY_WIDTH);
  return `  ${text ?? 'null'}`;
}

/** A run that it has together with others, or will have. */
function collectedText({ flowId, runId, dueAt }: EventView['collectedBy'][number]): string {
  if (runId !== null) return `Taken for ${flowId}, together with others, by run ${runId}.`;
  return `Collected for ${flowId}${dueAt === null ? '' : `, due at ${localTime(dueAt)}`}.`;
}

function noRun({ unmatched, unmatchedBy, collectedBy }: EventView): string {
  const clauses = Object.entries(unmatchedBy ?? {}).map(([flow, clause]) => `${flow}: ${printable(clause)} did not hold.`);
  if (clauses.length > 0) return `It started no run.\n${clauses.join('\n')}`;
  if (collectedBy.length > 0) return 'It has no run of its own.';
  return unmatched === null ? 'It has no run.' : `It started no run: ${printable(unmatched)} did not hold.`;
}
