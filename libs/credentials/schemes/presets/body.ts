import type { SignatureScheme } from '../scheme.js';

/**
 * Vendors that sign the body (some with the URL) and no time: a captured request stays valid for as long as the secret does.
 * Each line names the page or source that the recipe was taken from.
 */
export const bodySchemes = {
  // docs.github.com, "Validating webhook deliveries". The older X-Hub-Signature carries a SHA-1 of the same.
  github: { header: 'X-Hub-Signature-256', algorithm: 'sha256', prefix: 'sha256=' },
  // support.atlassian.com, "Manage webhooks". The same header name as Intercom's SHA-1.
  bitbucket: { header: 'X-Hub-Signature', algorithm: 'sha256', prefix: 'sha256=' },
  // developer.atlassian.com, Jira Cloud platform, "Webhooks": those that an administrator registers.
  jira: { header: 'X-Hub-Signature', algorithm: 'sha256', prefix: 'sha256=' },
  // developers.facebook.com, Graph API, "Webhooks". Signed as sent, \uXXXX escapes included. Key: the app secret.
  meta: { header: 'X-Hub-Signature-256', algorithm: 'sha256', prefix: 'sha256=' },
  // developers.intercom.com, "Webhooks". Key: the app's client secret.
  intercom: { header: 'X-Hub-Signature', algorithm: 'sha1', prefix: 'sha1=' },
  // shopify.dev, "Deliver webhooks through HTTPS". X-Shopify-Triggered-At is not signed.
  shopify: { header: 'X-Shopify-Hmac-Sha256', algorithm: 'sha256', encoding: 'base64' },
  // PagerDuty/developer-docs, webhooks, "Verifying Signatures". One item per secret while a secret is rotated.
  'pagerduty-v3': { header: 'X-PagerDuty-Signature', algorithm: 'sha256', prefix: 'v1=', separator: ',' },
  // typeform.com/developers, "Secure your webhooks".
  typeform: { header: 'Typeform-Signature', algorithm: 'sha256', encoding: 'base64', prefix: 'sha256=' },
  // Cal.com source, sendPayload.ts. Without a secret it sends the text no-secret-provided, which is not hexadecimal.
  'cal.com': { header: 'X-Cal-Signature-256', algorithm: 'sha256' },
  // dropbox.com/developers/reference/webhooks. Key: the app secret.
  dropbox: { header: 'X-Dropbox-Signature', algorithm: 'sha256' },
  // docs.sentry.io, Integration Platform, "Webhooks". Key: the client secret. Sentry-Hook-Timestamp is not signed.
  sentry: { header: 'Sentry-Hook-Signature', algorithm: 'sha256' },
  // vercel.com/docs/webhooks, "Securing webhooks".
  vercel: { header: 'x-vercel-signature', algorithm: 'sha1' },
  // WooCommerce source, WC_Webhook::generate_signature.
  woocommerce: { header: 'X-WC-Webhook-Signature', algorithm: 'sha256', encoding: 'base64' },
  // razorpay.com/docs/webhooks, "Validate and Test".
  razorpay: { header: 'X-Razorpay-Signature', algorithm: 'sha256' },
  // airtable.com/developers, Web API, "Webhooks". The secret is shown as macSecretBase64.
  airtable: { header: 'X-Airtable-Content-MAC', algorithm: 'sha256', prefix: 'hmac-sha256=', secret: { decode: 'base64' } },
  // developers.asana.com, "Webhooks guide". The secret arrives in the handshake.
  asana: { header: 'X-Hook-Signature', algorithm: 'sha256' },
  // developers.notion.com, "Webhooks". Key: the verification token.
  notion: { header: 'X-Notion-Signature', algorithm: 'sha256', prefix: 'sha256=' },
  // docs-integration.squake.earth, "Webhooks". The page prints the name as Rack shows it, HTTP_SQUAKE_SIGNATURE.
  // SQUAKE-TIMESTAMP is not signed.
  squake: { header: ['SQUAKE-SIGNATURE', 'HTTP-SQUAKE-SIGNATURE'], algorithm: 'sha256' },
  // X, Account Activity API, "Securing webhooks".
  'twitter-x': { header: 'x-twitter-webhooks-signature', algorithm: 'sha256', encoding: 'base64', prefix: 'sha256=' },
  // developer.salesforce.com, Marketing Cloud Event Notification Service, "ENS notification signing".
  'salesforce-mc-ens': { header: 'x-sfmc-ens-signature', algorithm: 'sha256', encoding: 'base64' },
  // trigger.dev/docs, verifyRequestSignature. The sender chooses the header: override "header" where it is another.
  'trigger.dev-verifyRequestSignature': { header: 'X-Signature-256', algorithm: 'sha256' },
  // developer.squareup.com, "Validate a notification". The URL as it was registered, byte for byte.
  square: { header: 'x-square-hmacsha256-signature', algorithm: 'sha256', encoding: 'base64', signed: '{url}{body}' },
  // developer.atlassian.com, Trello, "Webhooks". The URL is the callback as it was registered.
  trello: { header: 'X-Trello-Webhook', algorithm: 'sha1', encoding: 'base64', signed: '{body}{url}' },
} as const satisfies Record<string, SignatureScheme>;
