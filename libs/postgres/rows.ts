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

/** Bodies up to this many bytes come along in lists: those of most events, and no more than a list has memory for. */
const SMALL_BODY = 8 * 1024;

/** The body of an event where it is small, else an empty one. */
export const SMALL_BODIES = `case when octet_length(body) <= ${SMALL_BODY} then body else ''::bytea end as body`;

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
