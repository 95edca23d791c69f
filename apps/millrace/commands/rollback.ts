import type { PublishedView } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

export const rollback = defineCommand({
  usage: 'rollback <flow> <version>',
  about: 'Make the text of an older version the live one again, as a new version.',
  options: { json: shared.json, url: shared.url },
  run: async (values, [flow, version, ...rest]) => {
    if (flow === undefined || !/^[1-9]\d*$/.test(version ?? '') || rest.length > 0) {
      throw new CommandError('rollback takes the id of a flow and a version. millrace versions <flow> lists them.');
    }
    const body = { version: Number(version) };
    const result = await withClient(values.url, (client) => client.post<PublishedView>(`flows/${encodeURIComponent(flow)}/rollback`, body));
    if (values.json) return printJson(result);
    const live = `${flow} is live as version ${result.version}`;
    console.log(
      result.published ? `${live}, with the text of version ${version}.` : `${live}, which has the text of version ${version} already.`,
    );
  },
});
