import type { IncomingMessage } from 'node:http';
import { generateSecret, withSecret, type Refusal } from '@millrace/credentials';
import { ApiError, notFound, type Platform } from '@millrace/platform';
import { readJsonObject } from '../http/read-json-object.js';
import type { NewSecret } from '../wire/credential.js';
import { answering } from './faults.js';
import { readSecretOrder } from './secret-order.js';

/** Does what a request says of the secret of a credential: makes one, or takes the one that it brings, as the current one. */
export async function giveSecret(platform: Platform, name: string, request: IncomingMessage): Promise<NewSecret> {
  const { secret: given, keepUntil } = readSecretOrder(await readJsonObject(request), Date.now());
  const fallback = platform.catalog.credentials.defined.get(name)?.definition;
  const secret = given ?? generated(name, fallback);
  const { warnings } = await answering(() => platform.vault.addSecret(name, secret, { fallback, keepUntil }));
  await followed(platform);
  return {
    name,
    secret: given === undefined ? secret : null,
    keepUntil: keepUntil ?? null,
    warnings: warnings.map(({ message }) => message),
  };
}

/** What was sealed is sealed, also when the flows cannot be read again just now; the next look finds it. */
export async function followed({ catalog, log }: Platform): Promise<void> {
  await catalog.reload().catch((error: unknown) => log.warn({ reason: (error as Error).message }, 'The flows could not be read again'));
}

function generated(name: string, definition: unknown): string {
  if (definition === undefined) throw notFound('credential', shortened(name));
  return sound(generateSecret(definition)).secret;
}

/** A definition with a secret that is made for it. Throws an ApiError where its other side has to make it. */
export function withGenerated(definition: unknown): { readonly definition: unknown; readonly secret: string } {
  const { secret } = sound(generateSecret(definition));
  return { definition: sound(withSecret(definition, secret)).definition, secret };
}

function sound<T extends object>(made: T): Exclude<T, Refusal> {
  if ('refused' in made) throw new ApiError(422, 'credential.takes-no-secret', String(made.refused));
  return made as Exclude<T, Refusal>;
}

/** A name that somebody wrote, as a sentence may hold it. */
export function shortened(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
