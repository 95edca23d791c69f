import { createHash } from 'node:crypto';
import type { Acceptance, Accepted, EventRecord, EventStore, NewRun } from '@millrace/engine';
import type { Pool } from 'pg';
import { Batcher } from './batcher.js';
import { isItemFault } from './errors.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import { ACCEPT, ACCEPT_AWAITED, ACCEPT_CHECKED, COUNT_DUPLICATE } from './sql/accept.js';

const STORED: Accepted = { kind: 'stored' };

/** Group-committed events. One commit in flight: whatever arrives meanwhile shares the next one. */
export class PostgresEventStore implements EventStore {
  private readonly batcher: Batcher<Acceptance, Accepted>;

  constructor(private readonly pool: Pool) {
    this.batcher = new Batcher<Acceptance, Accepted>({
      flush: (batch) => this.flush(batch),
      inFlight: 1,
      maxItems: 512,
      maxBytes: 8 * 1024 * 1024,
      bytes: ({ event }) => event.body.length + 1024,
      isItemFault,
    });
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return this.batcher.add(acceptance);
  }

  /** Requests waiting for a commit. */
  get backlog(): number {
    return this.batcher.backlog;
  }

  drained(): Promise<void> {
    return this.batcher.drained();
  }

  private flush(batch: readonly Acceptance[]): Promise<readonly Accepted[]> {
    return mendingPartitions(this.pool, () => this.write(batch));
  }

  private async write(batch: readonly Acceptance[]): Promise<readonly Accepted[]> {
    if (batch.some(isChecked)) return this.writeChecked(batch);
    await this.pool.query({ name: 'accept', text: ACCEPT, values: columns(batch.map(onlyRow), new Blob()) });
    return batch.map(() => STORED);
  }

  private async writeChecked(batch: readonly Acceptance[]): Promise<readonly Accepted[]> {
    const first = firstOfEachKey(batch);
    const admitted = await this.admit(batch.filter((item) => first.has(item)));
    return Promise.all(batch.map((item) => (admitted.has(item.event.id) ? STORED : this.duplicate(item))));
  }

  private async admit(batch: readonly Acceptance[]): Promise<ReadonlySet<string>> {
    const rows = batch.flatMap(rowsOf);
    const blob = new Blob();
    const errors = rows.map(({ run }) => (run?.error ? jsonBytes(run.error) : undefined));
    const errorOffsets = errors.map((error) => error && blob.add(error));
    const values = [
      ...columns(rows, blob),
      `{${rows.map(({ leads }) => leads).join()}}`,
      textArray(rows.map(({ flowId }) => flowId)),
      textArray(rows.map(({ event, dedupe }) => dedupe && hashedKey(event.flowId, dedupe.key))),
      plainArray(rows.map(({ dedupe }) => dedupe?.windowMs)),
      plainArray(errorOffsets),
      plainArray(errors.map((error) => error?.length)),
    ];
    const statement = rows.some(({ run }) => run?.awaited)
      ? { name: 'accept-awaited', text: ACCEPT_AWAITED, values: [...values, ...awaitedColumns(rows)] }
      : { name: 'accept-checked', text: ACCEPT_CHECKED, values };
    const kept = await this.pool.query<{ event_id: string }>(statement);
    return new Set(kept.rows.map((row) => row.event_id));
  }

  private async duplicate({ event, dedupe }: Acceptance): Promise<Accepted> {
    const key = hashedKey(event.flowId, dedupe?.key ?? '');
    const { rows } = await this.pool.query<{ event_id: string }>(COUNT_DUPLICATE, [event.flowId, key]);
    if (!rows[0]) throw new Error('A dedupe key expired between two statements; the request is to be sent again.');
    return { kind: 'duplicate', eventId: rows[0].event_id };
  }
}

/** Of several requests with one key in a batch only the first may insert it: a statement cannot touch a row twice. */
function firstOfEachKey(batch: readonly Acceptance[]): ReadonlySet<Acceptance> {
  const seen = new Set<string>();
  return new Set(
    batch.filter(({ event, dedupe }) => {
      if (!dedupe) return true;
      const key = `${event.flowId}\n${dedupe.key}`;
      return !seen.has(key) && seen.add(key);
    }),
  );
}

/** Keys are stored hashed: any length, any characters, and no customer data in an index. */
function hashedKey(flowId: string, key: string): string {
  return createHash('sha256').update(flowId).update('\n').update(key).digest('hex');
}

/** What the usual commit, of new events with one run each or none, cannot do. */
function isChecked({ dedupe, run, listeners }: Acceptance): boolean {
  return (
    dedupe !== undefined || run?.status === 'failed' || run?.awaited !== undefined || (listeners !== undefined && listeners.length > 0)
  );
}

/** One row of the accept statements: an event with one of its runs. */
interface AcceptRow {
  readonly event: EventRecord;
  readonly run: NewRun | undefined;
  /** The flow of the run. */
  readonly flowId: string;
  readonly dedupe: Acceptance['dedupe'];
  /** True for the first row of its event. */
  readonly leads: boolean;
}

function onlyRow({ event, run, dedupe }: Acceptance): AcceptRow {
  return { event, run, flowId: event.flowId, dedupe, leads: true };
}

function rowsOf(acceptance: Acceptance): AcceptRow[] {
  const { event, dedupe, run, listeners = [] } = acceptance;
  if (listeners.length === 0) return [onlyRow(acceptance)];
  const own = run ? [{ run, flowId: event.flowId }] : [];
  const all = [...own, ...listeners.map((each) => ({ run: each, flowId: each.flowId }))];
  return all.map((each, index) => ({ event, dedupe, ...each, leads: index === 0 }));
}

function awaitedColumns(rows: readonly AcceptRow[]): unknown[] {
  return [plainArray(rows.map(({ run }) => run?.awaited?.by)), textArray(rows.map(({ run }) => run?.awaited?.from))];
}

/** The columns that both statements have. Only the leading row of an event carries its bytes. */
function columns(rows: readonly AcceptRow[], blob: Blob): unknown[] {
  const requests = rows.map(({ event, leads }) => (leads ? jsonBytes(requestOf(event)) : undefined));
  const offsets = rows.map(({ event }, index) => {
    const request = requests[index];
    if (!request) return undefined;
    const offset = blob.add(request);
    blob.add(event.body);
    return offset;
  });
  return [
    blob.toBuffer(),
    plainArray(rows.map(({ event }) => event.id)),
    textArray(rows.map(({ event }) => event.flowId)),
    plainArray(rows.map(({ event }) => event.receivedAt)),
    plainArray(offsets),
    plainArray(requests.map((request) => request?.length)),
    plainArray(rows.map(({ event }) => event.body.length)),
    plainArray(rows.map(({ run }) => run?.id)),
    plainArray(rows.map(({ run }) => run?.version)),
    plainArray(rows.map(({ run }) => run?.status)),
    plainArray(rows.map(({ run }) => run?.lease?.runner)),
  ];
}
