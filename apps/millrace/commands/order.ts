import type { OrderedView } from '../../control-api/index.js';
import type { Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { operationLine } from '../print/operation.js';
import { printJson } from './output.js';

/** Options of commands that do something to many, at a rate. */
export const orderOptions = {
  since: { value: 'time', about: 'Only what came at this moment or later, such as 2026-01-31T12:00:00Z.' },
  until: { value: 'time', about: 'Only what came before this moment.' },
  rate: { value: 'number', about: 'How many a second; what is left goes on after a restart. Default 20.' },
  confirm: { value: 'number', about: 'How many it may be about at the most; without it they are only counted.' },
} as const;

/** Counts, or with `confirm` orders, and says how to follow it. */
export async function order(
  client: Client,
  what: object,
  { confirm, rate, json }: { readonly confirm?: string; readonly rate?: string; readonly json?: boolean },
  /** What to know before it is confirmed, a line each. */
  warned: (answer: OrderedView) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<void> {
  const body = {
    ...what,
    ...(rate !== undefined && { perSecond: numberOf('rate', rate) }),
    ...(confirm !== undefined && { confirm: numberOf('confirm', confirm) }),
  };
  const answer = await client.post<OrderedView>('operations', body);
  if (json) return printJson(answer);
  const { count, operation } = answer;
  if (operation) return console.log(`${operationLine(operation)}\nmillrace operations show ${operation.id} says how far it is.`);
  for (const line of await warned(answer)) console.log(line);
  console.log(count === 0 ? 'There are none.' : `It would be about ${count}. Say --confirm ${count} to do it.`);
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new CommandError(`--${name} takes a number, not ${JSON.stringify(text)}.`);
}
