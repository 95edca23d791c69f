import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import type { BlobStore, StoredBlob } from './blob-store.js';

/** `<run id>-<SHA-256 of the bytes, in hex>`. */
const KEY = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{64})$/;

/** What an interrupted put leaves behind: the key in it. */
const TEMPORARY = /^\.(.*)\.[0-9a-f]+\.tmp$/;

/**
 * Blobs as files in two levels of folders. A file is written beside its place, synced and renamed, so that what has its name
 * is whole. Several processes and machines may share the folder.
 */
export class FolderBlobStore implements BlobStore {
  constructor(private readonly folder: string) {}

  async put(runId: string, bytes: Uint8Array): Promise<string> {
    const key = `${runId}-${hashOf(bytes)}`;
    const folder = this.folderOf(key);
    await makeFolder(folder);
    if (!(await exists(join(folder, key)))) await writeWhole(folder, key, bytes);
    await syncFolder(folder);
    return key;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const bytes = await orMissing(readFile(join(this.folderOf(key), key)));
    if (bytes && (await hashAside(bytes)) !== KEY.exec(key)?.[2])
      throw new Error(`The file of the output ${key} is damaged: its content has another hash.`);
    return bytes;
  }

  async beginning(key: string, most: number): Promise<Uint8Array | undefined> {
    const file = await orMissing(open(join(this.folderOf(key), key)));
    if (!file) return undefined;
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async list(shard: number): Promise<readonly StoredBlob[]> {
    const part = join(this.folder, shard.toString(16).padStart(2, '0'));
    const folders = (await orMissing(readdir(part))) ?? [];
    const lists = await Promise.all(folders.map((name) => listFolder(join(part, name))));
    return lists.flat();
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.folderOf(key), key), { force: true });
  }

  /** By the end of the run's id, which is random; its beginning is the time. A temporary file lies beside its blob. */
  private folderOf(key: string): string {
    const [, runId] = KEY.exec(key.replace(TEMPORARY, '$1')) ?? [];
    if (runId === undefined) throw new Error(`${JSON.stringify(key)} is no key of a stored output.`);
    return join(this.folder, runId.slice(-2), runId.slice(-4, -2));
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The same in another thread: megabytes take a while, and others are served meanwhile. */
async function hashAside(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A new name is safe only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function listFolder(folder: string): Promise<StoredBlob[]> {
  const names = ((await orMissing(readdir(folder))) ?? []).filter((name) => KEY.test(name.replace(TEMPORARY, '$1')));
  const found = names.map(async (key): Promise<StoredBlob | undefined> => {
    const file = await orMissing(stat(join(folder, key)));
    return file && { key, runId: KEY.exec(key)?.[1], writtenAt: file.mtimeMs };
  });
  return (await Promise.all(found)).filter((blob) => blob !== undefined);
}

async function exists(path: string): Promise<boolean> {
  return (await orMissing(stat(path))) !== undefined;
}

async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
