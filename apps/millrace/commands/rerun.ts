import type { RerunView } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared } from './define.js';
import { jsonOf } from './json-file.js';
import { printJson } from './output.js';
import { otherVersionLines } from '../print/versions.js';

const options = {
  from: { value: 'place', about: 'start, failed (where it failed; the default of a failed run), or a step path.' },
  live: { about: 'On the version of the flow that is live now; default: the one that the run was on.' },
  payload: { value: 'file', about: 'JSON to run with in place of the body of the event.' },
  'dry-run': { about: 'A rehearsal: components that act outside answer with what they gave before, or with a sample.' },
  json: shared.json,
  url: shared.url,
} as const;

export const rerun = defineCommand({
  usage: 'rerun <run>',
  about: 'Run an ended run again: from its start, from where it failed, or from a step.',
  options,
  run: async (values, [id, ...rest]) => {
    if (id === undefined || rest.length > 0) throw new CommandError('rerun takes the id of one run. millrace runs lists them.');
    const body = {
      ...(values.from !== undefined && { from: values.from }),
      ...(values.live && { version: 'live' }),
      ...(values.payload !== undefined && { payload: await jsonOf(values.payload) }),
      ...(values['dry-run'] && { dryRun: true }),
    };
    const view = await withClient(values.url, (client) => client.post<RerunView>(`runs/${encodeURIComponent(id)}/rerun`, body));
    if (values.json) return printJson(view);
    const reused = view.reused.length === 0 ? '' : ` Not run again: ${view.reused.join(', ')}.`;
    console.log(`The ${values['dry-run'] ? 'dry run' : 'run'} ${view.runId} was started.${reused}`);
    for (const line of otherVersionLines(id, view)) console.log(line);
  },
});
