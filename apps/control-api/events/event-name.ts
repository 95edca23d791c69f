import { mediaType, parseBody, type EventRecord } from '@millrace/engine';

/** Headers in which senders name what happened, as X-Shopify-Topic and X-GitHub-Event. */
const TOPIC = /^x-[a-z0-9-]*(topic|event|event-key|event-type)$/;
/** The same in a body, and what people call the thing by. */
const NAMES = ['type', 'event', 'topic', 'event_type'];
const NUMBERS = ['order_number', 'number', 'id', 'key'];
const LONGEST = 60;

/** `orders/paid #1042`: what happened by a header or the body, and to what. Undefined where the event does not say what happened. */
export function eventName({ headers, body, origin }: EventRecord): string | undefined {
  const said = membersOf(body, headers['content-type']);
  const topic = Object.entries(headers).find(([name, value]) => TOPIC.test(name) && isShort(value))?.[1];
  const emitted = origin?.kind === 'event' ? origin.name : undefined;
  const name = emitted ?? topic ?? first(said, NAMES);
  const number = first(said, NUMBERS);
  return name === undefined || number === undefined ? name : `${name} #${number}`;
}

function first(said: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  const value = keys.map((key) => (Object.hasOwn(said, key) ? said[key] : undefined)).find(isTelling);
  return value === undefined ? undefined : String(value);
}

function isTelling(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && isShort(value));
}

function isShort(value: string): boolean {
  return value !== '' && value.length <= LONGEST;
}

/** Of a JSON object; of anything else none. */
function membersOf(body: Uint8Array, contentType: string | undefined): Readonly<Record<string, unknown>> {
  if (body.length === 0 || !/[/+]json$/.test(mediaType(contentType).type)) return {};
  try {
    const value = parseBody(body, contentType);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    // A coding, or no JSON after all: it says nothing here.
    return {};
  }
}
