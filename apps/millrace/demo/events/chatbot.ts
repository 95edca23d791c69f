import { randomUUID } from 'node:crypto';
import type { Json } from '@millrace/component-sdk';

type Event = { readonly [field: string]: Json };

/** The envelope that all events of the chatbot share. */
function envelope(type: string, now: Date, data: Json): Event {
  return { id: `evt_${randomUUID()}`, type, createdAt: now.toISOString(), bot: { id: 'bot_parcels', name: 'Parcel helper' }, data };
}

/** A visitor left an address and wants many seats. */
export function leadCaptured(now: Date): Event {
  return envelope('lead.captured', now, {
    conversationId: 'conv_2207',
    name: 'Grace Hopper',
    email: 'Grace.Hopper@example.com',
    company: 'Compilers & Co',
    seats: 80,
    question: 'Do you ship to ships?',
    consent: true,
  });
}

/** A visitor whom the bot cannot help. */
export function handoffRequested(now: Date): Event {
  const at = (secondsAgo: number): string => new Date(now.getTime() - secondsAgo * 1000).toISOString();
  return envelope('handoff.requested', now, {
    conversationId: 'conv_2208',
    visitor: { name: 'Katherine Johnson', email: 'katherine@example.com', locale: 'en' },
    topic: 'Parcel lost in orbit',
    urgent: true,
    transcript: [
      { from: 'visitor', at: at(95), text: 'My parcel left Florida and never came down.' },
      { from: 'bot', at: at(90), text: 'I am sorry. Have you tried tracking it?' },
      { from: 'visitor', at: at(40), text: 'I computed its track by hand. I want a person, please.' },
    ],
  });
}
