import type { SignatureScheme } from '../scheme.js';

/**
 * Vendors that sign a time along with the body, so that a captured request soon stops being valid.
 * Where a vendor gives no tolerance, five minutes hold.
 */
export const timedSchemes = {
  // docs.stripe.com/webhooks, "Verify manually"; stripe-node. The key is the whole whsec_ text, not decoded.
  stripe: {
    header: 'Stripe-Signature',
    algorithm: 'sha256',
    separator: ',',
    prefix: 'v1=',
    signed: '{timestamp}.{body}',
    timestamp: { from: 'sig:t=', unit: 's', toleranceSeconds: 300 },
    id: 'json:/id',
  },
  // docs.slack.dev, "Verifying requests from Slack". Forms are signed as sent.
  slack: {
    header: 'X-Slack-Signature',
    algorithm: 'sha256',
    prefix: 'v0=',
    signed: 'v0:{timestamp}:{body}',
    timestamp: { from: 'header:X-Slack-Request-Timestamp', unit: 's', toleranceSeconds: 300 },
  },
  // developers.hubspot.com, "Validating requests", version 3. The page wants escapes of reserved
  // characters in the URL decoded, HubSpot's own library does not.
  'hubspot-v3': {
    header: 'X-HubSpot-Signature-v3',
    algorithm: 'sha256',
    encoding: 'base64',
    signed: '{method}{url}{body}{timestamp}',
    orUnescapedUrl: true,
    timestamp: { from: 'header:X-HubSpot-Request-Timestamp', unit: 'ms', toleranceSeconds: 300 },
  },
  // developer.zendesk.com, "Verifying webhook authenticity".
  zendesk: {
    header: 'X-Zendesk-Webhook-Signature',
    algorithm: 'sha256',
    encoding: 'base64',
    signed: '{timestamp}{body}',
    timestamp: { from: 'header:X-Zendesk-Webhook-Signature-Timestamp', unit: 'iso8601', toleranceSeconds: 300 },
  },
  // documentation.mailgun.com, "Securing webhooks". The event itself is not signed: the token is all that can be remembered.
  mailgun: {
    signature: 'json:/signature/signature',
    algorithm: 'sha256',
    signed: '{timestamp}{json:/signature/token}',
    timestamp: { from: 'json:/signature/timestamp', unit: 's', toleranceSeconds: 300 },
    id: 'json:/signature/token',
  },
  // @linear/sdk, LinearWebhookClient.verify. The time stands in the body; the SDK allows one minute.
  linear: {
    header: 'Linear-Signature',
    algorithm: 'sha256',
    timestamp: { from: 'json:/webhookTimestamp', unit: 'ms', toleranceSeconds: 60 },
  },
  // developer.calendly.com, "Webhook signatures"; its example allows three minutes.
  calendly: {
    header: 'Calendly-Webhook-Signature',
    algorithm: 'sha256',
    separator: ',',
    prefix: 'v1=',
    signed: '{timestamp}.{body}',
    timestamp: { from: 'sig:t=', unit: 's', toleranceSeconds: 180 },
  },
  // developer.paddle.com, "Verify webhook signatures"; its SDK allows five seconds. Raise it where clocks drift or networks are slow.
  paddle: {
    header: 'Paddle-Signature',
    algorithm: 'sha256',
    separator: ';',
    prefix: 'h1=',
    signed: '{timestamp}:{body}',
    timestamp: { from: 'sig:ts=', unit: 's', toleranceSeconds: 5 },
  },
  // developers.zoom.us, "Using webhooks", "Verify with Zoom's header".
  zoom: {
    header: 'x-zm-signature',
    algorithm: 'sha256',
    prefix: 'v0=',
    signed: 'v0:{timestamp}:{body}',
    timestamp: { from: 'header:x-zm-request-timestamp', unit: 's', toleranceSeconds: 300 },
  },
} as const satisfies Record<string, SignatureScheme>;
