import type { CodeScheme } from './code-scheme.js';
import { contentful } from './contentful.js';
import { hubspotV1, hubspotV2 } from './hubspot.js';
import { twilio } from './twilio.js';

export type { CodeScheme } from './code-scheme.js';

/** Every scheme that is code, by its name. */
export const codeSchemes: Readonly<Record<string, CodeScheme>> = {
  contentful,
  'hubspot-v1': hubspotV1,
  'hubspot-v2': hubspotV2,
  twilio,
};

/** The scheme of that name. */
export function findCodeScheme(name: string | undefined): CodeScheme | undefined {
  return name !== undefined && Object.hasOwn(codeSchemes, name) ? codeSchemes[name] : undefined;
}
