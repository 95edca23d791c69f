import type { ArchivedView } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

export const archive = defineCommand({
  usage: 'archive <flow>',
  about: 'Take a flow out of service: its file goes, nothing starts it any more. Its versions, runs and events stay.',
  options: {
    force: { about: 'Also when live flows call it: their runs fail at that step then.' },
    json: shared.json,
    url: shared.url,
  },
  run: async (values, [flow, ...rest]) => {
    if (flow === undefined || rest.length > 0) throw new CommandError('archive takes the id of a flow.');
    const body = values.force ? { force: true } : {};
    const view = await withClient(values.url, (client) => client.post<ArchivedView>(`flows/${encodeURIComponent(flow)}/archive`, body));
    if (values.json) return printJson(view);
    console.log(`${flow} is archived. millrace rollback ${flow} <version> brings it back.`);
  },
});
