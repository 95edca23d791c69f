import { idMs } from '@millrace/postgres';

/** When an id was made, as ISO 8601. */
export function idTime(id: string): string {
  return new Date(idMs(id)).toISOString();
}

export const MAX_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
