import type { RefusalPage } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { refusalList } from '../print/refusal.js';
import { defineCommand, shared } from './define.js';
import { morePages, printJson } from './output.js';

const { flow, limit, before, json, url } = shared;

export const refusals = defineCommand({
  usage: 'refusals',
  about: 'Why requests were turned away.',
  options: { flow, limit, before, json, url },
  run: async (values, positionals) => {
    if (positionals.length > 0) throw new CommandError('refusals takes options only, such as --flow <id>.');
    const query = { flow: values.flow, limit: values.limit, before: values.before };
    const page = await withClient(values.url, (client) => client.get<RefusalPage>('refusals', query));
    if (values.json) return printJson(page);
    if (page.items.length === 0) return console.log('No such request was turned away.');
    console.log(refusalList(page));
    morePages('refusals', values, page.next);
  },
});
