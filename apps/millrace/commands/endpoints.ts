import type { EndpointItem, EndpointList, KeptEndpoint, NewSecret, RemovedEndpoint } from '../../control-api/index.js';
import type { Client } from '../client/index.js';
import { readSecret } from '../credentials/read-secret.js';
import { options, takes, type EndpointValues } from '../endpoints/options.js';
import { changed, created } from '../endpoints/order.js';
import { endpointDetails, endpointTable } from '../print/endpoint.js';
import { defineCommand } from './define.js';
import { printJson } from './output.js';
import { runVerb } from './verbs.js';

const MISTAKE = 'endpoints takes nothing, or one of show, create, change, rotate and remove with a name.';

const verbs = { show, create, change, rotate, remove };

export const endpoints = defineCommand({
  usage: 'endpoints [show | create | change | rotate | remove <name>]',
  about: 'List shared endpoints, or make, change and remove them. A secret that is made for one is printed once, on standard output.',
  options,
  takes,
  run: (values, words) => runVerb({ list, verbs, mistake: MISTAKE }, values, words),
});

async function list(client: Client, { json }: EndpointValues): Promise<void> {
  const found = await client.get<EndpointList>('endpoints');
  if (json) return printJson(found);
  if (found.items.length === 0) return console.log('There are no shared endpoints yet. millrace endpoints create <name> makes one.');
  console.log(endpointTable(found));
}

async function show(client: Client, name: string, { json }: EndpointValues): Promise<void> {
  const found = await client.get<EndpointItem>(pathOf(name));
  if (json) printJson(found);
  else console.log(endpointDetails(found));
}

async function create(client: Client, name: string, values: EndpointValues): Promise<void> {
  tellKept('is made', await client.put<KeptEndpoint>(pathOf(name), await created(values)), values);
}

async function change(client: Client, name: string, values: EndpointValues): Promise<void> {
  const now = await client.get<EndpointItem>(pathOf(name));
  tellKept('is changed', await client.put<KeptEndpoint>(pathOf(name), await changed(now, values)), values);
}

async function rotate(client: Client, name: string, values: EndpointValues): Promise<void> {
  const secret = values['from-stdin'] ? await readSecret(name) : undefined;
  const keepOldFor = values['keep-old-for'];
  const answer = await client.post<NewSecret>(`${pathOf(name)}/secret`, {
    ...(secret !== undefined && { secret }),
    ...(keepOldFor !== undefined && { keepOldFor }),
  });
  if (values.json) return printJson(answer);
  const older = answer.keepUntil === null ? 'older ones ended' : `older ones count until ${answer.keepUntil}`;
  console.error(`The endpoint ${name} has a new secret; ${older}.`);
  tellSecret(answer);
}

async function remove(client: Client, name: string, { force, json }: EndpointValues): Promise<void> {
  const answer = await client.delete<RemovedEndpoint>(pathOf(name), { force: force ? 'true' : undefined });
  if (json) return printJson(answer);
  const credential = answer.credential === null ? '' : `, and its credential ${answer.credential} with it`;
  console.log(`The endpoint ${name} is gone${credential}.`);
}

function tellKept(done: string, answer: KeptEndpoint, { json }: EndpointValues): void {
  if (json) return printJson(answer);
  const { endpoint } = answer;
  console.error(`The endpoint ${endpoint.name} ${done}: ${endpoint.url}`);
  if (endpoint.shadowsFile)
    console.error('It goes before the one of the same name in endpoints.json; removing it gives way to that again.');
  if (endpoint.credential === null) console.error('It has no credential: anybody who knows the URL may send.');
  tellSecret(answer);
}

/** Alone on standard output, so that it can be piped to where it is needed. */
function tellSecret({ secret, warnings }: Pick<KeptEndpoint, 'secret' | 'warnings'>): void {
  if (secret !== null) {
    console.log(secret);
    console.error('This is its secret. It is shown this once: give it to the sender now.');
  }
  for (const warning of warnings) console.error(`Warning: ${warning}`);
}

function pathOf(name: string): string {
  return `endpoints/${encodeURIComponent(name)}`;
}
