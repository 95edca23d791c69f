import type { SignatureScheme } from '../scheme.js';

// github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md: id, time and body; one `v1,` item per secret.
const symmetric = {
  header: 'webhook-signature',
  algorithm: 'sha256',
  encoding: 'base64',
  separator: ' ',
  prefix: 'v1,',
  signed: '{header:webhook-id}.{timestamp}.{body}',
  timestamp: { from: 'header:webhook-timestamp', unit: 's', toleranceSeconds: 300 },
  secret: { stripPrefix: 'whsec_', decode: 'base64' },
  id: 'header:webhook-id',
} as const satisfies SignatureScheme;

// docs.svix.com, "Verifying webhooks manually": the same under Svix's own header names.
const svix = {
  ...symmetric,
  header: 'svix-signature',
  signed: '{header:svix-id}.{timestamp}.{body}',
  timestamp: { ...symmetric.timestamp, from: 'header:svix-timestamp' },
  id: 'header:svix-id',
} as const satisfies SignatureScheme;

/** The Standard Webhooks specification and the vendors that follow it. */
export const standardWebhooksSchemes = {
  'standard-webhooks': symmetric,
  // The same with an Ed25519 signature; `whpk_` marks the public key.
  'standard-webhooks-v1a': { ...symmetric, algorithm: 'ed25519', prefix: 'v1a,', secret: { stripPrefix: 'whpk_', decode: 'base64' } },
  svix,
  // clerk.com/docs, "Webhooks": sent by Svix.
  clerk: svix,
  // gitlab.com, merge requests 230944 and 231325: webhooks with a signing token.
  'gitlab-signing-token': symmetric,
} as const satisfies Record<string, SignatureScheme>;
