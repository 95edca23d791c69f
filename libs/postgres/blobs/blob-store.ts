/** Where step outputs lie that are too large for the journal. Keys name run and content: the same bytes of the same run are kept once. */
export interface BlobStore {
  /** Resolves with the key once the bytes are safe from a crash. Putting them again is harmless. */
  put(runId: string, bytes: Uint8Array): Promise<string>;
  /** Undefined when there is nothing under the key. Fails when it cannot be read, or is not what was put. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** The first `most` bytes, which nothing is compared with; undefined as with `get`. */
  beginning(key: string, most: number): Promise<Uint8Array | undefined>;
  /** Everything in one of `BLOB_SHARDS` parts, also what an interrupted put left behind (without a run). */
  list(shard: number): Promise<readonly StoredBlob[]>;
  remove(key: string): Promise<void>;
}

export interface StoredBlob {
  readonly key: string;
  readonly runId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly writtenAt: number;
}

/** Into how many parts a store is divided, so that it can be looked through bit by bit. */
export const BLOB_SHARDS = 256;
