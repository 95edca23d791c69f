import type { PauseView } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError, type Command } from '../command.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

const options = { url: shared.url, json: shared.json } as const;

function pauseCommand(verb: 'pause' | 'resume', about: string, told: (flow: string, view: PauseView) => string): Command {
  return defineCommand({
    usage: `${verb} <flow>`,
    about,
    options,
    run: async (values, [flow, ...rest]) => {
      if (flow === undefined || rest.length > 0) throw new CommandError(`${verb} takes the id of a flow.`);
      const view = await withClient(values.url, (client) => client.post<PauseView>(`flows/${encodeURIComponent(flow)}/${verb}`));
      if (values.json) printJson(view);
      else console.log(told(flow, view));
    },
  });
}

export const pause = pauseCommand(
  'pause',
  'Pause a flow: its events are held or refused, as its trigger says, until it is resumed.',
  (flow) => `${flow} is paused. millrace resume ${flow} lets it go on.`,
);

export const resume = pauseCommand('resume', 'End the pause of a flow: what was held runs now.', (flow, { enabled }) =>
  enabled ? `${flow} goes on; what was held runs now.` : `${flow} is no longer paused by an operator, but its text says "enabled": false.`,
);
