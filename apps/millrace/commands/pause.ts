import type { FlowView, PauseView } from '../../control-api/index.js';
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
      const path = `flows/${encodeURIComponent(flow)}`;
      await withClient(values.url, async (client) => {
        const before = values.json ? undefined : await client.get<FlowView>(path);
        const view = await client.post<PauseView>(`${path}/${verb}`);
        if (!before) return printJson(view);
        console.log(before.paused === view.paused ? unchanged(flow, view) : told(flow, view));
        if (view.state === 'archived')
          console.log(`It is archived: nothing starts it. millrace rollback ${flow} <version> brings it back.`);
      });
    },
  });
}

function unchanged(flow: string, { paused }: PauseView): string {
  return paused
    ? `${flow} was paused already. millrace resume ${flow} lets it go on.`
    : `${flow} is not paused: there is nothing to resume.`;
}

export const pause = pauseCommand(
  'pause',
  'Pause a flow: its events are held or refused, as its trigger says, until it is resumed.',
  (flow) => `${flow} is paused. millrace resume ${flow} lets it go on.`,
);

export const resume = pauseCommand('resume', 'End the pause of a flow: what was held runs now.', (flow, { enabled }) =>
  enabled ? `${flow} goes on; what was held runs now.` : `${flow} is no longer paused by an operator, but its text says "enabled": false.`,
);
