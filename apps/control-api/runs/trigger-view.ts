import type { EventRecord } from '@millrace/engine';
import { eventName } from '../events/event-name.js';
import type { RunTriggerView } from '../wire/run.js';

/** What started a run, for a list: what the event calls itself, and the request. */
export function triggerView(event: EventRecord): RunTriggerView {
  return { name: eventName(event) ?? null, method: event.method, url: event.url, origin: event.origin?.kind ?? null };
}
