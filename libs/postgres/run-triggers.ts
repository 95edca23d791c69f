import type { EventRecord } from '@millrace/engine';
import type { Pool } from 'pg';
import { eventRecord, SMALL_BODIES, type EventRow } from './rows.js';

const TRIGGERS = `
  select id as event_id, flow_id, request, (extract(epoch from received_at) * 1000)::float8 as received_at, ${SMALL_BODIES}
  from events where id = any ($1::uuid[])`;

/** What started the runs of a list, by the id of the event; large bodies are left empty, and events that are not kept any more out. */
export async function runTriggers(pool: Pool, eventIds: readonly string[]): Promise<ReadonlyMap<string, EventRecord>> {
  if (eventIds.length === 0) return new Map();
  const { rows } = await pool.query<EventRow>(TRIGGERS, [[...new Set(eventIds)]]);
  return new Map(rows.map((row) => [row.event_id, eventRecord(row)]));
}
