import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { explainFileError, unless } from './errors.js';
import { giveToHomeOwner, type Home } from './home.js';

const ROTATE_AT_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 4096;
const TAIL_LINES = 20;

/** Opens the server's log for appending; past 10 MB the old one becomes `postgres.log.1` (one is kept). */
export async function openLog(home: Home): Promise<FileHandle> {
  try {
    if ((await logSize(home)) > ROTATE_AT_BYTES) await rename(home.log, `${home.log}.1`);
    const file = await open(home.log, 'a', 0o600);
    await giveToHomeOwner(home, home.log);
    return file;
  } catch (error) {
    throw explainFileError(error, `Opening ${home.log}`);
  }
}

/** Bytes in the log now: the `from` of a later `logTail`. */
export async function logSize(home: Home): Promise<number> {
  return unless(
    ['ENOENT'],
    stat(home.log).then((file) => file.size),
    0,
  );
}

/** The last lines the server wrote, at most 20 and not before `from`. Never fails: it goes into messages about failures. */
export async function logTail(home: Home, from = 0): Promise<string> {
  try {
    const start = Math.max(from, (await logSize(home)) - TAIL_BYTES);
    const file = await open(home.log, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
      return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-TAIL_LINES).join('\n');
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
