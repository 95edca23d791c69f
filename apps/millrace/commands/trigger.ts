import { loadConfig } from '@millrace/config';
import type { FlowList } from '../../control-api/index.js';
import { errorMessage, withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { runDetails } from '../print/run.js';
import { printable } from '../print/text.js';
import { readPayload, type Payload } from '../trigger/payload.js';
import type { HookTrigger } from '../trigger/signed.js';
import { defineCommand, shared, type Values } from './define.js';
import { printJson } from './output.js';
import { waitFor } from './wait.js';

const options = {
  wait: { about: 'Follow the run until it ends, and show it.' },
  type: { value: 'media type', about: 'What the file is; default: by its extension.' },
  json: { about: 'Print what was answered as it is, without its status; with --wait the run.' },
  url: shared.url,
} as const;

export const trigger = defineCommand({
  usage: 'trigger <flow> <file>',
  about: "Send a file to a flow, signed as the flow's provider would; - reads standard input.",
  options,
  run: async (values, [flow, file, ...rest]) => {
    if (flow === undefined || file === undefined || rest.length > 0) {
      throw new CommandError('trigger takes a flow and a file: millrace trigger hello payload.json. - reads standard input.');
    }
    const payload = await readPayload(file, values.type);
    return withClient(values.url, (client) => send(client, flow, payload, values));
  },
});

async function send(client: Client, flow: string, payload: Payload, values: Values<typeof options>): Promise<number> {
  const target = await triggerOf(client, flow);
  // Loaded here, so that the other commands do not wait for the credentials.
  const { signedRequest, triggerCredential } = await import('../trigger/signed.js');
  const credential = await triggerCredential(target, loadConfig());
  const { method, url, headers, body } = signedRequest(target, payload, credential, client.instance.url);
  const response = await client.send({ method, url, headers: { ...headers }, body });
  const text = response.text();
  const accepted = response.status >= 200 && response.status < 300;
  if (!values.json) console.log(`${response.status} ${printable(text)}`);
  else if (!accepted || !values.wait) console.log(text);
  if (!accepted) return refused(flow, response.status, text);
  return values.wait ? follow(client, text, values.json === true) : 0;
}

async function triggerOf(client: Client, flow: string): Promise<HookTrigger> {
  const { items } = await client.get<FlowList>('flows');
  const found = items.find(({ id }) => id === flow);
  if (!found) {
    const known = items.map(({ id }) => id).join(', ') || 'none';
    throw new CommandError(`There is no flow ${printable(flow)} there. There are: ${known}.`);
  }
  const { trigger: how } = found;
  if (how && how.url === null) throw new CommandError(`The flow ${flow} has no URL: its trigger is ${how.type}.`);
  if (how && found.state !== 'not-enabled') return how as HookTrigger;
  throw new CommandError(`The flow ${flow} is not enabled: ${found.problems[0]?.message ?? 'no version of it can run'}`);
}

/** The caller of a hook learns little when its credential fails; the owner may know more. */
function refused(flow: string, status: number, text: string): number {
  if (status === 401) console.error(`The reason is among the refusals: millrace refusals --flow ${flow} --limit 1`);
  else if (errorMessage(parsed(text)) === undefined) console.error('The event was not accepted.');
  return 1;
}

async function follow(client: Client, text: string, json: boolean): Promise<number> {
  const { runId } = (parsed(text) ?? {}) as { runId?: unknown };
  if (typeof runId !== 'string') {
    console.error('There is no run to wait for: the event started none, or the flow has an answer of its own. millrace runs lists them.');
    return 0;
  }
  const run = await waitFor(client, runId);
  if (json) printJson(run);
  else console.log(`\n${runDetails(run, Date.now())}`);
  return run.status === 'succeeded' ? 0 : 1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
