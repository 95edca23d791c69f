import { randomBytes } from 'node:crypto';
import { findScheme } from '../schemes/presets/index.js';
import type { SecretRule } from '../schemes/scheme.js';
import { isRecord } from '../shape.js';

/** As long as the keys of the vendors that make good ones. */
const SECRET_BYTES = 32;
/** What a definition may list, see the schema of hmac. */
const MOST_SECRETS = 5;

/** Why a definition cannot take a secret, as a sentence. */
export interface Refusal {
  readonly refused: string;
}

/**
 * A new secret in the form that the definition's type and scheme want. Refused where the other side has to make it:
 * public keys, and addresses.
 */
export function generateSecret(definition: unknown): { readonly secret: string } | Refusal {
  if (!isRecord(definition)) return { refused: 'The definition of a credential is an object with a "type".' };
  const { type } = definition;
  if (type === 'none') return { refused: 'A credential of type none has no secret.' };
  if (definition.in === 'url') return { refused: 'The address is made by the vendor: set it with PUT.' };
  if (type !== 'hmac') return { secret: randomBytes(SECRET_BYTES).toString('base64url') };
  const preset = typeof definition.scheme === 'string' ? findScheme(definition.scheme) : undefined;
  const algorithm = definition.algorithm ?? preset?.algorithm;
  if (algorithm === 'ed25519' || algorithm === 'ecdsa-p256-sha256')
    return { refused: 'The vendor makes the pair of keys: set its public key with PUT.' };
  return { secret: formed((definition.secret as SecretRule | undefined) ?? preset?.secret ?? {}) };
}

function formed({ stripPrefix = '', decode }: SecretRule): string {
  const bytes = randomBytes(SECRET_BYTES);
  if (decode === undefined || decode === 'utf8') return bytes.toString('base64url');
  return stripPrefix + bytes.toString(decode);
}

/**
 * The definition with a new current secret. With `keepUntil` (ISO 8601) the older ones count until then, which only a
 * list of secrets can; without, the new one replaces them all.
 */
export function withSecret(definition: unknown, secret: string, keepUntil?: string): { readonly definition: unknown } | Refusal {
  if (!isRecord(definition)) return { refused: 'The definition of a credential is an object with a "type".' };
  const { type } = definition;
  if (type === 'hmac') return { definition: { ...definition, secrets: listed(definition.secrets, secret, keepUntil) } };
  if (keepUntil !== undefined) {
    return {
      refused:
        'Only a credential of type hmac holds several secrets at a time; without keeping the old one, the new one replaces it at once.',
    };
  }
  if (type === 'api-key') return { definition: { ...definition, value: { secret } } };
  if (type !== 'basic') return { refused: `A credential of type ${String(type)} takes no secret.` };
  const userIsSecret = definition.password === '';
  return { definition: { ...definition, ...(userIsSecret ? { username: { secret } } : { password: { secret } }) } };
}

function listed(older: unknown, secret: string, keepUntil: string | undefined): readonly object[] {
  if (keepUntil === undefined || !Array.isArray(older)) return [{ secret }];
  const kept = (older as object[]).slice(0, MOST_SECRETS - 1).map((ref) => ({ ...ref, notAfter: earlier(ref, keepUntil) }));
  return [{ secret }, ...kept];
}

/** A secret that ends sooner anyway is not given longer. */
function earlier(ref: object, keepUntil: string): string {
  const own = 'notAfter' in ref && typeof ref.notAfter === 'string' ? ref.notAfter : undefined;
  return own !== undefined && Date.parse(own) < Date.parse(keepUntil) ? own : keepUntil;
}
