import type { Pool } from 'pg';
import { BLOB_SHARDS, type BlobStore } from './blob-store.js';

/** What was written lately may belong to a row that is about to commit, or to a run that is about to be known. */
const GRACE_MS = 24 * 3600 * 1000;

const KNOWN = `
  select u.id from unnest($1::uuid[]) as u (id)
  where exists (select from runs r where r.id = u.id) or exists (select from finished_runs f where f.id = u.id)`;

/** Removes what belongs to no run any more, one part of the store at a time. */
export class BlobSweep {
  private shard = Math.floor(Math.random() * BLOB_SHARDS);

  constructor(
    private readonly pool: Pool,
    private readonly blobs: BlobStore,
  ) {}

  /** Looks through the next part; answers how many blobs were removed. `now` in milliseconds since the epoch. */
  async next(now: number): Promise<number> {
    const shard = this.shard;
    this.shard = (shard + 1) % BLOB_SHARDS;
    return this.part(shard, now);
  }

  async part(shard: number, now: number): Promise<number> {
    const old = (await this.blobs.list(shard)).filter(({ writtenAt }) => writtenAt < now - GRACE_MS);
    const known = await this.knownRuns([...new Set(old.flatMap(({ runId }) => runId ?? []))]);
    const orphans = old.filter(({ runId }) => runId === undefined || !known.has(runId));
    for (const { key } of orphans) await this.blobs.remove(key);
    return orphans.length;
  }

  private async knownRuns(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const { rows } = await this.pool.query<{ id: string }>(KNOWN, [ids]);
    return new Set(rows.map(({ id }) => id));
  }
}
