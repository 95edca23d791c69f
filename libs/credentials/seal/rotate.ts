import { randomBytes } from 'node:crypto';
import { findScheme } from '../schemes/presets/index.js';
import type { SecretRule } from '../schemes/scheme.js';
import { mostSecrets } from '../rotation.js';
import { isRecord } from '../shape.js';

/** As long as the keys of the vendors that make good ones. */
const SECRET_BYTES = 32;
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
 * The definition with a new current secret. With `keepUntil` (ISO 8601) the older ones count until then; without, the new one
 * replaces them all.
 */
export function withSecret(definition: unknown, secret: string, keepUntil?: string): { readonly definition: unknown } | Refusal {
  if (!isRecord(definition)) return { refused: 'The definition of a credential is an object with a "type".' };
  const key = secretKey(definition);
  if (key === undefined) return { refused: withoutSecret(definition.type) };
  if (keepUntil !== undefined && definition.in === 'url') {
    return { refused: 'An address is only sent to, so no older one can count beside it: the new one replaces it at once.' };
  }
  const kept = keepUntil === undefined ? [] : ending(definition, keepUntil);
  const list = [{ secret }, ...kept];
  return { definition: { ...definition, [key]: key === 'secrets' || kept.length > 0 ? list : { secret } } };
}

function withoutSecret(type: unknown): string {
  if (type === 'none') return 'A credential of type none takes no secret.';
  return 'The "type" of a credential with a secret is one of basic, api-key and hmac.';
}

/** Where a definition of that type refers to its secret; undefined when it has none. */
function secretKey({ type, password }: Readonly<Record<string, unknown>>): 'secrets' | 'value' | 'username' | 'password' | undefined {
  if (type === 'hmac') return 'secrets';
  if (type === 'api-key') return 'value';
  if (type !== 'basic') return undefined;
  return password === '' ? 'username' : 'password';
}

/** The references to the secrets of a definition, the current one first; what is no reference is left out. */
export function secretRefs(definition: unknown): readonly Readonly<Record<string, unknown>>[] {
  const key = isRecord(definition) ? secretKey(definition) : undefined;
  const found = key === undefined ? [] : (definition as Record<string, unknown>)[key];
  return (Array.isArray(found) ? found : [found]).filter(isRecord);
}

function ending(definition: unknown, keepUntil: string): readonly object[] {
  return secretRefs(definition)
    .slice(0, mostSecrets - 1)
    .map((ref) => ({ ...ref, notAfter: earlier(ref, keepUntil) }));
}

/** A secret that ends sooner anyway is not given longer. */
function earlier(ref: object, keepUntil: string): string {
  const own = 'notAfter' in ref && typeof ref.notAfter === 'string' ? ref.notAfter : undefined;
  return own !== undefined && Date.parse(own) < Date.parse(keepUntil) ? own : keepUntil;
}
