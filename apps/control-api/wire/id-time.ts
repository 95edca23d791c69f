/** When an id was made, as ISO 8601: the milliseconds that lead a UUIDv7 (RFC 9562, section 5.7). */
export function idTime(id: string): string {
  return new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
}

export const MAX_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The lowest id of a moment, in milliseconds. */
export function lowestIdAt(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
