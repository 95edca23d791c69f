import type { Json } from '@millrace/component-sdk';
import type { EventRecord, Origin } from '@millrace/engine';
import type { Flow } from '@millrace/flow';
import type { CaseEvent, FlowCase } from './types.js';

export const DEFAULT_NOW = '2026-01-01T00:00:00Z';

/** The event of a case as the front door, the clock or another flow would have written it down. */
export function eventOf(flow: Flow, { event = {} }: FlowCase, id: string, receivedAt: number): EventRecord {
  const headers = Object.fromEntries(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  headers['content-type'] ??= 'application/json';
  const origin = originOf(flow, event, id, receivedAt);
  const query = queryOf(event.query ?? {});
  return {
    id,
    flowId: flow.id,
    receivedAt,
    method: event.method ?? METHODS[flow.trigger.type],
    url: `/flows/${flow.id}/hook${query === '' ? '' : `?${query}`}`,
    headers,
    body: Buffer.from(bodyText(event.body ?? {}, headers['content-type'])),
    ...(origin && { origin }),
  };
}

const METHODS = { webhook: 'POST', schedule: 'SCHEDULE', event: 'EVENT', call: 'CALL' } as const;

function originOf({ trigger }: Flow, event: CaseEvent, runId: string, at: number): Origin | undefined {
  if (trigger.type === 'schedule') return { kind: 'schedule', at };
  if (trigger.type === 'event') return { kind: 'event', name: event.name ?? trigger.event };
  return trigger.type === 'call' ? { kind: 'call', runId, path: 'case' } : undefined;
}

function queryOf(query: NonNullable<CaseEvent['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value as string]),
  );
  return new URLSearchParams(pairs).toString();
}

/** A text under a content type of its own is the body as it is. */
function bodyText(body: Json, type: string): string {
  return typeof body === 'string' && !/[/+]json\b/i.test(type) ? body : JSON.stringify(body);
}
