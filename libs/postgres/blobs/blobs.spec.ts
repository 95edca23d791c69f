import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StepRow } from '@millrace/engine';
import { startPrivatePostgres, type PrivatePostgres } from '../../../test/contract/private-postgres.js';
import { claimedRun, entry, newId, newRunner, useRow } from '../../engine/contract/index.js';
import { BLOB_SHARDS, type BlobStore, type StoredBlob } from './blob-store.js';
import {
  BlobSweep,
  FolderBlobStore,
  PostgresEventStore,
  PostgresHistory,
  PostgresJournal,
  PostgresOperations,
  PostgresRunStore,
  StepData,
  type Database,
} from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-blobs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = (found: Uint8Array | undefined): string | undefined => found && Buffer.from(found).toString();
const shardOf = (runId: string): number => parseInt(runId.slice(-2), 16);

/** What a blob store has to keep, whatever it stands on. */
function describeBlobStore(name: string, open: () => BlobStore): void {
  describe(`the blob store in ${name}`, () => {
    it('gives back what was put, byte by byte', async () => {
      const store = open();
      const content = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      expect(Buffer.from((await store.get(await store.put(newId(), content)))!).equals(content)).toBe(true);
    });

    it('keeps the same content of one run once, and apart from that of another run', async () => {
      const [store, a, b] = [open(), newId(), newId()];
      const keys = await Promise.all([a, a, b].map((id) => store.put(id, bytes('same'))));
      expect(keys[0]).toBe(keys[1]);
      expect(keys[2]).not.toBe(keys[0]);
      await store.remove(keys[0]!);
      expect([textOf(await store.get(keys[0]!)), textOf(await store.get(keys[2]!))]).toEqual([undefined, 'same']);
    });

    it('lists everything in one part each, with its run', async () => {
      const store = open();
      const ids = Array.from({ length: 5 }, newId);
      const keys = await Promise.all(ids.map((id) => store.put(id, bytes(id))));
      const lists: StoredBlob[] = [];
      for (let shard = 0; shard < BLOB_SHARDS; shard += 1) lists.push(...(await store.list(shard)));
      expect(new Map(lists.map(({ key, runId }) => [key, runId]))).toEqual(new Map(keys.map((key, index) => [key, ids[index]])));
    });

    it('removes what is not there without a word, and has nothing under a key that was never put', async () => {
      const store = open();
      const key = `${newId()}-${'0'.repeat(64)}`;
      await store.remove(key);
      expect(await store.get(key)).toBeUndefined();
    });
  });
}

describeBlobStore('a folder', () => new FolderBlobStore(folder));

describe('a folder of blobs', () => {
  it('has no name for what is not whole', async () => {
    const id = newId();
    await new FolderBlobStore(folder).put(id, bytes('whole'));
    const names = await readdir(join(folder, id.slice(-2), id.slice(-4, -2)));
    expect(names).toEqual([expect.stringMatching(new RegExp(`^${id}-[0-9a-f]{64}$`))]);
  });

  it('does not give damaged content for the real one', async () => {
    const [store, id] = [new FolderBlobStore(folder), newId()];
    const key = await store.put(id, bytes('content'));
    await writeFile(join(folder, id.slice(-2), id.slice(-4, -2), key), 'contemt');
    await expect(store.get(key)).rejects.toThrow('is damaged');
  });

  it('takes no key that leads out of it', async () => {
    await expect(new FolderBlobStore(folder).get('../../etc/passwd')).rejects.toThrow('no key');
  });
});

