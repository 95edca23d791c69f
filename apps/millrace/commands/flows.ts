import type { FlowList } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { flowTable } from '../print/flow.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

export const flows = defineCommand({
  usage: 'flows',
  about: 'List the flows: the live version, whether it takes events and else why not, and what starts it.',
  options: {
    archived: { about: 'Those that are archived, instead of those that are there.' },
    json: shared.json,
    url: shared.url,
  },
  run: async ({ archived, json, url }, positionals) => {
    if (positionals.length > 0) throw new CommandError('flows takes options only. millrace versions <flow> lists the versions of one.');
    const query = archived ? { archived: 'true' } : {};
    const list = await withClient(url, (client) => client.get<FlowList>('flows', query));
    if (json) return printJson(list);
    if (list.items.length > 0) return console.log(flowTable(list));
    console.log(archived ? 'No flow is archived.' : 'There are no flows yet. A file in the flows folder makes one, and millrace deploy.');
  },
});
