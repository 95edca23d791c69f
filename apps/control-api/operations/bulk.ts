import { ApiError } from '@millrace/platform';
import type { Counted } from '@millrace/postgres';
import type { BulkView } from '../wire/operate.js';

/** What one request does at the most. */
export const BULK_SIZE = 1000;

interface Bulk {
  /** How many it is about, when the caller asked for them and now. */
  readonly confirm: number | undefined;
  count(): Promise<number | Counted>;
  /** Up to BULK_SIZE of them. */
  ids(): Promise<readonly string[]>;
  /** Does it to one; a sentence when it could not be done. */
  each(id: string): Promise<string | undefined>;
}

/** Counts first: nothing is done until the caller has confirmed how many it is about, and no more than were confirmed. */
export async function inBulk({ confirm, count, ids, each }: Bulk): Promise<BulkView> {
  const found = await count();
  const { count: counted, outdated } = typeof found === 'number' ? { count: found, outdated: 0 } : found;
  if (confirm === undefined) return { count: counted, outdated, done: 0, left: counted, problems: [] };
  if (counted > confirm) throw countChanged(counted, confirm);
  const chosen = await ids();
  const problems: { id: string; message: string }[] = [];
  for (const id of chosen) {
    const message = await each(id);
    if (message !== undefined) problems.push({ id, message });
  }
  return { count: counted, outdated, done: chosen.length - problems.length, left: Math.max(0, counted - chosen.length), problems };
}

export function countChanged(counted: number, confirmed: number): ApiError {
  const message = `It is about ${counted} by now, and ${confirmed} is the most that was confirmed. Look again, and confirm ${counted}.`;
  return new ApiError(409, 'bulk.count-changed', message);
}

/** The sentence of an ApiError; anything else goes on. */
export async function problemOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
