import { createHash } from 'node:crypto';
import type { Collecting } from '@millrace/engine';
import { plainArray, textArray } from './packing.js';

/** Key, kind, window, longest wait, size and depth of what is collected, one element per row; NULL for a row that is not. */
export function collectColumns(rows: readonly (Collecting | undefined)[]): unknown[] {
  return [
    textArray(rows.map((row) => row && hashedKey(row))),
    textArray(rows.map((row) => row?.kind)),
    plainArray(rows.map((row) => row?.windowMs)),
    plainArray(rows.map((row) => row?.maxWaitMs)),
    plainArray(rows.map((row) => row?.size)),
    plainArray(rows.map((row) => row && (row.depth ?? 0))),
  ];
}

/** Keys are stored hashed: any length, any characters, and no customer data in an index. */
function hashedKey({ flowId, key }: Collecting): string {
  return createHash('sha256').update(flowId).update('\n').update(key).digest('hex');
}
