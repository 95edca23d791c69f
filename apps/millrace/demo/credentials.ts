import { randomBytes } from 'node:crypto';
import { CommandError } from '../command.js';
import type { Vendor } from './vendors.js';

/** Where each outgoing credential leads in the demo, as `<stand-in><path>`. */
const DESTINATIONS: Readonly<Record<string, readonly [vendor: Vendor, path: string]>> = {
  'dev-slack': ['Slack', '/services/demo/dev'],
  'sales-slack': ['Slack', '/services/demo/sales'],
  'ops-slack': ['Slack', '/services/demo/ops'],
  'support-slack': ['Slack', '/api'],
  'team-discord': ['Discord', '/api/webhooks/100000000000000000/team'],
  hubspot: ['HubSpot', ''],
  zendesk: ['Zendesk', ''],
  internal: ['own API', ''],
};

/** Credentials of those who send to us. */
const SENDERS = ['github', 'chatbot', 'squake'];

/** A credentials file in which nothing leads outside, and the variables it refers to. */
export interface DemoCredentials {
  readonly entries: Readonly<Record<string, object>>;
  /** A value for every variable: fresh random secrets, or addresses of stand-ins. Nothing of the real environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The entries of a credentials file as the demo needs them. What it does not know is left out, so that a flow of one's own
 * cannot reach the real world from the demo. Throws when an entry that the demo's flows use is missing.
 */
export function demoCredentials(file: Readonly<Record<string, unknown>>, addressOf: (vendor: Vendor) => string): DemoCredentials {
  const entries: Record<string, object> = {};
  const variables: Record<string, string> = {};
  for (const name of [...SENDERS, ...Object.keys(DESTINATIONS)]) {
    const entry = entryOf(file, name);
    const [vendor, path] = DESTINATIONS[name] ?? [];
    const address = vendor && `${addressOf(vendor)}${path}`;
    const secretAddress = entry['in'] === 'url' ? address : undefined;
    for (const variable of variablesOf(entry)) variables[variable] = secretAddress ?? randomBytes(24).toString('hex');
    entries[name] = address === undefined || secretAddress !== undefined ? entry : { ...entry, baseUrl: address };
  }
  return { entries, variables };
}

function entryOf(file: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const entry = file[name];
  if (typeof entry === 'object' && entry !== null) return entry as Record<string, unknown>;
  throw new CommandError(
    `The credentials file has no "${name}", which the demo's flows use. Take the entry from flows/credentials.json of this repository.`,
  );
}

/** The names in every `{ "env": … }` below a value. */
function variablesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('env' in value && typeof value.env === 'string') return [value.env];
  return Object.values(value).flatMap(variablesOf);
}
