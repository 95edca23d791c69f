import type { AuditPage } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { auditList } from '../print/audit.js';
import { defineCommand, shared } from './define.js';
import { morePages, printJson } from './output.js';

const { limit, before, json, url } = shared;

export const audit = defineCommand({
  usage: 'audit',
  about: 'Who changed what, newest first.',
  options: {
    subject: { value: 'name', about: 'Only what was done to this: a flow, a credential, a run.' },
    action: { value: 'action', about: 'Only what was done in this way, such as flow.published.' },
    limit,
    before,
    json,
    url,
  },
  run: async (values, words) => {
    if (words.length > 0) throw new CommandError('audit takes options only, such as --subject <flow>.');
    const { subject, action, limit, before } = values;
    const page = await withClient(values.url, (client) => client.get<AuditPage>('audit', { subject, action, limit, before }));
    if (values.json) return printJson(page);
    if (page.items.length === 0) return console.log('Nothing of that kind was changed.');
    console.log(auditList(page));
    morePages('audit', values, page.next);
  },
});
