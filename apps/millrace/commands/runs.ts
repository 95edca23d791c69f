import type { BulkView, CancelView, RunPage, RunView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { runDetails, runTable } from '../print/run.js';
import { inFlowOrder } from '../print/step-order.js';
import { confirmed } from './bulk.js';
import { defineCommand, shared, type Values } from './define.js';
import { liveVersions } from './live-versions.js';
import { morePages, printJson } from './output.js';

const options = {
  flow: shared.flow,
  status: { value: 'status', about: 'Only in this state: queued, running, waiting, succeeded, failed, cancelled or filtered.' },
  'waits-for': {
    value: 'what',
    about: 'Only runs in which a step waits for: an answer (the open questions), a request, a time, a retry, a call, or a rate.',
  },
  event: { value: 'id', about: 'Only of this event.' },
  all: { about: 'Every item of every loop; default: the first 20 that succeeded and the first 50 that did not.' },
  confirm: { value: 'number', about: 'How many runs may be ended; without it they are only counted.' },
  limit: shared.limit,
  before: shared.before,
  json: shared.json,
  url: shared.url,
} as const;

type RunsValues = Values<typeof options>;

export const runs = defineCommand({
  usage: 'runs [show <id> | cancel <id>… | cancel --flow <id>]',
  about: 'List runs, show one with its steps, or end active ones.',
  options,
  takes: {
    '': ['flow', 'status', 'waits-for', 'event', 'limit', 'before', 'json'],
    show: ['all', 'json'],
    cancel: ['flow', 'status', 'confirm', 'json'],
    'cancel <id>': ['confirm', 'json'],
  },
  run: (values, [verb, id, ...rest]) => {
    if (verb === 'cancel' && (id === undefined || rest.length > 0 || values.confirm !== undefined))
      return withClient(values.url, (client) => cancelMany(client, [id, ...rest], values));
    if (rest.length > 0) throw usageError();
    if (verb === undefined) return withClient(values.url, (client) => list(client, values));
    if (verb === 'show' && id !== undefined) return withClient(values.url, (client) => show(client, id, values));
    if (verb === 'cancel' && id !== undefined) return withClient(values.url, (client) => cancel(client, id, values));
    throw usageError();
  },
});

function usageError(): CommandError {
  return new CommandError('runs takes nothing, show <id> or cancel <id>. millrace runs lists the ids.');
}

async function list(client: Client, values: RunsValues): Promise<void> {
  const { flow, status, event, limit, before } = values;
  const page = await client.get<RunPage>('runs', { flow, status, waitsFor: values['waits-for'], event, limit, before });
  if (values.json) return printJson(page);
  console.log(page.items.length === 0 ? none(values, page) : runTable(page, Date.now(), await liveVersions(client)));
  morePages('runs', values, page.next);
}

/** What is looked for may come on a later page. */
function none(values: RunsValues, { next }: RunPage): string {
  if (next !== null) return 'There are no such runs so far.';
  if (values['waits-for'] !== undefined) return 'No run waits for that.';
  return 'There are no such runs. Send an event: millrace trigger <flow> <file>';
}

async function show(client: Client, id: string, { json, all }: RunsValues): Promise<void> {
  const run = await client.get<RunView>(`runs/${encodeURIComponent(id)}`);
  if (json) return printJson(run);
  const text = await textOf(client, run);
  console.log(runDetails(text === undefined ? run : inFlowOrder(run, text), Date.now(), { all }));
}

/** The flow that a run followed: of its version, or of the draft that it tested. */
async function textOf(client: Client, { id, flowId, version }: RunView): Promise<string | undefined> {
  const path = version === 0 ? `runs/${id}/test` : `flows/${flowId}/versions/${version}`;
  const answer = await client.get<{ readonly text: string }>(path).catch(() => undefined);
  return answer?.text;
}

async function cancel(client: Client, id: string, { json }: RunsValues): Promise<number> {
  const { cancelled } = await client.post<CancelView>(`runs/${encodeURIComponent(id)}/cancel`);
  if (json) printJson({ cancelled });
  else console.log(cancelled ? `The run ${id} was ended.` : `The run ${id} had ended already.`);
  return cancelled ? 0 : 1;
}

async function cancelMany(client: Client, ids: readonly (string | undefined)[], values: RunsValues): Promise<number> {
  const { flow, status } = values;
  const named = ids.filter((id) => id !== undefined);
  if (named.length === 0 && flow === undefined && status === undefined) throw usageError();
  const filter = named.length > 0 ? { ids: named } : { ...(flow !== undefined && { flow }), ...(status !== undefined && { status }) };
  return confirmed('ended', values, named.length, (most) => client.post<BulkView>('runs/cancel', { ...filter, confirm: most }));
}
