import type { EventPage, EventView, ReplayView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { eventDetails, eventTable } from '../print/event.js';
import { defineCommand, shared, type Values } from './define.js';
import { order, orderOptions } from './order.js';
import { morePages, printJson } from './output.js';

const { flow, limit, before, json, url } = shared;
const text = { value: 'text', about: 'Only events with this text in their request, letter by letter.' } as const;
const options = { flow, text, ...orderOptions, limit, before, json, url } as const;

export const events = defineCommand({
  usage: 'events [show <id> | replay [<id>…]]',
  about: 'List the events that were accepted, show one with its body, or run the flows of one or many again.',
  options,
  takes: {
    '': ['flow', 'text', 'since', 'until', 'limit', 'before', 'json'],
    show: ['json'],
    replay: ['flow', 'text', 'since', 'until', 'rate', 'confirm', 'json'],
    'replay <id>': ['rate', 'confirm', 'json'],
  },
  run: (values, [verb, id, ...rest]) => {
    if (verb === undefined) return withClient(values.url, (client) => list(client, values));
    if (verb === 'show' && id !== undefined && rest.length === 0) return withClient(values.url, (client) => show(client, id, values));
    if (verb === 'replay' && id !== undefined && rest.length === 0 && isAtOnce(values))
      return withClient(values.url, (client) => replay(client, id, values));
    if (verb === 'replay') return withClient(values.url, (client) => replayMany(client, id === undefined ? [] : [id, ...rest], values));
    throw new CommandError('events takes nothing, show <id> or replay. millrace events lists the ids.');
  },
});

async function list(client: Client, values: Values<typeof options>): Promise<void> {
  const { limit: most, before: older, since, until } = values;
  const page = await client.get<EventPage>('events', { flow: values.flow, q: values.text, since, until, limit: most, before: older });
  if (values.json) return printJson(page);
  if (page.items.length === 0) {
    return console.log('There are no such events. Was one sent and turned away? millrace refusals says why.');
  }
  console.log(eventTable(page));
  morePages('events', values, page.next);
}

async function show(client: Client, id: string, values: Values<typeof options>): Promise<void> {
  const event = await client.get<EventView>(`events/${encodeURIComponent(id)}`);
  if (values.json) printJson(event);
  else console.log(eventDetails(event, Date.now()));
}

/** Who says a rate or a number means an operation, of one event too. */
function isAtOnce({ rate, confirm }: Values<typeof options>): boolean {
  return rate === undefined && confirm === undefined;
}

async function replay(client: Client, id: string, values: Values<typeof options>): Promise<void> {
  const answer = await client.post<ReplayView>(`events/${encodeURIComponent(id)}/replay`);
  if (values.json) return printJson(answer);
  console.log(answer.runIds.length === 1 ? `The run ${answer.runId} was started.` : `The runs ${answer.runIds.join(', ')} were started.`);
}

async function replayMany(client: Client, ids: readonly string[], values: Values<typeof options>): Promise<void> {
  const { flow: of, text: q, since, until } = values;
  if (ids.length > 0) return order(client, { kind: 'replay', ids }, { confirm: String(ids.length), ...values });
  if ([of, q, since, until].every((value) => value === undefined)) {
    throw new CommandError('Say which events: their ids, or --flow, --text, --since and --until.');
  }
  await order(client, { kind: 'replay', flow: of, q, since, until }, values);
}
