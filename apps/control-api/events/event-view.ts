import { BodyRefusal, eventBytes, readContent, type Content, type EventRecord } from '@millrace/engine';
import type { EventSummary, RunSummary } from '@millrace/postgres';
import { runItem } from '../runs/run-view.js';
import type { BodyView, EventItem, EventView } from '../wire/event.js';

/** Bodies above this many bytes are fetched, not shown. */
const LARGE = 256 * 1024;

export function eventItem(event: EventSummary): EventItem {
  return {
    id: event.id,
    flowId: event.flowId,
    receivedAt: new Date(event.receivedAt).toISOString(),
    method: event.method,
    url: event.url,
    contentType: event.headers['content-type'] ?? null,
    size: event.size,
    caller: event.caller ?? null,
    unmatched: event.unmatched ?? null,
    unmatchedBy: event.unmatchedBy ? { ...event.unmatchedBy } : null,
    verified: event.verified ? { secret: null, old: false, ...event.verified } : null,
  };
}

export async function eventView(event: EventRecord, runs: readonly RunSummary[]): Promise<EventView> {
  const bytes = await readableBytes(event);
  const contentType = event.headers['content-type'];
  return {
    ...eventItem({ ...event, size: event.body.length }),
    headers: { ...event.headers },
    body: bodyView(bytes, contentType),
    files: [...(contentOf(bytes, contentType)?.files ?? [])],
    runs: runs.map(runItem),
  };
}

/** Without its coding; as it was sent where that cannot be undone. */
async function readableBytes(event: EventRecord): Promise<Uint8Array> {
  return eventBytes(event).catch((error: unknown) => {
    if (error instanceof BodyRefusal) return event.body;
    throw error;
  });
}

/** A body as a person can read it. Never fails: what cannot be parsed is shown as text, what is not text as Base64. */
export function bodyView(bytes: Uint8Array, contentType: string | undefined): BodyView {
  if (bytes.length === 0) return { kind: 'empty', value: null };
  if (bytes.length > LARGE) return { kind: 'large', value: null };
  const content = contentOf(bytes, contentType);
  // A body that is one file has no value of its own.
  if (!content || (content.body === null && content.files.length > 0)) return textView(bytes);
  return { kind: typeof content.body === 'string' ? 'text' : 'parsed', value: content.body };
}

function contentOf(bytes: Uint8Array, contentType: string | undefined): Content | undefined {
  try {
    return readContent(bytes, contentType);
  } catch (error) {
    if (error instanceof BodyRefusal) return undefined;
    throw error;
  }
}

function textView(bytes: Uint8Array): BodyView {
  try {
    return { kind: 'text', value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'base64', value: Buffer.from(bytes).toString('base64') };
  }
}
