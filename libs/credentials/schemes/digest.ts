import { createHmac, createPublicKey, verify as verifySignature, type KeyObject } from 'node:crypto';
import { decodeBase64, decodeHex, sameDigest, sameSecret } from '../bytes.js';
import type { Algorithm, Encoding } from './scheme.js';

type HmacAlgorithm = Exclude<Algorithm, 'ed25519' | 'ecdsa-p256-sha256' | 'equals'>;

/** Key material made once, at creation. */
export type KeyMaterial =
  /** The bytes themselves: with a KeyObject each signature takes half as long again. */
  | { readonly kind: 'hmac'; readonly algorithm: HmacAlgorithm; readonly key: Buffer }
  | { readonly kind: 'public'; readonly digest: 'sha256' | null; readonly key: KeyObject }
  | { readonly kind: 'token'; readonly token: Uint8Array };

const encoders = { hex: decodeHex, base64: decodeBase64 } as const;

/** Key material from key bytes, or a sentence part that says what the bytes should have been. */
export function makeKey(algorithm: Algorithm, bytes: Buffer): KeyMaterial | { readonly problem: string } {
  if (algorithm === 'equals') return { kind: 'token', token: bytes };
  if (algorithm === 'ed25519') return publicKey(null, () => ed25519Key(bytes)) ?? { problem: 'is not an Ed25519 public key of 32 bytes' };
  if (algorithm === 'ecdsa-p256-sha256') {
    return publicKey('sha256', () => p256Key(bytes)) ?? { problem: 'is not a P-256 public key in DER (SPKI) form' };
  }
  return { kind: 'hmac', algorithm, key: bytes };
}

/** Signature bytes of an item, or undefined when it is not exactly what an encoder of that kind writes. */
export function decodeSignature(text: string, encoding: Encoding): Buffer | undefined {
  const bytes = encoders[encoding](text);
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

/** Whether one of the candidates is the key's signature of the content. All candidates are compared, found or not. */
export function matchesAny(key: KeyMaterial, content: readonly Uint8Array[], candidates: readonly Uint8Array[]): boolean {
  const matches = matcher(key, content);
  return candidates.map(matches).includes(true);
}

/** The digest that `matchesAny` expects. */
export function hmacOf(key: Extract<KeyMaterial, { kind: 'hmac' }>, content: readonly Uint8Array[]): Buffer {
  const hmac = createHmac(key.algorithm, key.key);
  for (const chunk of content) hmac.update(chunk);
  return hmac.digest();
}

function matcher(key: KeyMaterial, content: readonly Uint8Array[]): (candidate: Uint8Array) => boolean {
  switch (key.kind) {
    case 'token':
      return (candidate) => sameSecret(candidate, key.token);
    case 'hmac': {
      const expected = hmacOf(key, content);
      return (candidate) => sameDigest(candidate, expected);
    }
    case 'public': {
      const whole = Buffer.concat(content);
      return (candidate) => verifySignature(key.digest, whole, key.key, candidate);
    }
  }
}

function publicKey(digest: 'sha256' | null, read: () => KeyObject | undefined): KeyMaterial | undefined {
  try {
    const key = read();
    return key === undefined ? undefined : { kind: 'public', digest, key };
  } catch {
    return undefined;
  }
}

function ed25519Key(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}

function p256Key(bytes: Buffer): KeyObject | undefined {
  const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
  return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
}
