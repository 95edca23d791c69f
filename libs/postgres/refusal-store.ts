import type { Refusal } from '@millrace/engine';
import type { Pool } from 'pg';
import { Batcher } from './batcher.js';
import { isItemFault } from './errors.js';
import { Blob, jsonBytes, plainArray, textArray } from './packing.js';

const INSERT = `
  insert into refusals (id, flow_id, at, status, code, reason, request)
  select id, flow_id, to_timestamp(at / 1000), status, code, reason, substring($1::bytea from request_at for request_len)
  from unnest($2::uuid[], $3::text[], $4::float8[], $5::int[], $6::text[], $7::text[], $8::int[], $9::int[])
    as t (id, flow_id, at, status, code, reason, request_at, request_len)`;

const TRIM = `
  delete from refusals where id in (
    select id from (select id, row_number() over (partition by flow_id order by id desc) as place from refusals) ranked where place > $1
  )`;

/** How many refusals may wait for the database; beyond that the newest are dropped, for a flood must not fill memory. */
const MAX_WAITING = 1000;

/** The refusal log: bounded in memory and per flow, written behind the answer because nothing was promised. */
export class PostgresRefusalStore {
  private readonly batcher: Batcher<Refusal, undefined>;

  constructor(
    private readonly pool: Pool,
    private readonly onError: (error: unknown) => void,
  ) {
    this.batcher = new Batcher<Refusal, undefined>({
      flush: (batch) => this.flush(batch),
      inFlight: 1,
      maxItems: 256,
      maxBytes: 1024 * 1024,
      bytes: () => 1024,
      isItemFault,
    });
  }

  /** Never fails and never waits: the caller has its answer already. */
  keep(refusal: Refusal): void {
    if (this.batcher.backlog >= MAX_WAITING) return;
    this.batcher.add(refusal).catch(this.onError);
  }

  drained(): Promise<void> {
    return this.batcher.drained();
  }

  /** Keeps the newest `perFlow` refusals of each flow. */
  async trim(perFlow: number): Promise<void> {
    await this.pool.query(TRIM, [perFlow]);
  }

  private async flush(batch: readonly Refusal[]): Promise<undefined[]> {
    const blob = new Blob();
    const requests = batch.map(({ method, url, headers, caller, diagnosis }) => jsonBytes({ method, url, headers, caller, diagnosis }));
    const offsets = requests.map((request) => blob.add(request));
    await this.pool.query(INSERT, [
      blob.toBuffer(),
      plainArray(batch.map(({ id }) => id)),
      textArray(batch.map(({ flowId }) => flowId)),
      plainArray(batch.map(({ at }) => at)),
      plainArray(batch.map(({ status }) => status)),
      textArray(batch.map(({ code }) => code)),
      textArray(batch.map(({ reason }) => reason)),
      plainArray(offsets),
      plainArray(requests.map((request) => request.length)),
    ]);
    return batch.map(() => undefined);
  }
}
