import type { RefusalDetail, RefusalPage } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { refusalDetails, refusalList } from '../print/refusal.js';
import { defineCommand, shared, type Values } from './define.js';
import { morePages, printJson } from './output.js';

const { flow, limit, before, json, url } = shared;
const options = { flow, limit, before, json, url } as const;

export const refusals = defineCommand({
  usage: 'refusals [show <id>]',
  about: 'Why requests were turned away, or what the signature doctor found about one.',
  options,
  takes: { '': ['flow', 'limit', 'before', 'json'], show: ['json'] },
  run: (values, [verb, id, ...rest]) => {
    if (verb === undefined) return withClient(values.url, (client) => list(client, values));
    if (verb === 'show' && id !== undefined && rest.length === 0) return withClient(values.url, (client) => show(client, id, values));
    throw new CommandError('refusals takes options only, such as --flow <id>, or show <id>. millrace refusals lists the ids.');
  },
});

async function list(client: Client, values: Values<typeof options>): Promise<void> {
  const query = { flow: values.flow, limit: values.limit, before: values.before };
  const page = await client.get<RefusalPage>('refusals', query);
  if (values.json) return printJson(page);
  if (page.items.length === 0) return console.log('No such request was turned away.');
  console.log(refusalList(page));
  morePages('refusals', values, page.next);
}

async function show(client: Client, id: string, values: Values<typeof options>): Promise<void> {
  const refusal = await client.get<RefusalDetail>(`refusals/${encodeURIComponent(id)}`);
  if (values.json) printJson(refusal);
  else console.log(refusalDetails(refusal));
}
