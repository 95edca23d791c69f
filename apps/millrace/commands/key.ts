import type { RotatedKey, SealKeyView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared, type Values } from './define.js';
import { printJson } from './output.js';

const options = { json: shared.json, url: shared.url } as const;

export const key = defineCommand({
  usage: 'key [rotate]',
  about: 'Show the id of the key that seals credentials, or change the key.',
  options,
  run: (values, [verb, ...rest]) => {
    if (rest.length > 0 || (verb !== undefined && verb !== 'rotate')) throw new CommandError('key takes nothing or rotate.');
    return withClient(values.url, (client) => (verb === 'rotate' ? rotate(client, values) : show(client, values)));
  },
});

async function show(client: Client, { json }: Values<typeof options>): Promise<void> {
  const { current, older } = await client.get<SealKeyView>('key');
  if (json) return printJson({ current, older });
  if (current === null) return console.log('There is no key yet; the first credential that is sealed makes one.');
  console.log(`The key ${current} seals.${older.length > 0 ? ` Still there to open: ${older.join(', ')}.` : ''}`);
}

async function rotate(client: Client, { json }: Values<typeof options>): Promise<void> {
  const { current, resealed } = await client.post<RotatedKey>('key/rotate');
  if (json) return printJson({ current, resealed });
  console.log(`The key ${current} seals now; credentials that were sealed anew: ${resealed}. Make a new backup of the key.`);
}
