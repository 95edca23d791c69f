import { BodyRefusal, parseBody, type EventRecord, type Origin } from '@millrace/engine';
import type { EventSummary, RunSummary } from '@millrace/postgres';
import { runItem } from '../runs/run-view.js';
import type { BodyView, EventItem, EventView } from '../wire/event.js';

/** Bodies above this many bytes are fetched, not shown. */
const LARGE = 256 * 1024;

export function eventItem(event: EventSummary): EventItem {
  return {
    id: event.id,
    flowId: event.flowId,
    origin: originView(event.origin),
    receivedAt: new Date(event.receivedAt).toISOString(),
    method: event.method,
    url: event.url,
    contentType: event.headers['content-type'] ?? null,
    size: event.size,
    caller: event.caller ?? null,
    unmatched: event.unmatched ?? null,
  };
}

function originView(origin: Origin | undefined): EventItem['origin'] {
  if (!origin) return null;
  if (origin.kind === 'schedule') return { kind: origin.kind, at: new Date(origin.at).toISOString() };
  if (origin.kind === 'api') return { kind: origin.kind, ...(origin.event !== undefined && { name: origin.event }) };
  return { ...origin };
}

export function eventView(event: EventRecord, runs: readonly RunSummary[]): EventView {
  const body = bodyView(event.body, event.headers['content-type']);
  return { ...eventItem({ ...event, size: event.body.length }), headers: { ...event.headers }, body, runs: runs.map(runItem) };
}

/** A body as a person can read it. Never fails: what cannot be parsed is shown as text, what is not text as Base64. */
export function bodyView(bytes: Uint8Array, contentType: string | undefined): BodyView {
  if (bytes.length === 0) return { kind: 'empty', value: null };
  if (bytes.length > LARGE) return { kind: 'large', value: null };
  try {
    const value = parseBody(bytes, contentType);
    return { kind: typeof value === 'string' ? 'text' : 'parsed', value };
  } catch (error) {
    if (!(error instanceof BodyRefusal)) throw error;
    return textView(bytes);
  }
}

function textView(bytes: Uint8Array): BodyView {
  try {
    return { kind: 'text', value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'base64', value: Buffer.from(bytes).toString('base64') };
  }
}
