import { decodeBase64, decodeHex } from '../bytes.js';
import { pointer, type Report } from '../problem.js';
import type { DatedSecret, SecretText } from '../rotation.js';
import { makeKey, type KeyMaterial } from './digest.js';
import type { Algorithm, SecretRule, SignatureScheme } from './scheme.js';

/** One of the secrets of a credential, as its algorithm needs it. */
export interface Key extends DatedSecret {
  readonly material: KeyMaterial;
}

/** RFC 2104 section 3 wants a key as long as the digest; secrets that people typed into a vendor's form rarely are. */
const weakBelowBytes = 16;

const expectation = {
  base64: 'must be base64 (as the vendor shows it, without quotes or line breaks)',
  hex: 'must be hexadecimal, two digits per byte',
} as const;

/** The key of a secret, or undefined after one report. */
export function readKey(secret: SecretText, scheme: SignatureScheme, report: Report, warn: Report): Key | undefined {
  const path = pointer(secret.path, 'env');
  const bytes = decodeSecret(secret.text, scheme.secret ?? {});
  if (bytes === undefined) {
    report('credential.secret-unusable', path, `The value of ${secret.label} ${expectation[decodingOf(scheme.secret)]}.`);
    return undefined;
  }
  if (bytes.length === 0) {
    const message = `The value of ${secret.label} is only the prefix "${scheme.secret?.stripPrefix}": copy the whole secret.`;
    report('credential.secret-empty', path, message);
    return undefined;
  }
  const material = makeKey(scheme.algorithm, bytes);
  if ('problem' in material) {
    report('credential.secret-unusable', path, `The value of ${secret.label} ${material.problem}.`);
    return undefined;
  }
  if (isPrivate(scheme.algorithm) && bytes.length < weakBelowBytes) {
    warn('credential.secret-weak', path, `${secret.label} is short: use at least ${weakBelowBytes} random bytes, better 32.`);
  }
  return { material, label: secret.label, notAfter: secret.notAfter };
}

/** The part of a secret after its prefix; what would have to be redacted besides the whole. */
export function withoutPrefix(text: string, rule: SecretRule | undefined): string {
  const prefix = rule?.stripPrefix ?? '';
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** False where the configured key is a public one. */
export function isPrivate(algorithm: Algorithm): boolean {
  return algorithm !== 'ed25519' && algorithm !== 'ecdsa-p256-sha256';
}

function decodeSecret(text: string, rule: SecretRule): Buffer | undefined {
  const bare = withoutPrefix(text, rule);
  if (rule.decode === 'hex') return decodeHex(bare);
  // Some vendors leave the padding away.
  if (rule.decode === 'base64') return decodeBase64(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='));
  return Buffer.from(bare, 'utf8');
}

function decodingOf(rule: SecretRule | undefined): 'hex' | 'base64' {
  return rule?.decode === 'hex' ? 'hex' : 'base64';
}
