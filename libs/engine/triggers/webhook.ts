import type { EventFile } from '@millrace/component-sdk';
import type { EventRecord, Origin, TriggerView } from '../records.js';
import { collect } from './bodies/form.js';
import { MAX_DEPTH, MAX_MADE_DEPTH } from './bodies/refusal.js';
import { readContent, type Content } from './body.js';
import { codingOf, decodeBody } from './coding.js';

/** No stored body decodes to more: the largest `limit` that a trigger may have. */
const MAX_DECODED_BYTES = 100 * 1024 * 1024;

/** What expressions see as `trigger`, from what is stored. Rejects with a BodyRefusal where the front door would have refused. */
export async function parseTrigger(event: EventRecord): Promise<TriggerView> {
  const maxDepth = event.origin === undefined ? MAX_DEPTH : MAX_MADE_DEPTH;
  return triggerOf(event, readContent(await eventBytes(event), event.headers['content-type'], maxDepth));
}

/** The same from a body that is parsed already. */
export function triggerOf(event: Omit<EventRecord, 'body'>, { body, files }: Content): TriggerView {
  const query = event.url.indexOf('?');
  return {
    body,
    files,
    headers: event.headers,
    query: query < 0 ? {} : collect(new URLSearchParams(event.url.slice(query + 1))),
    method: event.method,
    id: event.id,
    receivedAt: new Date(event.receivedAt).toISOString(),
    ...eventName(event.origin),
  };
}

/** The bytes of one of `trigger.files`, or undefined when the event has none there. */
export async function fileBytes(event: EventRecord, { offset, size }: EventFile): Promise<Uint8Array | undefined> {
  const body = await eventBytes(event);
  const within = Number.isSafeInteger(offset) && Number.isSafeInteger(size) && offset >= 0 && size >= 0 && offset + size <= body.length;
  return within ? body.subarray(offset, offset + size) : undefined;
}

/** The body without its coding, which the trigger that let the event in allowed. Rejects with a BodyRefusal. */
export function eventBytes({ body, headers }: EventRecord): Promise<Uint8Array> {
  return decodeBody(body, codingOf(headers['content-encoding']), MAX_DECODED_BYTES);
}

function eventName(origin: Origin | undefined): Pick<TriggerView, 'event'> {
  if (origin?.kind === 'event') return { event: origin.name };
  return origin?.kind === 'api' && origin.event !== undefined ? { event: origin.event } : {};
}
