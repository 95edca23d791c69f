import { createHash } from 'node:crypto';
import type { Acceptance, Accepted, EventStore } from '@millrace/engine';
import type { Pool } from 'pg';
import { Batcher } from './batcher.js';
import { isItemFault } from './errors.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import { ACCEPT, ACCEPT_CHECKED, COUNT_DUPLICATE } from './sql/accept.js';

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
    if (batch.some(({ dedupe, run }) => dedupe || run?.status === 'failed')) return this.writeChecked(batch);
    await this.pool.query({ name: 'accept', text: ACCEPT, values: columns(batch, new Blob()) });
    return batch.map(() => STORED);
  }

  private async writeChecked(batch: readonly Acceptance[]): Promise<readonly Accepted[]> {
    const first = firstOfEachKey(batch);
    const admitted = await this.admit(batch.filter((item) => first.has(item)));
    return Promise.all(batch.map((item) => (admitted.has(item.event.id) ? STORED : this.duplicate(item))));
  }

  private async admit(batch: readonly Acceptance[]): Promise<ReadonlySet<string>> {
    const blob = new Blob();
    const errors = batch.map(({ run }) => (run?.error ? jsonBytes(run.error) : undefined));
    const errorOffsets = errors.map((error) => error && blob.add(error));
    const values = [
      ...columns(batch, blob),
      textArray(batch.map(({ event, dedupe }) => dedupe && hashedKey(event.flowId, dedupe.key))),
      plainArray(batch.map(({ dedupe }) => dedupe?.windowMs)),
      plainArray(errorOffsets),
      plainArray(errors.map((error) => error?.length)),
    ];
    const { rows } = await this.pool.query<{ event_id: string }>({ name: 'accept-checked', text: ACCEPT_CHECKED, values });
    return new Set(rows.map((row) => row.event_id));
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

function columns(batch: readonly Acceptance[], blob: Blob): unknown[] {
  const requests = batch.map(({ event }) => jsonBytes(requestOf(event)));
  const offsets = batch.map(({ event }, index) => {
    const offset = blob.add(requests[index]!);
    blob.add(event.body);
    return offset;
  });
  return [
    blob.toBuffer(),
    plainArray(batch.map(({ event }) => event.id)),
    textArray(batch.map(({ event }) => event.flowId)),
    plainArray(batch.map(({ event }) => event.receivedAt)),
    plainArray(offsets),
    plainArray(requests.map((request) => request.length)),
    plainArray(batch.map(({ event }) => event.body.length)),
    plainArray(batch.map(({ run }) => run?.id)),
    plainArray(batch.map(({ run }) => run?.version)),
    plainArray(batch.map(({ run }) => run?.status)),
    plainArray(batch.map(({ run }) => run?.lease?.runner)),
  ];
}
