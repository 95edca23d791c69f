import type { Json } from '@millrace/component-sdk';
import {
  BodyRefusal,
  codingOf,
  eventBytes,
  mediaType,
  parseBody,
  readContent,
  type Content,
  type EventRecord,
  type Origin,
} from '@millrace/engine';
import type { BegunEvent, CollectedBy, EventSummary } from '@millrace/postgres';
import { JsonText } from '../values/json-text.js';
import type { BodyView, EventItem, EventView } from '../wire/event.js';
import type { RunItem } from '../wire/run.js';
import { eventName } from './event-name.js';

/** Bodies above this many bytes are looked at piece by piece. */
export const LARGE = 64 * 1024;

export function eventItem(event: EventSummary): EventItem {
  return { ...eventMembers(event), runs: event.runs.map((run) => ({ ...run })) };
}

function eventMembers(event: Omit<EventSummary, 'runs'>): Omit<EventItem, 'runs'> {
  return {
    id: event.id,
    flowId: event.flowId,
    origin: originView(event.origin),
    name: eventName(event) ?? null,
    receivedAt: new Date(event.receivedAt).toISOString(),
    method: event.method,
    url: event.url,
    contentType: event.headers['content-type'] ?? null,
    size: event.size,
    caller: event.caller ?? null,
    unmatched: event.unmatched ?? null,
    unmatchedBy: event.unmatchedBy ? { ...event.unmatchedBy } : null,
    draft: event.draft === true,
    verified: event.verified ? { secret: null, old: false, ...event.verified } : null,
  };
}

/** Of the body the beginning is enough where it is large JSON: it is looked at elsewhere, and holds no files. */
export async function eventView(event: BegunEvent, runs: readonly RunItem[], collected: readonly CollectedBy[]): Promise<EventView> {
  const bytes = isLargeJson(event) ? undefined : await readableBytes(event);
  const contentType = event.headers['content-type'];
  return {
    ...eventMembers(event),
    headers: { ...event.headers },
    body: bytes ? bodyView(bytes, contentType) : { kind: 'large', value: null },
    files: bytes ? [...filesOf(bytes, contentType)] : [],
    runs: [...runs],
    collectedBy: collected.map(({ flowId, runId = null, dueAt = null }) => ({ flowId, runId, dueAt })),
  };
}

/** Whether the body is JSON as it came, and too large to be shown at once. */
export function isLargeJson({ size, headers }: BegunEvent): boolean {
  return size > LARGE && isPlainJson(headers);
}

/** The body as JSON text: its own bytes where they are that, else what was made of them. */
export async function bodyText(event: EventRecord): Promise<JsonText> {
  const bytes = await readableBytes(event);
  const own = isPlainJson(event.headers) ? await JsonText.of(asBuffer(withoutMark(bytes)), parseExactly) : undefined;
  return own ?? (await JsonText.of(Buffer.from(JSON.stringify(bodyView(bytes, event.headers['content-type'], Infinity).value))))!;
}

/** In UTF-8, and without a coding. */
function isPlainJson(headers: EventRecord['headers']): boolean {
  const { type, charset = 'utf-8' } = mediaType(headers['content-type']);
  return /[/+]json$/.test(type) && (charset === 'utf-8' || charset === 'us-ascii') && codingOf(headers['content-encoding']) === undefined;
}

/** Numbers as expressions see them. */
function parseExactly(text: Buffer): Json {
  return parseBody(text, 'application/json') as Json;
}

/** RFC 8259, section 8.1: a byte order mark may be ignored. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** What is large is not read for nothing. */
function filesOf(bytes: Uint8Array, contentType: string | undefined): Content['files'] {
  return bytes.length > LARGE && /[/+]json\b/i.test(contentType ?? '') ? [] : (contentOf(bytes, contentType)?.files ?? []);
}

/** Without its coding; as it was sent where that cannot be undone. */
async function readableBytes(event: EventRecord): Promise<Uint8Array> {
  return eventBytes(event).catch((error: unknown) => {
    if (error instanceof BodyRefusal) return event.body;
    throw error;
  });
}

function originView(origin: Origin | undefined): EventItem['origin'] {
  if (!origin) return null;
  if (origin.kind === 'schedule') return { kind: origin.kind, at: new Date(origin.at).toISOString() };
  if (origin.kind === 'api') return { kind: origin.kind, ...(origin.event !== undefined && { name: origin.event }) };
  return { ...origin };
}

/** A body as a person can read it. Never fails: what cannot be parsed is shown as text, what is not text as Base64. */
export function bodyView(bytes: Uint8Array, contentType: string | undefined, most = LARGE): BodyView {
  if (bytes.length === 0) return { kind: 'empty', value: null };
  if (bytes.length > most) return { kind: 'large', value: null };
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
