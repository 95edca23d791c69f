import type { OperationPage, OperationView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { operationLine, operationTable } from '../print/operation.js';
import { defineCommand, shared, type Values } from './define.js';
import { morePages, printJson } from './output.js';

const { limit, before, json, url } = shared;
const options = { limit, before, json, url } as const;

type OperationValues = Values<typeof options>;

export const operations = defineCommand({
  usage: 'operations [show <id> | cancel <id>]',
  about: 'List what is being done to many events or runs, show how far one is, or leave the rest of it undone.',
  options,
  takes: { '': ['limit', 'before', 'json'], show: ['json'], cancel: ['json'] },
  run: (values, [verb, id, ...rest]) => {
    if (verb === undefined) return withClient(values.url, (client) => list(client, values));
    if (verb === 'show' && id !== undefined && rest.length === 0) return withClient(values.url, (client) => show(client, id, values));
    if (verb === 'cancel' && id !== undefined && rest.length === 0) return withClient(values.url, (client) => cancel(client, id, values));
    throw new CommandError('operations takes nothing, show <id> or cancel <id>. millrace operations lists the ids.');
  },
});

async function list(client: Client, values: OperationValues): Promise<void> {
  const page = await client.get<OperationPage>('operations', { limit: values.limit, before: values.before });
  if (values.json) return printJson(page);
  if (page.items.length === 0)
    return console.log('Nothing was done to many. millrace events replay --flow <id> counts what it would be about.');
  console.log(operationTable(page, Date.now()));
  morePages('operations', values, page.next);
}

async function show(client: Client, id: string, { json: asJson }: OperationValues): Promise<void> {
  print(await client.get<OperationView>(`operations/${encodeURIComponent(id)}`), asJson);
}

async function cancel(client: Client, id: string, { json: asJson }: OperationValues): Promise<void> {
  print(await client.post<OperationView>(`operations/${encodeURIComponent(id)}/cancel`), asJson);
}

function print(operation: OperationView, asJson: boolean | undefined): void {
  if (asJson) return printJson(operation);
  console.log(operationLine(operation));
  for (const { id, message } of operation.problems) console.log(`  ${id}: ${message}`);
}
