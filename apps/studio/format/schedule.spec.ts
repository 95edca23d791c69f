import { scheduleWords } from './schedule.js';

describe('a schedule in words', () => {
  it.each([
    [{ cron: '0 6 * * *', timezone: 'Europe/Berlin' }, 'At 06:00, Europe/Berlin'],
    [{ cron: '30 18 * * 1-5' }, 'At 18:30, Monday through Friday'],
    [{ cron: '*/5 * * * *' }, 'Every 5 minutes'],
    [{ every: '15m' }, 'Every 15m'],
    [{ cron: 'each now and then', timezone: 'UTC' }, 'each now and then, UTC'],
    [{}, 'Never'],
  ])('%j is %s', (schedule, words) => {
    expect(scheduleWords(schedule)).toBe(words);
  });
});
