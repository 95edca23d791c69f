import type { SignatureScheme } from '../scheme.js';

/** Vendors with a public key, and vendors that send the secret itself. */
export const otherSchemes = {
  // discord.com/developers, Interactions, "Validating security request headers". Key: the application's public key, hexadecimal.
  discord: {
    header: 'X-Signature-Ed25519',
    algorithm: 'ed25519',
    signed: '{timestamp}{body}',
    timestamp: { from: 'header:X-Signature-Timestamp', unit: 's', toleranceSeconds: 300 },
    secret: { decode: 'hex' },
  },
  // twilio.com/docs/sendgrid, "Event Webhook security features". The body ends in CRLF, which is signed.
  sendgrid: {
    header: 'X-Twilio-Email-Event-Webhook-Signature',
    algorithm: 'ecdsa-p256-sha256',
    encoding: 'base64',
    signed: '{timestamp}{body}',
    timestamp: { from: 'header:X-Twilio-Email-Event-Webhook-Timestamp', unit: 's', toleranceSeconds: 300 },
    secret: { decode: 'base64' },
  },
  // docs.gitlab.com, "Webhooks", secret token.
  'gitlab-token': { header: 'X-Gitlab-Token', algorithm: 'equals' },
  // developer.okta.com, "Event hooks": a fixed Authorization header.
  'okta-authorization': { header: 'Authorization', algorithm: 'equals' },
} as const satisfies Record<string, SignatureScheme>;
