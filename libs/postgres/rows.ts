import type { EventRecord, StepRow } from '@millrace/engine';
import { parseJsonBytes } from './packing.js';

/** The columns of an event as statements select them. */
export interface EventRow {
  readonly event_id: string;
  readonly flow_id: string;
  readonly received_at: number;
  readonly request: Buffer;
  readonly body: Buffer;
}

/** The columns of a journal row as statements select them. */
export interface JournalRow {
  readonly run_id: string;
  readonly path: string;
  readonly attempt: number;
  readonly status: StepRow['status'];
  readonly kind: string;
  readonly started_at: number;
  readonly finished_at: number;
  readonly data: Buffer;
}

/** What is kept of a request beside its body. */
export type StoredRequest = Pick<
  EventRecord,
  'method' | 'url' | 'headers' | 'caller' | 'unmatched' | 'unmatchedBy' | 'draft' | 'verified' | 'origin'
>;

export function requestOf({ method, url, headers, caller, unmatched, unmatchedBy, draft, verified, origin }: EventRecord): StoredRequest {
  return { method, url, headers, caller, unmatched, unmatchedBy, draft, verified, origin };
}

export function eventRecord(row: EventRow): EventRecord {
  const request = parseJsonBytes<StoredRequest>(row.request);
  return { id: row.event_id, flowId: row.flow_id, receivedAt: row.received_at, body: row.body, ...request };
}
