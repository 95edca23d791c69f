import type { VersionItem, VersionPage } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { table } from '../print/text.js';
import { localTime } from '../print/time.js';
import { defineCommand, shared } from './define.js';
import { morePages, printJson } from './output.js';

const options = {
  limit: shared.limit,
  before: { value: 'version', about: 'Only older ones: the next page.' },
  json: shared.json,
  url: shared.url,
} as const;

export const versions = defineCommand({
  usage: 'versions <flow>',
  about: 'List the versions of a flow, newest first.',
  options,
  run: async (values, [flow, ...rest]) => {
    if (flow === undefined || rest.length > 0) throw new CommandError('versions takes the id of a flow.');
    const { limit, before } = values;
    const page = await withClient(values.url, (client) =>
      client.get<VersionPage>(`flows/${encodeURIComponent(flow)}/versions`, { limit, before }),
    );
    if (values.json) return printJson(page);
    if (page.items.length === 0) return console.log(`No version of ${flow} was ever published.`);
    console.log(table(['VERSION', '', 'PUBLISHED', 'FROM', 'HASH'], page.items.map(row)));
    morePages(`versions ${flow}`, values, page.next === null ? null : String(page.next));
  },
});

function row({ version, live, createdAt, origin, restored, hash }: VersionItem): string[] {
  const from = restored === null ? origin : `${origin} to ${restored}`;
  return [String(version), live ? 'live' : '', localTime(createdAt), from, hash.slice(0, 12)];
}
