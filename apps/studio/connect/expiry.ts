import type { CredentialItem } from '../api/wire.js';

const DAY_MS = 86_400_000;
/** How many days ahead somebody should know. */
const AHEAD_DAYS = 14;

/** What to say of a credential that ends soon, or has ended; undefined for any other. `now` in milliseconds since the epoch. */
export function expiryWords({ expiresAt }: Pick<CredentialItem, 'expiresAt'>, now: number): string | undefined {
  if (expiresAt === null) return undefined;
  const days = Math.ceil((Date.parse(expiresAt) - now) / DAY_MS);
  if (days > AHEAD_DAYS) return undefined;
  if (days <= 0) return 'Expired: nothing is accepted with it any more';
  return days === 1 ? 'Expires within a day' : `Expires in ${days} days`;
}
