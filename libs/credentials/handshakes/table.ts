import { schemeAliases } from '../schemes/presets/index.js';
import type { Handshake } from './handshake.js';

/** The handshakes of each scheme, by its name. To add one, add an entry, with the vendor's page as a comment. */
export const handshakes: Readonly<Record<string, readonly Handshake[]>> = {
  // docs.slack.dev, "Events API", URL verification. To be answered within three seconds.
  slack: [
    {
      method: 'POST',
      signed: true,
      when: [{ at: 'json:/type', is: 'url_verification' }],
      answer: { status: 200, type: 'text/plain', body: '<json:/challenge>' },
    },
  ],
  // discord.com/developers: Interactions, PING is of type 1; Webhook Events, PING is of type 0 (and an event of type 1).
  discord: [
    {
      method: 'POST',
      signed: true,
      when: [
        { at: 'json:/type', is: 1 },
        { at: 'json:/event/type', absent: true },
      ],
      answer: { status: 200, type: 'application/json', body: '{"type":1}' },
    },
    { method: 'POST', signed: true, when: [{ at: 'json:/type', is: 0 }], answer: { status: 204 } },
  ],
  // developers.zoom.us, "Using webhooks", endpoint URL validation: asked again every 72 hours.
  zoom: [
    {
      method: 'POST',
      signed: true,
      when: [{ at: 'json:/event', is: 'endpoint.url_validation' }],
      answer: {
        status: 200,
        type: 'application/json',
        body: '{"plainToken":<json:/payload/plainToken>,"encryptedToken":<hmac-hex:json:/payload/plainToken>}',
      },
    },
  ],
  // developers.facebook.com, "Webhooks", verification requests. The token is one of yours, typed in there: `verifyToken`.
  meta: [
    {
      method: 'GET',
      when: [
        { at: 'query:hub.mode', is: 'subscribe' },
        { at: 'query:hub.verify_token', isVerifyToken: true },
      ],
      answer: { status: 200, type: 'text/plain', body: '<query:hub.challenge>' },
    },
  ],
  // dropbox.com/developers/reference/webhooks, the verification request.
  dropbox: [{ method: 'GET', when: [{ at: 'query:challenge' }], answer: { status: 200, type: 'text/plain', body: '<query:challenge>' } }],
  // developer.atlassian.com, Trello, "Webhooks": a HEAD request that must be answered 200.
  trello: [{ method: 'HEAD', answer: { status: 200 } }],
  // X, Account Activity API, "Securing webhooks": the challenge-response check.
  'twitter-x': [
    {
      method: 'GET',
      when: [{ at: 'query:crc_token' }],
      answer: { status: 200, type: 'application/json', body: '{"response_token":"sha256=<hmac-base64:query:crc_token>"}' },
    },
  ],
  // developer.okta.com, "Event hooks", one-time verification request.
  'okta-authorization': [
    {
      method: 'GET',
      when: [{ at: 'header:x-okta-verification-challenge' }],
      answer: { status: 200, type: 'application/json', body: '{"verification":<header:x-okta-verification-challenge>}' },
    },
  ],
  // WooCommerce source, WC_Webhook::deliver_ping: a form `webhook_id=<number>`, unsigned, sent when a webhook is saved.
  woocommerce: [
    {
      method: 'POST',
      when: [
        { at: 'header:x-wc-webhook-signature', absent: true },
        { at: 'form:webhook_id', like: /^\d{1,20}$/ },
      ],
      answer: { status: 200 },
    },
  ],
};

/** The handshakes of a scheme by its name or alias; none where it has none. */
export function handshakesOf(scheme: string): readonly Handshake[] {
  const name = Object.hasOwn(schemeAliases, scheme) ? (schemeAliases[scheme] ?? '') : scheme;
  return Object.hasOwn(handshakes, name) ? (handshakes[name] ?? []) : [];
}
