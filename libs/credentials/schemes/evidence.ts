/** What shows that requests of a vendor are verified as the vendor signs them. */
export interface Evidence {
  /**
   * `library`: requests that the vendor's own library signed are accepted, and both judge altered ones alike. `example`: an
   * example that the vendor published. `documentation`: requests signed by what the vendor's pages or source say; nothing of
   * the vendor's own was run.
   */
  readonly by: 'library' | 'example' | 'documentation';
  /** Which, beyond the page that the recipe's comment names. */
  readonly what?: string;
}

function library(name: string, example?: string): Evidence {
  return { by: 'library', what: example === undefined ? name : `${name}; also ${example}` };
}

const documentation: Evidence = { by: 'documentation' };

/** By scheme. Every scheme has an entry, and the specs see to it. */
export const evidence: Readonly<Record<string, Evidence>> = {
  github: library('@octokit/webhooks-methods 6.0.0', 'the example of "Validating webhook deliveries"'),
  stripe: library('stripe 23.1.0'),
  slack: library('@slack/bolt 5.1.0', 'the example of "Verifying requests from Slack"'),
  'standard-webhooks': library('standardwebhooks 1.1.1', 'the test of its JavaScript library'),
  svix: library('svix 1.99.1', 'the example of "Verifying webhooks manually"'),
  clerk: library('svix 1.99.1'),
  'hubspot-v3': library('@hubspot/api-client 13.5.0'),
  'hubspot-v2': library('@hubspot/api-client 13.5.0'),
  shopify: library('@shopify/shopify-api 13.1.0'),
  paddle: library('@paddle/paddle-node-sdk 3.10.0'),
  linear: library('@linear/sdk 98.0.0'),
  discord: library('discord-interactions 4.4.0'),
  sendgrid: library('@sendgrid/eventwebhook 8.0.0'),
  twilio: library('twilio 6.2.0'),
  contentful: library('@contentful/node-apps-toolkit 3.16.1'),
  'hubspot-v1': documentation,
  'standard-webhooks-v1a': documentation,
  bitbucket: documentation,
  jira: documentation,
  meta: documentation,
  intercom: documentation,
  'pagerduty-v3': documentation,
  typeform: documentation,
  'cal.com': documentation,
  dropbox: documentation,
  sentry: documentation,
  vercel: documentation,
  woocommerce: documentation,
  razorpay: documentation,
  airtable: documentation,
  asana: documentation,
  notion: documentation,
  squake: documentation,
  'twitter-x': documentation,
  'salesforce-mc-ens': documentation,
  'trigger.dev-verifyRequestSignature': documentation,
  square: documentation,
  trello: documentation,
  zendesk: documentation,
  mailgun: documentation,
  calendly: documentation,
  zoom: documentation,
  'gitlab-signing-token': documentation,
  'gitlab-token': documentation,
  'okta-authorization': documentation,
};
