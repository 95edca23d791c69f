import type { EventRecord, Origin, TriggerView } from '../records.js';
import { collect, parseBody } from './body.js';

/** What expressions see as `trigger`, from what is stored. Throws a BodyRefusal where the front door would have. */
export function parseTrigger(event: EventRecord): TriggerView {
  return triggerOf(event, parseBody(event.body, event.headers['content-type']));
}

/** The same from a body that is parsed already. */
export function triggerOf(event: Omit<EventRecord, 'body'>, body: unknown): TriggerView {
  const query = event.url.indexOf('?');
  return {
    body,
    headers: event.headers,
    query: query < 0 ? {} : collect(new URLSearchParams(event.url.slice(query + 1))),
    method: event.method,
    id: event.id,
    receivedAt: new Date(event.receivedAt).toISOString(),
    ...eventName(event.origin),
  };
}

function eventName(origin: Origin | undefined): Pick<TriggerView, 'event'> {
  if (origin?.kind === 'event') return { event: origin.name };
  return origin?.kind === 'api' && origin.event !== undefined ? { event: origin.event } : {};
}
