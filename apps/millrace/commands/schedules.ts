import type { ScheduleList } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { scheduleTable } from '../print/schedule.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

export const schedules = defineCommand({
  usage: 'schedules',
  about: 'When flows run by the clock: next time, last time, and times that were left out.',
  options: { json: shared.json, url: shared.url },
  run: async ({ json, url }, positionals) => {
    if (positionals.length > 0) throw new CommandError('schedules takes options only.');
    const list = await withClient(url, (client) => client.get<ScheduleList>('schedules'));
    if (json) return printJson(list);
    if (list.items.length === 0) return console.log('No flow runs by the clock. A trigger of type schedule makes one do so.');
    console.log(scheduleTable(list));
  },
});
