import { codeSchemes } from '../code/index.js';
import type { SignatureScheme } from '../scheme.js';
import { bodySchemes } from './body.js';
import { otherSchemes } from './others.js';
import { standardWebhooksSchemes } from './standard-webhooks.js';
import { timedSchemes } from './timed.js';

/** Every vendor's scheme by its name. To add one, add an entry to the file of its kind. */
export const schemes: Readonly<Record<string, SignatureScheme>> = {
  ...bodySchemes,
  ...timedSchemes,
  ...standardWebhooksSchemes,
  ...otherSchemes,
};

/** Other names that people try first. */
export const schemeAliases: Readonly<Record<string, string>> = {
  'cal-com': 'cal.com',
  calcom: 'cal.com',
  facebook: 'meta',
  'gitlab-secret-token': 'gitlab-token',
  hubspot: 'hubspot-v3',
  okta: 'okta-authorization',
  pagerduty: 'pagerduty-v3',
  standardwebhooks: 'standard-webhooks',
  'trigger-dev': 'trigger.dev-verifyRequestSignature',
  'trigger.dev': 'trigger.dev-verifyRequestSignature',
  twitter: 'twitter-x',
  whatsapp: 'meta',
};

/** What `scheme` may say. */
export const schemeNames: readonly string[] = [...Object.keys(schemes), ...Object.keys(schemeAliases), ...Object.keys(codeSchemes)];

/** The scheme of that name or alias. */
export function findScheme(name: string): SignatureScheme | undefined {
  const target = Object.hasOwn(schemeAliases, name) ? schemeAliases[name] : name;
  return target !== undefined && Object.hasOwn(schemes, target) ? schemes[target] : undefined;
}
