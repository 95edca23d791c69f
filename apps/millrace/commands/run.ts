import type { RunView, StartedView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { runDetails, standing } from '../print/run.js';
import { defineCommand, shared, type Values } from './define.js';
import { jsonOf } from './json-file.js';
import { printJson } from './output.js';
import { waitFor } from './wait.js';

const options = {
  event: { value: 'name', about: 'For a flow that listens to several events: which one this stands for.' },
  wait: { about: 'Follow the run until it ends, and show it.' },
  json: { about: 'Print answers as they are.' },
  url: shared.url,
} as const;

export const run = defineCommand({
  usage: 'run <flow> [file]',
  about: 'Start a flow by hand, whatever its trigger is; the JSON of the file is its trigger.body. - reads standard input.',
  options,
  run: async (values, [flow, file, ...rest]) => {
    if (flow === undefined || rest.length > 0) {
      throw new CommandError('run takes a flow and perhaps a file: millrace run nightly-report, millrace run hello payload.json.');
    }
    const input = file === undefined ? undefined : await jsonOf(file);
    return withClient(values.url, (client) => start(client, flow, { input, event: values.event }, values));
  },
});

async function start(client: Client, flow: string, by: object, { wait, json }: Values<typeof options>): Promise<number> {
  const started = await client.post<StartedView>(`flows/${encodeURIComponent(flow)}/runs`, by);
  if (!wait) {
    if (json) printJson(started);
    else console.log(await startedText(client, started.runId));
    return 0;
  }
  const ended = await waitFor(client, started.runId);
  if (json) printJson(ended);
  else console.log(runDetails(ended, Date.now()));
  return ended.status === 'succeeded' ? 0 : 1;
}

/** A run of a paused flow is there and has not begun. */
async function startedText(client: Client, id: string): Promise<string> {
  const run = await client.get<RunView>(`runs/${id}`);
  return run.held ? `The run ${id} is kept. ${standing(run).join(' ')}` : `The run ${id} was started. millrace runs show ${id}`;
}
