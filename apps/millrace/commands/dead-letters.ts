import type { BulkView, CausesView, FlowView, RunPage, RunView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { causeTable } from '../print/causes.js';
import { runTable } from '../print/run.js';
import { otherVersionLines } from '../print/versions.js';
import { confirmed } from './bulk.js';
import { defineCommand, shared, type Values } from './define.js';
import { liveVersions } from './live-versions.js';
import { order, orderOptions } from './order.js';
import { morePages, printJson } from './output.js';

const options = {
  flow: shared.flow,
  code: { value: 'code', about: 'Only runs that failed with this code.' },
  step: { value: 'path', about: 'Only runs that failed at this step, without the numbers of items: each.notify.' },
  reason: { value: 'text', about: 'Why they are discarded.' },
  live: { about: 'Retry on the version that is live now; default: the one that each run was on.' },
  rate: {
    ...orderOptions.rate,
    about: 'How many a second, as an operation that goes on after a restart; default: at once, 1000 at the most.',
  },
  confirm: orderOptions.confirm,
  limit: shared.limit,
  before: shared.before,
  json: shared.json,
  url: shared.url,
} as const;

type LetterValues = Values<typeof options>;

export const deadLetters = defineCommand({
  usage: 'dead-letters [causes | retry [<id>…] | discard [<id>…]]',
  about: 'List the failed runs that nobody has seen to or what they failed of, run them again from where they failed, or set them aside.',
  options,
  takes: {
    '': ['flow', 'code', 'step', 'limit', 'before', 'json'],
    causes: ['flow', 'json'],
    retry: ['flow', 'code', 'step', 'live', 'rate', 'confirm', 'json'],
    'retry <id>': ['live', 'rate', 'confirm', 'json'],
    discard: ['flow', 'code', 'step', 'reason', 'rate', 'confirm', 'json'],
    'discard <id>': ['reason', 'rate', 'confirm', 'json'],
  },
  run: (values, [verb, ...ids]) => {
    if (verb === undefined) return withClient(values.url, (client) => list(client, values));
    if (verb === 'causes') return withClient(values.url, (client) => causes(client, values));
    if (verb === 'retry') return withClient(values.url, (client) => retry(client, ids, values));
    if (verb === 'discard') return withClient(values.url, (client) => discard(client, ids, values));
    throw new CommandError('dead-letters takes nothing, causes, retry or discard. millrace dead-letters lists them.');
  },
});

async function list(client: Client, values: LetterValues): Promise<void> {
  const { flow, code, step, limit, before } = values;
  const page = await client.get<RunPage>('dead-letters', { flow, code, step, limit, before });
  if (values.json) return printJson(page);
  if (page.items.length === 0) return console.log(none([flow, code, step, before]));
  console.log(runTable(page, Date.now(), await liveVersions(client)));
  morePages('dead-letters', values, page.next);
}

async function causes(client: Client, { flow, json }: LetterValues): Promise<void> {
  const view = await client.get<CausesView>('dead-letters/causes', { flow });
  if (json) return printJson(view);
  if (view.items.length === 0) return console.log(none([flow]));
  console.log(causeTable(view));
}

/** Where filters left everything out, others may wait. */
function none(filters: readonly (string | undefined)[]): string {
  return filters.every((filter) => filter === undefined)
    ? 'There are no dead letters: no failed run waits for a person.'
    : 'There is no such dead letter. millrace dead-letters lists all of them.';
}

async function retry(client: Client, ids: readonly string[], values: LetterValues): Promise<number | void> {
  const body = { ...chosen(ids, values), ...(values.live && { version: 'live' }) };
  const warned = ({ outdated }: { readonly outdated: number }): Promise<string[]> => outdatedLines(client, outdated, values.flow);
  if (values.rate !== undefined) return order(client, { kind: 'retry', ...body }, named(ids, values), warned);
  const ask = (confirm: number | undefined): Promise<BulkView> => client.post('dead-letters/retry', { ...body, confirm });
  return confirmed('run again', values, ids.length, ask, (answer) => (answer.done === 0 ? warned(answer) : ranLines(client, answer, ids)));
}

/** After a bad version was rolled back they would fail on it once more. */
async function outdatedLines(client: Client, outdated: number, flow: string | undefined): Promise<string[]> {
  if (outdated === 0) return [];
  const live = flow === undefined ? undefined : (await client.get<FlowView>(`flows/${encodeURIComponent(flow)}`)).version;
  const than = live === undefined ? 'the one that is live now' : `the live one, ${live}`;
  return [`${outdated} ran on another version than ${than}: add --live to run ${outdated === 1 ? 'it' : 'them'} on that.`];
}

/** Where they ran on another version than the live one: it is said of one run which, and of many how many. */
async function ranLines(client: Client, { outdated }: BulkView, ids: readonly string[]): Promise<string[]> {
  if (outdated === 0) return [];
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0)
    return [`${outdated} of them ran on another version than the live one. To run one on that: millrace rerun <run> --live`];
  const { flowId, version } = await client.get<RunView>(`runs/${encodeURIComponent(id)}`, { preview: 'true' });
  const { version: liveVersion } = await client.get<FlowView>(`flows/${encodeURIComponent(flowId)}`);
  return otherVersionLines(id, { version, liveVersion });
}

async function discard(client: Client, ids: readonly string[], values: LetterValues): Promise<number | void> {
  const { reason } = values;
  if (reason === undefined) throw new CommandError('Say why with --reason: it is kept beside each run.');
  const body = { ...chosen(ids, values), reason };
  if (values.rate !== undefined) return order(client, { kind: 'discard', ...body }, named(ids, values));
  return confirmed('set aside', values, ids.length, (confirm) => client.post<BulkView>('dead-letters/discard', { ...body, confirm }));
}

/** Whoever names each of them has confirmed. */
function named(ids: readonly string[], values: LetterValues): LetterValues {
  return ids.length > 0 ? { confirm: String(ids.length), ...values } : values;
}

function chosen(ids: readonly string[], { flow, code, step }: LetterValues): object {
  const filters = Object.entries({ flow, code, step }).filter(([, value]) => value !== undefined);
  return ids.length > 0 ? { ids } : Object.fromEntries(filters);
}
