import { Temporal } from 'temporal-polyfill';
import { refused } from './faults.js';

/**
 * Calculations with time zones. A time is a text of ISO 8601 or a number of milliseconds since 1970; results are texts in UTC
 * with milliseconds, which sort as they follow one another. A text without offset is the local time of the zone.
 * Of local times that come twice the first is meant, those that are skipped are moved behind the gap (RFC 5545, section 3.3.5).
 */
type Moment = Temporal.ZonedDateTime;

export type Time = string | number;

const examples = 'such as `2026-01-31T09:00:00Z`, or milliseconds since 1970';

/** The moment of a time, seen in a zone. */
export function momentOf(time: unknown, zone: unknown): Moment {
  const name = zoneName(zone);
  if (typeof time === 'number') return reading(`${time} is not a time; it is out of range`, () => ofMillis(time, name));
  if (typeof time !== 'string') throw refused(`a time is a text ${examples}`);
  return reading(`\`${time}\` is not a time, ${examples}`, () => ofText(time, name));
}

function ofMillis(millis: number, zone: string): Moment {
  return Temporal.Instant.fromEpochMilliseconds(millis).toZonedDateTimeISO(zone);
}

function ofText(text: string, zone: string): Moment {
  if (/T.*(Z|[+-]\d\d(:?\d\d)?)$/.test(text)) return Temporal.Instant.from(text).toZonedDateTimeISO(zone);
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone);
}

/** The moment at which a clock of the zone shows what a clock in UTC shows at `shown`. */
export function momentShowing(shown: number, zone: unknown): Moment {
  return ofMillis(shown, 'UTC').toPlainDateTime().toZonedDateTime(zoneName(zone));
}

function zoneName(zone: unknown): string {
  if (zone === undefined) return 'UTC';
  if (typeof zone === 'string' && /^[A-Za-z]/.test(zone)) {
    return reading(noZone(zone), () => ofMillis(0, zone).timeZoneId);
  }
  throw refused(noZone(String(zone)));
}

function noZone(zone: string): string {
  return `\`${zone}\` is not a time zone; write its IANA name, such as \`Europe/Berlin\``;
}

function reading<T>(sentence: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof RangeError ? refused(sentence) : cause;
  }
}

/** As results are written: in UTC, with milliseconds. */
export function inUtc(moment: Moment): string {
  return new Date(moment.epochMilliseconds).toISOString();
}

/** With the offset of its zone: `2026-01-31T09:00:00.000+01:00`; `Z` in UTC. */
export function withOffset(moment: Moment): string {
  if (moment.timeZoneId === 'UTC') return inUtc(moment);
  return moment.toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}

/** What a clock of the zone shows, as milliseconds since 1970 if it stood in UTC. */
export function shownAt(moment: Moment): number {
  return moment.epochMilliseconds + moment.offsetNanoseconds / 1e6;
}

/** A picture of JSONata with the parts for the zone filled in; JSONata's own lose half hours west of Greenwich. */
export function fillZone(picture: string, { offset }: Moment): string {
  return picture.replace(/\[\[|\[([Zz])([^\]]*)\]/g, (part, letter: string | undefined, format = '') => {
    if (letter === undefined) return part;
    if (format.includes('t') && offset === '+00:00') return letter === 'z' ? 'GMT' : 'Z';
    const written = format === '' || format.includes(':') ? offset : offset.replace(':', '');
    return letter === 'z' ? `GMT${written}` : written;
  });
}

const clockUnits = { ms: 'milliseconds', s: 'seconds', m: 'minutes', h: 'hours' } as const;
const calendarUnits = { d: 'days', w: 'weeks', mo: 'months', y: 'years' } as const;

/**
 * Adds a span such as `90m`, `-2h`, `1d`, `2w`, `1mo` or `1y`. Up to hours it is elapsed time; days and more are counted in the
 * calendar of the zone and keep the local time, and a day that a month does not have becomes its last.
 */
export function addSpan(moment: Moment, span: unknown): Moment {
  const match = /^([+-]?\d{1,9})(ms|s|m|h|d|w|mo|y)$/.exec(typeof span === 'string' ? span.trim() : '');
  if (match === null) throw refused('a span is a whole number and ms, s, m, h, d, w, mo or y, such as `-2h` or `1mo`');
  const [, amount = '0', unit = ''] = match;
  const units: Readonly<Record<string, string>> = { ...clockUnits, ...calendarUnits };
  return reading('the time is out of range', () => moment.add({ [units[unit] ?? '']: Number(amount) }));
}

const rounded = ['minute', 'hour', 'day'] as const;
const starts: Readonly<Record<string, (day: Moment) => Moment>> = {
  week: (day) => day.subtract({ days: day.dayOfWeek - 1 }),
  month: (day) => day.with({ day: 1 }),
  quarter: (day) => day.with({ month: day.month - ((day.month - 1) % 3), day: 1 }),
  year: (day) => day.with({ month: 1, day: 1 }),
};

/** The first moment of the minute, hour, day, week (from Monday, ISO 8601), month, quarter or year. */
export function startOf(moment: Moment, unit: unknown): Moment {
  const short = rounded.find((candidate) => candidate === unit);
  if (short === 'day') return moment.startOfDay();
  if (short !== undefined) return moment.round({ smallestUnit: short, roundingMode: 'floor' });
  const start = typeof unit === 'string' && Object.hasOwn(starts, unit) ? starts[unit] : undefined;
  if (start === undefined) throw refused('a unit is one of minute, hour, day, week, month, quarter and year');
  return start(moment.startOfDay()).startOfDay();
}
