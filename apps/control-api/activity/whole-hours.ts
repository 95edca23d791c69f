const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;

/** So many whole hours up to now, the current one included. `from` in milliseconds since the epoch. */
export function wholeHours(hours: number = DEFAULT_HOURS): { readonly from: number; readonly hours: number } {
  return { from: (Math.floor(Date.now() / HOUR_MS) - hours + 1) * HOUR_MS, hours };
}
