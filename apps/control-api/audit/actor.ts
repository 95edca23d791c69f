import { bearerOf } from '@millrace/platform';
import type { AuditEntry } from '@millrace/postgres';
import type { FastifyRequest } from 'fastify';

/** By which whoever asks says who they are: everybody has the same token. URI-encoded, since a header holds ASCII only. */
const PERSON_HEADER = 'x-millrace-as';
const LONGEST_NAME = 100;
const COMMAND_LINE = 'millrace-cli';

/** Who asks for something. */
export type Actor = Pick<AuditEntry, 'via' | 'person' | 'address'>;

/** The name is what they say, the rest is what is seen. */
export function actorOf({ headers, ip }: Pick<FastifyRequest, 'headers' | 'ip'>): Actor {
  const fromToken = headers['user-agent'] === COMMAND_LINE ? 'command-line' : 'api';
  return { via: bearerOf(headers) === undefined ? 'studio' : fromToken, person: personIn(headers[PERSON_HEADER]), address: ip };
}

function personIn(header: string | string[] | undefined): string | null {
  // What moves the cursor, or makes what is written look like something else, is no part of a name.
  const name = decoded(String(header ?? ''))
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim();
  return name === '' ? null : name.slice(0, LONGEST_NAME);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `Ada, studio, 127.0.0.1` */
export function actorText({ via, person, address }: Actor): string {
  return [person, via, address].filter((part) => part !== null).join(', ');
}
