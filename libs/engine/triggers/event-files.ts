import { StepError, type EventFile } from '@millrace/component-sdk';
import type { EventRecord } from '../records.js';
import { fileBytes } from './webhook.js';

/** What a component is handed at a time. */
const PIECE_BYTES = 64 * 1024;

/** Reads one event as it was stored. */
export type ReadEvent = (id: string) => Promise<EventRecord | undefined>;

/**
 * The bytes of a file of this event, in pieces, cut out of the stored body. A component can reach the files of the
 * event that started its run and no others, whatever it is handed as a file.
 */
export async function* openEventFile(read: ReadEvent, eventId: string, file: EventFile): AsyncGenerator<Uint8Array> {
  const event = await read(eventId);
  const bytes = event && (await fileBytes(event, file));
  if (bytes === undefined) throw missing(eventId);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function missing(eventId: string): StepError {
  return new StepError({
    code: 'file.not-found',
    message: `Event ${eventId} has no such file, or is no longer kept. Hand over one of \`trigger.files\` as it is.`,
    blame: 'author',
    arrived: 'no',
  });
}
