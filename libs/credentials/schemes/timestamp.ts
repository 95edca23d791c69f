import type { TimeUnit } from './scheme.js';

// No leading zeros: where digits of the body follow or precede the time in the signed content, zeros could be moved between the two.
const DIGITS = /^(?:0|[1-9]\d{0,15})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970 of a timestamp as a vendor sends it, or undefined when it is not exactly of that unit. */
export function parseTimestamp(text: string, unit: TimeUnit): number | undefined {
  if (unit === 'iso8601') return parseIsoTime(text);
  if (!DIGITS.test(text)) return undefined;
  return unit === 's' ? Number(text) * 1000 : Number(text);
}

/** Milliseconds since 1970 of a full ISO 8601 date and time with its zone; undefined for anything else, 30 February included. */
export function parseIsoTime(text: string): number | undefined {
  const [, year, month, day, hour] = ISO.exec(text) ?? [];
  if (year === undefined || Number(hour) > 23) return undefined;
  // Date rolls 30 February over to March instead of refusing it.
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** The time as the unit writes it, rounded down. */
export function formatTimestamp(now: Date, unit: TimeUnit): string {
  if (unit === 'iso8601') return now.toISOString();
  return String(unit === 's' ? Math.floor(now.getTime() / 1000) : now.getTime());
}