describe('steps with large values', () => {
  let server: PrivatePostgres;
  let database: Database;
  let data: StepData;
  let blobs: FolderBlobStore;
  const large = { text: 'x'.repeat(5_000) };

  beforeAll(async () => {
    server = await startPrivatePostgres();
    database = await server.newDatabase();
  }, 180_000);
  afterAll(() => server.stop(), 180_000);
  beforeEach(() => {
    blobs = new FolderBlobStore(folder);
    data = new StepData(blobs, 1_000);
  });

  async function ran(rows: readonly StepRow[]): Promise<{ id: string; claim: () => Promise<readonly StepRow[]> }> {
    const { pool } = database;
    const runs = new PostgresRunStore(pool, 'blobs/suite/1', data);
    const store = { events: new PostgresEventStore(pool), journal: new PostgresJournal(pool, data), claims: runs, leases: runs };
    const runner = await newRunner(store as never);
    const { run } = await claimedRun(store as never, runner);
    await store.journal.suspend(run, entry(rows), 0);
    return { id: run.id, claim: async () => (await runs.claimDue(runner, 100)).find((work) => work.run.id === run.id)!.journal };
  }

  it('leave the database small, and come back whole to whoever goes on with the run', async () => {
    const { id, claim } = await ran([useRow('big', { input: large, output: large }), useRow('small', { output: 1 })]);
    const { rows } = await database.pool.query<{ size: number }>('select max(octet_length(data)) as size from journal where run_id = $1', [
      id,
    ]);
    expect(rows[0]?.size).toBeLessThan(2_500);
    expect((await claim()).map(({ output }) => output)).toEqual([large, 1]);
    const history = new PostgresHistory(database.pool, data);
    expect((await history.journal(id)).map(({ input, output }) => [input, output])).toContainEqual([large, large]);
  });

  it('are shown by size and beginning, and given whole when asked for', async () => {
    const { id } = await ran([useRow('big', { output: large })]);
    const history = new PostgresHistory(database.pool, data);
    const [row] = await history.listedJournal(id);
    expect(row).toMatchObject({ refs: { output: { bytes: 5_011, preview: expect.stringMatching(/^\{"text":"xxx/) } } });
    expect(row?.output).toBeUndefined();
    expect(JSON.parse(textOf(await history.stepValue(id, 'big', 'output'))!)).toEqual(large);
    expect(await history.stepValue(id, 'other', 'output')).toBeUndefined();
  });

  it('are taken over into a run that repeats this one, as files of its own', async () => {
    const { id } = await ran([useRow('big', { output: large })]);
    const history = new PostgresHistory(database.pool, data);
    const summary = (await history.run(id))!;
    const repeated = newId();
    const rerun = { id: repeated, flowId: summary.flowId, version: 1, status: 'queued' as const, event: summary.eventId, dry: false };
    await new PostgresOperations(database.pool, data).rerun({ ...rerun, rows: await history.journal(id) });
    for (const { key, runId } of await blobs.list(shardOf(id))) if (runId === id) await blobs.remove(key);
    expect((await history.journal(repeated)).map(({ output }) => output)).toEqual([large]);
  });

  it('fail by name where their file is gone, so that the run ends where a person looks', async () => {
    const { id, claim } = await ran([useRow('big', { output: large })]);
    for (const { key, runId } of await blobs.list(shardOf(id))) if (runId === id) await blobs.remove(key);
    expect(await claim()).toMatchObject([{ status: 'failed', error: { code: 'output.lost', step: 'big', blame: 'operator' } }]);
  });

  it('lose their files when their run is gone, and not before, and nothing young', async () => {
    const { id } = await ran([useRow('big', { output: large })]);
    const gone = newId().slice(0, -2) + id.slice(-2);
    await blobs.put(gone, bytes('old'));
    await blobs.put(gone.replace(/^0/, '1'), bytes('young'));
    const part = join(folder, id.slice(-2));
    await writeFile(join(part, gone.slice(-4, -2), `.${gone}-${'0'.repeat(64)}.ab12.tmp`), 'half');
    await writeFile(join(part, gone.slice(-4, -2), 'README'), 'not ours');
    const old = new Date(Date.now() - 48 * 3600 * 1000);
    for (const name of await readdir(part, { recursive: true }))
      if (!name.includes(gone.replace(/^0/, '1'))) await utimes(join(part, name), old, old);
    expect(await new BlobSweep(database.pool, blobs).part(shardOf(id), Date.now())).toBe(2);
    expect((await blobs.list(shardOf(id))).map(({ runId }) => runId).sort()).toEqual([id, gone.replace(/^0/, '1')].sort());
  });
});
