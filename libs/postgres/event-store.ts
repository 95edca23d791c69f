import { createHash } from 'node:crypto';
import type { Acceptance, Accepted, Collecting, EventRecord, EventStore, NewRun } from '@millrace/engine';
import type { Pool } from 'pg';
import { Batcher } from './batcher.js';
import { bounded, PATIENCE_MS } from './bounded.js';
import { collectColumns } from './collect-columns.js';
import { afterDeadlock } from './deadlock.js';
import { isItemFault } from './errors.js';
import { laneColumns } from './lanes.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import { ACCEPT, ACCEPT_AWAITED, ACCEPT_CHECKED, ACCEPT_COLLECTED, ACCEPT_LANED, COUNT_DUPLICATE } from './sql/accept.js';

const STORED: Accepted = { kind: 'stored' };

/** Group-committed events. One commit in flight: whatever arrives meanwhile shares the next one. */
export class PostgresEventStore implements EventStore {
  private readonly batcher: Batcher<Acceptance, Accepted>;

  constructor(
    private readonly pool: Pool,
    /** How long a commit may go unanswered, in milliseconds; what it carried is then as good as not written. */
    private readonly patienceMs = PATIENCE_MS,
  ) {
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
    return mendingPartitions(this.pool, () => afterDeadlock(() => this.write(batch)));
  }

  private async write(batch: readonly Acceptance[]): Promise<readonly Accepted[]> {
    if (batch.some(isChecked)) return this.writeChecked(batch);
    const statement = { name: 'accept', text: ACCEPT, values: columns(batch.map(onlyRow), new Blob()) };
    await this.pool.query(bounded(statement, this.patienceMs));
    return batch.map(() => STORED);
  }

  private async writeChecked(batch: readonly Acceptance[]): Promise<readonly Accepted[]> {
    const first = firstOfEachKey(batch);
    const admitted = await this.admit(batch.filter((item) => first.has(item)));
    return Promise.all(batch.map((item) => admitted.get(item.event.id) ?? this.duplicate(item)));
  }

  /** What became of the events that were kept, by id. */
  private async admit(batch: readonly Acceptance[]): Promise<ReadonlyMap<string, Accepted>> {
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
    const kept = await this.pool.query<AdmittedRow>(bounded(statementFor(rows, values), this.patienceMs));
    return acceptedByEvent(kept.rows);
  }

  private async duplicate({ event, dedupe }: Acceptance): Promise<Accepted> {
    const key = hashedKey(event.flowId, dedupe?.key ?? '');
    const { rows } = await this.pool.query<{ event_id: string }>(COUNT_DUPLICATE, [event.flowId, key]);
    if (!rows[0]) throw new Error('A dedupe key expired between two statements; the request is to be sent again.');
    return { kind: 'duplicate', eventId: rows[0].event_id };
  }
}

interface AdmittedRow {
  readonly event_id: string;
  /** A run of it that stands in line. */
  readonly behind?: string | null;
}

/** The simplest statement that does for all of them. */
function statementFor(rows: readonly AcceptRow[], values: readonly unknown[]): { name: string; text: string; values: unknown[] } {
  const collects = rows.some(({ collecting }) => collecting);
  if (collects || rows.some(({ run }) => run?.lane ?? run?.priority)) {
    const lanes = laneColumns(rows.map(({ flowId, run }) => ({ flowId, lane: run?.lane })));
    const all = [...values, ...awaitedColumns(rows), ...lanes];
    if (collects) {
      const collected = collectColumns(rows.map(({ collecting }) => collecting));
      return { name: 'accept-collected', text: ACCEPT_COLLECTED, values: [...all, ...collected] };
    }
    return { name: 'accept-laned', text: ACCEPT_LANED, values: all };
  }
  if (rows.some(({ run }) => run?.awaited)) {
    return { name: 'accept-awaited', text: ACCEPT_AWAITED, values: [...values, ...awaitedColumns(rows)] };
  }
  return { name: 'accept-checked', text: ACCEPT_CHECKED, values: [...values] };
}

function acceptedByEvent(rows: readonly AdmittedRow[]): ReadonlyMap<string, Accepted> {
  const accepted = new Map<string, Accepted>();
  for (const { event_id: id, behind } of rows) {
    const before = accepted.get(id) as Extract<Accepted, { kind: 'stored' }> | undefined;
    accepted.set(id, behind ? { kind: 'stored', behind: [...(before?.behind ?? []), behind] } : (before ?? STORED));
  }
  return accepted;
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
function isChecked({ dedupe, run, listeners = [], collects = [] }: Acceptance): boolean {
  return (
    dedupe !== undefined ||
    run?.status === 'failed' ||
    run?.awaited !== undefined ||
    run?.lane !== undefined ||
    run?.priority !== undefined ||
    listeners.length + collects.length > 0
  );
}

/** One row of the accept statements: an event with one of its runs. */
interface AcceptRow {
  readonly event: EventRecord;
  readonly run: NewRun | undefined;
  /** It is collected for the flow, instead of a run. */
  readonly collecting?: Collecting;
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
  const { event, dedupe, run, listeners = [], collects = [] } = acceptance;
  if (listeners.length + collects.length === 0) return [onlyRow(acceptance)];
  const own = run ? [{ run, flowId: event.flowId }] : [];
  const others = listeners.map((each) => ({ run: each, flowId: each.flowId }));
  const collected = collects.map((each) => ({ run: undefined, flowId: each.flowId, collecting: each }));
  const all: Pick<AcceptRow, 'run' | 'flowId' | 'collecting'>[] = [...own, ...others, ...collected];
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
    plainArray(rows.map(({ run, collecting }) => run?.version ?? collecting?.version)),
    plainArray(rows.map(({ run }) => run?.status)),
    plainArray(rows.map(({ run }) => run?.lease?.runner)),
  ];
}
