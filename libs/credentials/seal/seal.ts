import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SealError, type Keyring, type SealKey } from './key.js';

/** The form of an envelope; part of what is authenticated, so that one form cannot be passed off as another. */
const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D, 8.2: 96 random bits per message; a key seals far fewer than the 2^32 messages that allows. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts the secrets of one credential with AES-256-GCM: `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url.
 * Name, form and key id are authenticated: an envelope opens under the name that it was made for and no other.
 */
export function seal(key: SealKey, name: string, secrets: Readonly<Record<string, string>>): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.material, nonce, { authTagLength: TAG_BYTES }).setAAD(context(name, key.id));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [VERSION, key.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
}

/**
 * The secrets of an envelope. Throws a SealError: `seal.key-missing` when none of the keys sealed it, `seal.broken` when it was
 * changed, or made for another name.
 */
export function unseal({ keys, place }: Keyring, name: string, envelope: string): Readonly<Record<string, string>> {
  const [version, keyId = '', nonce = '', sealed = '', ...rest] = envelope.split('.');
  if (version !== VERSION || rest.length > 0) throw broken(name, 'has a form that this version does not know');
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) throw keyMissing(name, keyId, place);
  try {
    return open(key, name, Buffer.from(nonce, 'base64url'), Buffer.from(sealed, 'base64url'));
  } catch {
    throw broken(name, 'was changed, or moved here from another name');
  }
}

/** The id of the key that sealed an envelope. */
export function keyIdOf(envelope: string): string {
  return envelope.split('.', 2)[1] ?? '';
}

/** What to say where a credential cannot be opened for want of its key. */
export function keyMissing(name: string, keyId: string, place: string): SealError {
  const message = `The credential ${name} was sealed with the key ${keyId}, which is not in ${place}. Put that key back; if it is lost, remove the credential and set it again.`;
  return new SealError('seal.key-missing', message);
}

function open(key: SealKey, name: string, nonce: Buffer, sealed: Buffer): Readonly<Record<string, string>> {
  const decipher = createDecipheriv(CIPHER, key.material, nonce, { authTagLength: TAG_BYTES }).setAAD(context(name, key.id));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const text = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  return JSON.parse(text) as Readonly<Record<string, string>>;
}

function context(name: string, keyId: string): Buffer {
  return Buffer.from(['millrace sealed credential', VERSION, keyId, name].join('\n'), 'utf8');
}

function broken(name: string, what: string): SealError {
  return new SealError('seal.broken', `What is stored of the credential ${name} ${what}. Set its secrets again.`);
}
