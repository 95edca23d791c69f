import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import { suggestion } from './names.js';
import type { ScheduleTrigger } from './types.js';
import { parseDuration } from './units.js';

/**
 * When a schedule is due. Croner finds the times that a cron line names on a clock without time zone; which moments of a zone
 * those are is decided here, by two rules that never lose a run and never run one twice:
 *
 * - A line whose hour is `*` goes by what the clock shows, moment by moment: an hour that is shown twice runs twice.
 * - Every other line names times of a day: each runs once, when the clock first shows it or something later. A time that is
 *   skipped in spring runs when the clock has been put forward, one that comes twice in autumn runs the first time.
 *
 * That is what Debian's cron(8) says of changes to summer time and back: jobs at a specific time, or that run less often than once an
 * hour, are neither lost nor doubled, the others are scheduled as usual. Croner and cron-parser do not quite keep to it.
 */

/** Fields of figures, names, and the signs of cron; Croner would take more, among it whole dates. */
const linePattern = /^[\dA-Za-z*,/#-]+( +[\dA-Za-z*,/#-]+){4,5}$/;

/** What is wrong with a cron line, as a sentence. */
export function faultOfCron(line: string): string | undefined {
  if (!linePattern.test(line.trim())) {
    return `\`${line}\` is not a cron line; write five fields (minute, hour, day, month, day of week), such as \`0 9 * * 1-5\`.`;
  }
  try {
    return nextOnClock(clockOf(line), 0) === undefined ? `\`${line}\` never comes: there is no such day.` : undefined;
  } catch (cause) {
    return `\`${line}\` is not a cron line: ${reasonOf(cause)}.`;
  }
}

function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/^CronPattern: /, '').replace(/\.$/, '');
}

/** What is wrong with the name of a time zone, as a sentence. */
export function faultOfZone(zone: string): string | undefined {
  if (/^[A-Za-z]/.test(zone) && isZone(zone)) return undefined;
  return `\`${zone}\` is not a time zone; write its IANA name, such as \`Europe/Berlin\`.${nearZone(zone)}`;
}

function nearZone(zone: string): string {
  const hint = suggestion(zone, Intl.supportedValuesOf('timeZone'));
  return hint.startsWith(' Did') ? hint : '';
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * The first time after `moment` at which the schedule is due, in milliseconds since 1970; undefined if there is none.
 * Pure: what it gives depends on the zone's rules alone. Throws for a trigger that the checker refuses.
 */
export function nextTime(trigger: ScheduleTrigger, moment: number): number | undefined {
  const after = Math.floor(moment);
  if (trigger.every !== undefined) return nextMultiple(parseDuration(trigger.every), after);
  if (trigger.cron === undefined) return undefined;
  const line = trigger.cron.trim();
  const zone = trigger.timezone ?? 'UTC';
  return followsTheClock(line) ? nextMoment(clockOf(line), zone, after) : nextTimeOfDay(clockOf(line), zone, after);
}

function nextMultiple(interval: number, after: number): number {
  return (Math.floor(after / interval) + 1) * interval;
}

function followsTheClock(line: string): boolean {
  const fields = line.split(/ +/);
  return fields.at(-4) === '*';
}

const lines = new Map<string, Cron>();

/** Reading a line costs more than asking it; only the lines of live flows are asked. */
function clockOf(line: string): Cron {
  const known = lines.get(line);
  if (known !== undefined) return known;
  const cron = new Cron(line.trim(), { timezone: 'UTC', paused: true, mode: 'auto' });
  if (lines.size >= 1000) lines.clear();
  lines.set(line, cron);
  return cron;
}

/** What a clock shows, as milliseconds since 1970 if it stood in UTC. */
type Shown = number;

function nextOnClock(cron: Cron, after: Shown): Shown | undefined {
  return cron.nextRun(new Date(after))?.getTime();
}

function zoned(moment: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone);
}

function shownAt(moment: Temporal.ZonedDateTime): Shown {
  return moment.epochMilliseconds + moment.offsetNanoseconds / 1e6;
}

/** The next moment at which the clock shows a time of the line. */
function nextMoment(cron: Cron, zone: string, after: number): number | undefined {
  let from = zoned(after, zone);
  let shown = nextOnClock(cron, shownAt(from));
  while (shown !== undefined) {
    const moment = from.epochMilliseconds + (shown - shownAt(from));
    const change = from.getTimeZoneTransition('next');
    if (change === null || moment < change.epochMilliseconds) return moment;
    // From the change on, the clock shows other times than counting on from here would give.
    from = change;
    shown = nextOnClock(cron, shownAt(from) - 1);
  }
  return undefined;
}

/** The first moment that shows a time of the line that no moment up to `after` has shown or passed. */
function nextTimeOfDay(cron: Cron, zone: string, after: number): number | undefined {
  const change = zoned(after + 1, zone).getTimeZoneTransition('previous');
  const beforeChange = change === null ? -Infinity : shownAt(change.subtract({ milliseconds: 1 }));
  const shown = nextOnClock(cron, Math.max(shownAt(zoned(after, zone)), beforeChange));
  return shown === undefined ? undefined : firstShowing(shown, zone);
}

/** The first moment at which the clock shows this, or, where it skips it, the one at which it is put forward. */
function firstShowing(shown: Shown, zone: string): number | undefined {
  const plain = zoned(shown, 'UTC').toPlainDateTime();
  const moment = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return shownAt(moment) === shown ? moment.epochMilliseconds : moment.getTimeZoneTransition('next')?.epochMilliseconds;
}
