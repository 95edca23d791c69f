import type { CredentialItem, CredentialList, NewSecret, RemovedCredential, SealedCredential } from '../../control-api/index.js';
import type { Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { definitionOf, place, withSettings } from '../credentials/definition.js';
import { readSecret } from '../credentials/read-secret.js';
import { credentialDetails, credentialTable } from '../print/credential.js';
import { defineCommand, shared, type Values } from './define.js';
import { printJson } from './output.js';
import { runVerb } from './verbs.js';

const options = {
  type: { value: 'type', about: 'set: basic, api-key or hmac; default: what the credential is already.' },
  scheme: { value: 'vendor', about: 'set: whose way of signing; hmac only. docs/reference/signature-schemes.md lists them.' },
  header: { value: 'name', about: 'set: the header of the key or signature.' },
  query: { value: 'name', about: 'set: the query parameter of the key.' },
  address: { about: 'set: the secret is an address to send to, such as an incoming webhook of Slack.' },
  prefix: { value: 'text', about: 'set: what stands before the key or the digest, such as "Bearer ".' },
  algorithm: { value: 'name', about: 'set: sha256, sha1, …; hmac without a scheme.' },
  username: { value: 'name', about: 'set: the user name; basic only.' },
  'base-url': { value: 'address', about: "set: where the vendor's components send to instead." },
  rate: {
    value: 'limit/per',
    about: 'set: how often steps may use it, such as 90/10s, or none; by itself it changes only this and asks for no secret.',
  },
  'keep-old-for': { value: 'duration', about: 'rotate: how long the older secrets still count, such as 24h.' },
  generate: { about: 'rotate: make a secret and print it once, instead of reading one from standard input.' },
  force: { about: 'remove: also while flows use it.' },
  json: shared.json,
  url: shared.url,
} as const;

type CredentialValues = Values<typeof options>;
const MISTAKE = 'credentials takes nothing, or one of show, set, rotate and remove with a name. A secret never goes on the command line.';

const verbs = { show, set, rotate, remove };

export const credentials = defineCommand({
  usage: 'credentials [show | set | rotate | remove <name>]',
  about: 'List credentials, or seal, change and remove secrets. Secrets are read from standard input, never from the command line.',
  options,
  takes: {
    '': ['json'],
    show: ['json'],
    set: ['type', 'scheme', 'header', 'query', 'address', 'prefix', 'algorithm', 'username', 'base-url', 'rate', 'json'],
    rotate: ['keep-old-for', 'generate', 'json'],
    remove: ['force', 'json'],
  },
  run: (values, words) => runVerb({ list, verbs, mistake: MISTAKE }, values, words),
});

async function list(client: Client, { json }: CredentialValues): Promise<void> {
  const found = await client.get<CredentialList>('credentials');
  if (json) return printJson(found);
  if (found.items.length === 0) return console.log('There are no credentials yet. millrace credentials set <name> makes one.');
  console.log(credentialTable(found));
}

async function show(client: Client, name: string, { json }: CredentialValues): Promise<void> {
  const found = await client.get<CredentialItem>(pathOf(name));
  if (json) printJson(found);
  else console.log(credentialDetails(found));
}

async function set(client: Client, name: string, values: CredentialValues): Promise<void> {
  const described = definitionOf(values);
  const definition = withSettings(described ?? (await definedAs(client, name)), values);
  const isRateAlone = values.rate !== undefined && described === undefined && values['base-url'] === undefined;
  const body = isRateAlone ? definition : place(definition, await readSecret(name));
  const answer = await client.put<SealedCredential>(pathOf(name), body);
  if (values.json) return printJson(answer);
  console.log(isRateAlone ? `The rate of the credential ${name} is set.` : `The credential ${name} is sealed.`);
  warn(answer.warnings);
}

/** What the credential is already. */
async function definedAs(client: Client, name: string): Promise<unknown> {
  const { items } = await client.get<CredentialList>('credentials');
  const found = items.find((item) => item.name === name);
  if (found) return found.definition;
  throw new CommandError(`There is no credential ${name} yet. Say what it is: --scheme <vendor>, or --type basic, api-key or hmac.`);
}

async function rotate(client: Client, name: string, values: CredentialValues): Promise<void> {
  const secret = values.generate ? undefined : await readSecret(name);
  const keepOldFor = values['keep-old-for'];
  const answer = await client.post<NewSecret>(`${pathOf(name)}/secret`, {
    ...(secret !== undefined && { secret }),
    ...(keepOldFor !== undefined && { keepOldFor }),
  });
  if (values.json) return printJson(answer);
  if (answer.secret !== null) console.log(answer.secret);
  console.error(
    `The credential ${name} has a new secret; ${answer.keepUntil === null ? 'older ones ended' : `older ones count until ${answer.keepUntil}`}.`,
  );
  if (answer.secret !== null) console.error('It is shown this once. Give it to the sender now.');
  warn(answer.warnings);
}

async function remove(client: Client, name: string, { force, json }: CredentialValues): Promise<void> {
  const answer = await client.delete<RemovedCredential>(pathOf(name), { force: force ? 'true' : undefined });
  if (json) printJson(answer);
  else console.log(`The sealed credential ${name} is gone.`);
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) console.error(`Warning: ${warning}`);
}

function pathOf(name: string): string {
  return `credentials/${encodeURIComponent(name)}`;
}
