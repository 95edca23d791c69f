import { nextTime } from './index.js';
import type { ScheduleTrigger } from './index.js';
import { faultOfCron, faultOfZone } from './schedule.js';

/** The next times of a schedule, in UTC, to the minute or, where they have them, to the second. */
function due(schedule: Omit<ScheduleTrigger, 'type'>, after: string, count: number): string[] {
  const times: string[] = [];
  let moment: number | undefined = Date.parse(after);
  while (times.length < count && moment !== undefined) {
    moment = nextTime({ type: 'schedule', ...schedule }, moment);
    if (moment !== undefined) times.push(new Date(moment).toISOString().replace(/(:00)?\.000Z$/, 'Z'));
  }
  return times;
}

function cron(line: string, timezone: string, after: string, count: number): string[] {
  return due({ cron: line, timezone }, after, count);
}

describe('a schedule by the time of day', () => {
  it('keeps its local time when the clock is put forward', () => {
    expect(cron('0 9 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual(['2026-03-29T07:00Z', '2026-03-30T07:00Z']);
    expect(cron('0 9 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', 1)).toEqual(['2026-03-28T08:00Z']);
  });

  it('keeps its local time when the clock is put back', () => {
    expect(cron('0 9 * * *', 'America/New_York', '2026-10-31T00:00Z', 2)).toEqual(['2026-10-31T13:00Z', '2026-11-01T14:00Z']);
  });

  it('runs once, when the clock has been put forward, for times that are skipped', () => {
    expect(cron('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual(['2026-03-29T01:00Z', '2026-03-30T00:30Z']);
    expect(cron('*/20 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual(['2026-03-29T01:00Z', '2026-03-30T00:00Z']);
    expect(cron('30 2,3 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 3)).toEqual([
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
    ]);
  });

  it('runs at the first of two times that the clock shows twice', () => {
    expect(cron('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2)).toEqual(['2026-10-25T00:30Z', '2026-10-26T01:30Z']);
    expect(cron('0 */2 * * *', 'Europe/Berlin', '2026-10-24T23:00Z', 3)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T03:00Z',
      '2026-10-25T05:00Z',
    ]);
  });

  it('does not run again when it is asked within the hour that comes twice', () => {
    expect(cron('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:10Z', 1)).toEqual(['2026-10-26T01:30Z']);
  });

  it('runs on a day without midnight, and once on a day with two', () => {
    expect(cron('0 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', 2)).toEqual(['2026-09-06T04:00Z', '2026-09-07T03:00Z']);
    expect(cron('0 0 * * *', 'America/Havana', '2026-10-31T12:00Z', 2)).toEqual(['2026-11-01T04:00Z', '2026-11-02T05:00Z']);
  });

  it('runs when a whole day was skipped', () => {
    expect(cron('0 12 * * *', 'Pacific/Apia', '2011-12-29T12:00Z', 3)).toEqual([
      '2011-12-29T22:00Z',
      '2011-12-30T10:00Z',
      '2011-12-30T22:00Z',
    ]);
  });
});

describe('a schedule by the minute', () => {
  it('goes on through the hour that comes twice', () => {
    expect(cron('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00Z', 4)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
    ]);
  });

  it('goes on over the hour that is skipped', () => {
    expect(cron('30 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', 3)).toEqual([
      '2026-03-29T00:30Z',
      '2026-03-29T01:30Z',
      '2026-03-29T02:30Z',
    ]);
  });

  it('follows a clock that is put back by half an hour', () => {
    expect(cron('*/20 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:20Z', 4)).toEqual([
      '2026-04-04T14:40Z',
      '2026-04-04T15:10Z',
      '2026-04-04T15:30Z',
      '2026-04-04T15:50Z',
    ]);
  });

  it('may have seconds', () => {
    expect(cron('*/30 * * * * *', 'Europe/Berlin', '2026-10-25T00:59:45Z', 3)).toEqual([
      '2026-10-25T01:00Z',
      '2026-10-25T01:00:30Z',
      '2026-10-25T01:01Z',
    ]);
  });
});

describe('the calendar', () => {
  it.each<[string, string, string, string[]]>([
    ['leap days', '0 0 29 2 *', '2026-01-01T00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['the leap day that 2100 does not have', '0 0 29 2 *', '2096-03-01T00:00Z', ['2104-02-29T00:00Z']],
    ['months of 31 days', '0 0 31 * *', '2026-01-31T00:00Z', ['2026-03-31T00:00Z', '2026-05-31T00:00Z']],
    ['the last day of a month', '0 0 L * *', '2028-01-31T00:00Z', ['2028-02-29T00:00Z', '2028-03-31T00:00Z']],
    ['weekdays by name', '0 9 * * MON-FRI', '2026-01-02T09:00Z', ['2026-01-05T09:00Z', '2026-01-06T09:00Z']],
    ['Sunday as 7', '0 9 * * 7', '2026-01-01T00:00Z', ['2026-01-04T09:00Z']],
    ['either of two kinds of day', '0 0 1 * 1', '2026-01-31T00:00Z', ['2026-02-01T00:00Z', '2026-02-02T00:00Z']],
  ])('has %s', (_name, line, after, times) => {
    expect(cron(line, 'UTC', after, times.length)).toEqual(times);
  });

  it('is asked once after a long gap, and does not count what was missed', () => {
    expect(cron('* * * * *', 'Europe/Berlin', '2031-06-01T12:00:30Z', 1)).toEqual(['2031-06-01T12:01Z']);
  });

  it('gives times after the one it is asked for, never that one', () => {
    expect(cron('0 9 * * *', 'UTC', '2026-01-01T09:00:00Z', 1)).toEqual(['2026-01-02T09:00Z']);
    expect(nextTime({ type: 'schedule', cron: '0 9 * * *' }, Date.parse('2026-01-01T09:00Z') - 1)).toBe(Date.parse('2026-01-01T09:00Z'));
  });

  it('advances strictly through a year of changes, and never leaves a day out', () => {
    for (const zone of [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Africa/Casablanca',
      'Asia/Kolkata',
    ]) {
      const times = cron('30 2 * * *', zone, '2026-01-01T00:00Z', 365).map((time) => Date.parse(time));
      const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 3_600_000);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(22.5);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(25.5);
    }
  });
});

describe('an interval', () => {
  it('counts from 1970, whenever it is asked', () => {
    expect(due({ every: '15m' }, '2026-01-01T00:07:31Z', 2)).toEqual(['2026-01-01T00:15Z', '2026-01-01T00:30Z']);
    expect(due({ every: '7h' }, '1970-01-01T00:00Z', 2)).toEqual(['1970-01-01T07:00Z', '1970-01-01T14:00Z']);
  });

  it('does not drift over a change of the clock', () => {
    expect(due({ every: '1d' }, '2026-03-28T12:00Z', 2)).toEqual(['2026-03-29T00:00Z', '2026-03-30T00:00Z']);
  });
});

describe('faults of schedules', () => {
  it.each(['0 9 * * 1-5', '*/5 * * * *', '0 0 1 JAN *', '30 0 9 * * 1#2'])('takes %s', (line) => expect(faultOfCron(line)).toBeUndefined());

  it.each([
    ['', 'is not a cron line'],
    ['* * * *', 'write five fields'],
    ['61 * * * *', 'is not a cron line'],
    ['* * * * * * *', 'write five fields'],
    ['2030-01-01T00:00:00', 'write five fields'],
    ['@daily', 'write five fields'],
    ['0 0 30 2 *', 'never comes'],
    ['a b c d e', 'is not a cron line'],
  ])('refuses %j', (line, sentence) => expect(faultOfCron(line)).toContain(sentence));

  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('takes %s', (zone) => expect(faultOfZone(zone)).toBeUndefined());

  it.each(['', 'Berlin', '+02:00', 'Europe/Atlantis'])('refuses %j', (zone) => expect(faultOfZone(zone)).toContain('is not a time zone'));

  it('names the nearest zone', () => expect(faultOfZone('Europe/Berlni')).toContain('Did you mean `Europe/Berlin`?'));
});
