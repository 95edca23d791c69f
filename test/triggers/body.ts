import type { EventRecord } from '@millrace/engine';

/** The body of an event that is JSON. */
export function parse(event: EventRecord | undefined): unknown {
  return event && JSON.parse(Buffer.from(event.body).toString());
}
